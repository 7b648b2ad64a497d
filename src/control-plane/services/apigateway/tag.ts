import type { Call } from '../../../aws/index.ts';
import type { Tag } from '../../resources/index.ts';
import { parseApiGatewayArn } from '../../resources/apigateway/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import { checkedTags, tagMap, type TagMap } from '../apigatewayv2/tags.ts';
import type { Environment } from '../environment.ts';
import { badRequest } from './error.ts';
import * as lookup from './lookup.ts';

interface Named {
  readonly resourceArn: string;
}

/** Tags of API keys and usage plans, by ARN. */
export function tagOperations(environment: Environment) {
  const { store } = environment;
  const change = async (arn: string, call: Call, next: (tags: TagMap) => TagMap): Promise<object> => {
    await store.transact((transaction) => {
      const { tags, put } = tagged(transaction, arn, call);
      put(transaction, checkedTags(next(tagMap(tags)), environment));
    });
    return {};
  };
  return {
    TagResource: (input: Named & { readonly tags: TagMap }, call: Call) => change(input.resourceArn, call, (tags) => ({ ...tags, ...input.tags })),
    UntagResource({ resourceArn, tagKeys }: Named & { readonly tagKeys: readonly string[] }, call: Call) {
      return change(resourceArn, call, (tags) => Object.fromEntries(Object.entries(tags).filter(([key]) => !tagKeys.includes(key))));
    },
    GetTags: (input: Named, call: Call) => ({ tags: tagMap(tagged(store.world, input.resourceArn, call).tags) }),
  };
}

/** As creating and listing show tags: not at all where there are none. */
export function tagMember(tags: readonly Tag[]): { readonly tags?: TagMap } {
  return tags.length === 0 ? {} : { tags: tagMap(tags) };
}

/** As AWS answers for one resource that is read or updated: empty where there are none. */
export function withTags<Shape extends { readonly tags?: TagMap }>(shape: Shape): Shape {
  return { ...shape, tags: shape.tags ?? {} };
}

interface Tagged {
  readonly tags: readonly Tag[];
  readonly put: (transaction: Transaction, tags: readonly Tag[]) => void;
}

function tagged(world: World, arn: string, call: Call): Tagged {
  const found = parseApiGatewayArn(arn);
  if (!found || found.region !== call.region) throw badRequest(`Invalid resource ARN specified: ${arn}`);
  switch (found.noun) {
    case 'apikeys': {
      const key = lookup.apiKey(world, found.id, call);
      return { tags: key.tags, put: (transaction, tags) => transaction.put('apigateway/api-key', { ...key, tags }) };
    }
    case 'usageplans': {
      const plan = lookup.usagePlan(world, found.id, call);
      return { tags: plan.tags, put: (transaction, tags) => transaction.put('apigateway/usage-plan', { ...plan, tags }) };
    }
  }
}
