import type { GetTagsRequest, GetTagsResponse, TagResourceRequest, UntagResourceRequest } from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import type { Tag } from '../../resources/index.ts';
import { parseTaggableArn } from '../../resources/apigatewayv2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { badRequest } from './error.ts';
import * as lookup from './lookup.ts';
import { checkedTags, tagMap } from './tags.ts';

/** Tags of APIs, stages, custom domains and VPC links, by ARN. */
export function tagOperations(environment: Environment) {
  const { store } = environment;
  const change = async (target: { readonly arn: string | undefined; readonly call: Call }, next: (tags: Record<string, string>) => Readonly<Record<string, string>>): Promise<object> => {
    await store.transact((transaction) => {
      const { tags, put } = tagged(transaction, target);
      put(transaction, checkedTags(next(tagMap(tags)), environment));
    });
    return {};
  };
  return {
    TagResource: (input: TagResourceRequest, call: Call) => change({ arn: input.ResourceArn, call }, (tags) => ({ ...tags, ...input.Tags })),
    UntagResource(input: UntagResourceRequest, call: Call) {
      const { ResourceArn: arn, TagKeys: keys = [] } = input;
      return change({ arn, call }, (tags) => Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key))));
    },
    GetTags: (input: GetTagsRequest, call: Call): GetTagsResponse => ({ Tags: tagMap(tagged(store.world, { arn: input.ResourceArn, call }).tags) }),
  };
}

interface Tagged {
  readonly tags: readonly Tag[];
  readonly put: (transaction: Transaction, tags: readonly Tag[]) => void;
}

function tagged(world: World, target: { readonly arn: string | undefined; readonly call: Call }): Tagged {
  const { arn = '', call } = target;
  const found = parseTaggableArn(arn);
  if (!found || found.region !== call.region) throw badRequest(`Invalid resource ARN specified: ${arn}`);
  switch (found.kind) {
    case 'api': {
      const api = lookup.api(world, found.apiId, call);
      return { tags: api.tags, put: (transaction, tags) => transaction.put('apigatewayv2/api', { ...api, tags }) };
    }
    case 'stage': {
      const stage = lookup.stage(world, lookup.api(world, found.apiId, call), found.stageName);
      return { tags: stage.tags, put: (transaction, tags) => transaction.put('apigatewayv2/stage', { ...stage, tags }) };
    }
    case 'domain-name': {
      const domain = lookup.domainName(world, found.domainName, call);
      return { tags: domain.tags, put: (transaction, tags) => transaction.put('apigatewayv2/domain-name', { ...domain, tags }) };
    }
    case 'vpc-link': {
      const link = lookup.vpcLink(world, found.vpcLinkId, call);
      return { tags: link.tags, put: (transaction, tags) => transaction.put('apigatewayv2/vpc-link', { ...link, tags }) };
    }
  }
}
