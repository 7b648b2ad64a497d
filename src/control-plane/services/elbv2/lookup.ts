import type { AwsError, Call } from '../../../aws/index.ts';
import { listenerOfRule, parseElbArn, type ArnKind, type Elbv2Resources, type Listener, type LoadBalancer, type Rule, type TargetGroup, type TrustStore } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import { listenerNotFound, loadBalancerNotFound, ruleNotFound, targetGroupNotFound, trustStoreNotFound, validationError } from './error.ts';

/** Finding nouns by ARN. What belongs to another account or region does not exist for the caller. */

const ARN_WORDS: Readonly<Record<ArnKind, string>> = {
  'load-balancer': 'load balancer',
  'target-group': 'target group',
  listener: 'listener',
  rule: 'listener rule',
  'trust-store': 'trust store',
};

type ArnNoun = 'elbv2/load-balancer' | 'elbv2/target-group' | 'elbv2/listener' | 'elbv2/rule' | 'elbv2/trust-store';

const KIND_OF: Readonly<Record<ArnNoun, ArnKind>> = {
  'elbv2/load-balancer': 'load-balancer',
  'elbv2/target-group': 'target-group',
  'elbv2/listener': 'listener',
  'elbv2/rule': 'rule',
  'elbv2/trust-store': 'trust-store',
};

/** The noun, or undefined; throws where the text is no ARN of that kind at all. */
export function find<K extends ArnNoun>(world: World, kind: K, { arn, call }: { readonly arn: string; readonly call: Call }): Elbv2Resources[K] | undefined {
  const expected = KIND_OF[kind];
  if (parseElbArn(arn)?.kind !== expected) throw validationError(`'${arn}' is not a valid ${ARN_WORDS[expected]} ARN`);
  const noun = world.get(kind, arn) as Elbv2Resources[K] | undefined;
  return noun && isOwn(noun, call) ? noun : undefined;
}

export function isOwn(noun: { readonly account: string; readonly region: string }, call: Call): boolean {
  return noun.account === call.account && noun.region === call.region;
}

function required<T>(noun: T | undefined, error: () => AwsError): T {
  if (noun === undefined) throw error();
  return noun;
}

export function loadBalancer(world: World, arn: string, call: Call): LoadBalancer {
  return required(find(world, 'elbv2/load-balancer', { arn, call }), () => loadBalancerNotFound(arn));
}

export function targetGroup(world: World, arn: string, call: Call): TargetGroup {
  return required(find(world, 'elbv2/target-group', { arn, call }), targetGroupNotFound);
}

export function listener(world: World, arn: string, call: Call): Listener {
  return required(find(world, 'elbv2/listener', { arn, call }), listenerNotFound);
}

export function isTrustStoreArn(arn: string): boolean {
  return parseElbArn(arn)?.kind === 'trust-store';
}

export function trustStore(world: World, arn: string, call: Call): TrustStore {
  return required(find(world, 'elbv2/trust-store', { arn, call }), trustStoreNotFound);
}

/** A rule by its ARN: its own noun, or the listener of which it is the default rule. */
export type FoundRule = { readonly kind: 'rule'; readonly rule: Rule } | { readonly kind: 'default'; readonly listener: Listener };

export function rule(world: World, arn: string, call: Call): FoundRule {
  const own = find(world, 'elbv2/rule', { arn, call });
  if (own) return { kind: 'rule', rule: own };
  const holder = world.get('elbv2/listener', listenerOfRule(arn));
  if (holder && isOwn(holder, call) && holder.defaultRuleArn === arn) return { kind: 'default', listener: holder };
  throw ruleNotFound();
}
