import type {
  AddTagsInput, AddTagsOutput, DescribeTagsInput, DescribeTagsOutput, RemoveTagsInput, RemoveTagsOutput, Tag as WireTag,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { parseElbArn } from '../../resources/elbv2/index.ts';
import type { Tag } from '../../resources/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { validationError } from './error.ts';
import * as lookup from './lookup.ts';

/** Tags of every ELBv2 noun, the default rule of a listener included. */

const LIMIT = 50;
/** AWS: "You can specify up to 20 resources in a single call." */
const RESOURCES_PER_CALL = 20;

/** Tags as given at creation. */
export function newTags(tags: readonly WireTag[] | undefined, environment: Environment): readonly Tag[] {
  return merged([], tags ?? [], environment);
}

function merged(old: readonly Tag[], added: readonly WireTag[], environment: Environment): readonly Tag[] {
  const result = new Map(old.map((tag) => [tag.key, tag.value]));
  const seen = new Set<string>();
  for (const tag of added) {
    const key = tag.Key ?? '';
    if (seen.has(key)) throw new AwsError('DuplicateTagKeys', `Tag key was specified more than once: ${key}`);
    if (key.toLowerCase().startsWith('aws:')) throw validationError(`Tag key '${key}' is not valid: the prefix 'aws:' is reserved for system use`);
    seen.add(key);
    result.set(key, tag.Value ?? '');
  }
  if (result.size > environment.limits.value('tags-per-resource', LIMIT)) {
    throw new AwsError('TooManyTags', 'The quota for the number of tags that can be assigned to a resource has been reached');
  }
  return [...result].map(([key, value]) => ({ key, value }));
}

interface Tagged {
  readonly tags: readonly Tag[];
  put(transaction: Transaction, tags: readonly Tag[]): void;
}

function tagged(world: World, arn: string, call: Call): Tagged {
  switch (parseElbArn(arn)?.kind) {
    case 'load-balancer': {
      const noun = lookup.loadBalancer(world, arn, call);
      return { tags: noun.tags, put: (transaction, tags) => transaction.put('elbv2/load-balancer', { ...noun, tags }) };
    }
    case 'target-group': {
      const noun = lookup.targetGroup(world, arn, call);
      return { tags: noun.tags, put: (transaction, tags) => transaction.put('elbv2/target-group', { ...noun, tags }) };
    }
    case 'listener': {
      const noun = lookup.listener(world, arn, call);
      return { tags: noun.tags, put: (transaction, tags) => transaction.put('elbv2/listener', { ...noun, tags }) };
    }
    case 'rule': {
      const found = lookup.rule(world, arn, call);
      return found.kind === 'rule'
        ? { tags: found.rule.tags, put: (transaction, tags) => transaction.put('elbv2/rule', { ...found.rule, tags }) }
        : { tags: found.listener.defaultRuleTags, put: (transaction, tags) => transaction.put('elbv2/listener', { ...found.listener, defaultRuleTags: tags }) };
    }
    case 'trust-store': {
      const noun = lookup.trustStore(world, arn, call);
      return { tags: noun.tags, put: (transaction, tags) => transaction.put('elbv2/trust-store', { ...noun, tags }) };
    }
    case undefined:
      throw validationError(`'${arn}' is not a valid load balancer, target group, listener, listener rule or trust store ARN`);
  }
}

function bounded(arns: readonly string[] | undefined): readonly string[] {
  if (!arns || arns.length === 0) throw validationError('A resource ARN must be specified');
  if (arns.length > RESOURCES_PER_CALL) throw validationError(`Up to ${RESOURCES_PER_CALL} resource ARNs can be specified in one call, not ${arns.length}`);
  return arns;
}

export function tagOperations(environment: Environment) {
  return {
    async AddTags(input: AddTagsInput, call: Call): Promise<AddTagsOutput> {
      const arns = bounded(input.ResourceArns);
      if (!input.Tags || input.Tags.length === 0) throw validationError('A tag must be specified');
      await environment.store.transact((transaction) => {
        for (const arn of arns) {
          const noun = tagged(transaction, arn, call);
          noun.put(transaction, merged(noun.tags, input.Tags ?? [], environment));
        }
      });
      return {};
    },

    async RemoveTags(input: RemoveTagsInput, call: Call): Promise<RemoveTagsOutput> {
      const arns = bounded(input.ResourceArns);
      const gone = new Set(input.TagKeys);
      await environment.store.transact((transaction) => {
        for (const arn of arns) {
          const noun = tagged(transaction, arn, call);
          noun.put(transaction, noun.tags.filter((tag) => !gone.has(tag.key)));
        }
      });
      return {};
    },

    DescribeTags(input: DescribeTagsInput, call: Call): DescribeTagsOutput {
      const world = environment.store.world;
      return {
        TagDescriptions: bounded(input.ResourceArns).map((arn) => ({
          ResourceArn: arn,
          Tags: tagged(world, arn, call).tags.map((tag) => ({ Key: tag.key, Value: tag.value })),
        })),
      };
    },
  };
}
