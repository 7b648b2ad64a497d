import type { ListTagsRequest, ListTagsResponse, TagResourceRequest, UntagResourceRequest } from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/index.ts';
import { uuid } from '../../../kernel/index.ts';
import type { Tag } from '../../resources/index.ts';
import { type CodeSigningConfig, type LambdaFunction, parseFunctionName } from '../../resources/lambda/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { codeSigningConfigOf } from './code-signing.ts';
import { functionNotFound, invalid } from './error.ts';

const MOST_TAGS = 50;

export function checkedTags(tags: Readonly<Record<string, string>>): readonly Tag[] {
  for (const [key, value] of Object.entries(tags)) {
    if (key.length > 128 || value.length > 256) throw invalid('A tag key has at most 128 characters, a tag value 256.');
    if (/^aws:/i.test(key)) throw invalid(`Tag keys beginning with aws: are reserved for internal use (${key}).`);
  }
  if (Object.keys(tags).length > MOST_TAGS) throw invalid('Number of tags exceeds resource tag limit.');
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function tagMap(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

export function tagOperations({ store, random }: Environment) {
  const change = async (target: { readonly arn: string | undefined; readonly call: Call }, next: (tags: Record<string, string>) => Readonly<Record<string, string>>): Promise<object> => {
    const revisionId = uuid(random);
    await store.transact((transaction: Transaction) => {
      const owner = tagsOwner(transaction, target.call, target.arn);
      const tags = checkedTags(next(tagMap(owner.resource.tags)));
      if (owner.kind === 'function') transaction.put('lambda/function', { ...owner.resource, tags, revisionId });
      else transaction.put('lambda/code-signing-config', { ...owner.resource, tags });
    });
    return {};
  };
  return {
    TagResource(input: TagResourceRequest, call: Call): Promise<object> {
      if (Object.keys(input.Tags ?? {}).length === 0) throw invalid('An error occurred and the request cannot be processed.');
      return change({ arn: input.Resource, call }, (tags) => ({ ...tags, ...input.Tags }));
    },

    UntagResource: (input: UntagResourceRequest, call: Call) =>
      change({ arn: input.Resource, call }, (tags) => Object.fromEntries(Object.entries(tags).filter(([key]) => !(input.TagKeys ?? []).includes(key)))),
    ListTags: (input: ListTagsRequest, call: Call): ListTagsResponse => ({ Tags: tagMap(tagsOwner(store.world, call, input.Resource).resource.tags) }),
  };
}

type Owner = { readonly kind: 'function'; readonly resource: LambdaFunction } | { readonly kind: 'code-signing-config'; readonly resource: CodeSigningConfig };

/** Functions and code signing configurations have tags: versions, aliases and layers have none on AWS either. */
function tagsOwner(world: World, call: Call, arn = ''): Owner {
  if (/^arn:[^:]+:lambda:[^:]+:\d{12}:code-signing-config:/.test(arn)) return { kind: 'code-signing-config', resource: codeSigningConfigOf(world, call, arn) };
  if (!/^arn:[^:]+:lambda:[^:]+:\d{12}:function:/.test(arn)) throw invalid(`Functions and code signing configurations have tags: ${arn} is the ARN of neither.`);
  const found = parseFunctionName(arn, call);
  if (!found) throw invalid(`${arn} is no function's ARN.`);
  if (found.qualifier !== null) throw invalid('Tags on function aliases and versions are not supported. Please specify a function ARN.');
  const resource = world.get('lambda/function', found.arn);
  if (!resource) throw functionNotFound(found.arn);
  return { kind: 'function', resource };
}
