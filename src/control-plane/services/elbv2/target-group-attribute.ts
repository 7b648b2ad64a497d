import type {
  DescribeTargetGroupAttributesInput, DescribeTargetGroupAttributesOutput, ModifyTargetGroupAttributesInput, ModifyTargetGroupAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from '../../../aws/index.ts';
import type { TargetGroup, TargetType } from '../../resources/elbv2/index.ts';
import type { Environment } from '../environment.ts';
import { BOOLEAN, defaults, EXECUTED, kept, listed, modified, refusedUnless, type Attribute } from './attribute.ts';
import { validationError } from './error.ts';
import * as lookup from './lookup.ts';

const WEEK = 604800;
const STICKINESS_IS_OFF = 'takes effect when stickiness does, which is not served yet.';

/** What both kinds of target group have. A group serves fail-open when none of its targets is healthy: that is the default of the two "count" attributes. */
const HEALTH: readonly Attribute[] = [
  {
    key: 'target_group_health.dns_failover.minimum_healthy_targets.count', default: '1',
    values: { kind: 'integer-or', word: 'off', from: 1, to: 1000 }, effect: kept('there is one address a balancer, so DNS has nothing to fail over to.'),
  },
  {
    key: 'target_group_health.dns_failover.minimum_healthy_targets.percentage', default: 'off',
    values: { kind: 'integer-or', word: 'off', from: 1, to: 100 }, effect: kept('there is one address a balancer, so DNS has nothing to fail over to.'),
  },
  {
    key: 'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count', default: '1',
    values: { kind: 'integer', from: 1, to: 1000 }, effect: kept('a group serves fail-open when no target is healthy, which is the default; other thresholds are not executed yet.'),
  },
  {
    key: 'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage', default: 'off',
    values: { kind: 'integer-or', word: 'off', from: 1, to: 100 },
    effect: kept('a group serves fail-open when no target is healthy, which is the default; other thresholds are not executed yet.'),
  },
];

/** Target types `instance` and `ip` (API_TargetGroupAttribute.html). */
export const ADDRESS_ATTRIBUTES: readonly Attribute[] = [
  ...HEALTH,
  { key: 'deregistration_delay.timeout_seconds', default: '300', values: { kind: 'integer', from: 0, to: 3600 }, effect: EXECUTED },
  {
    key: 'stickiness.enabled', default: 'false', values: BOOLEAN,
    effect: refusedUnless(['false'], 'sticky sessions are not served yet; keep session state where every target can reach it.'),
  },
  { key: 'stickiness.type', default: 'lb_cookie', values: { kind: 'one-of', values: ['lb_cookie', 'app_cookie'] }, effect: kept(STICKINESS_IS_OFF) },
  { key: 'stickiness.lb_cookie.duration_seconds', default: '86400', values: { kind: 'integer', from: 1, to: WEEK }, effect: kept(STICKINESS_IS_OFF) },
  { key: 'stickiness.app_cookie.cookie_name', default: '', values: { kind: 'text', longest: 4096 }, effect: kept(STICKINESS_IS_OFF) },
  { key: 'stickiness.app_cookie.duration_seconds', default: '86400', values: { kind: 'integer', from: 1, to: WEEK }, effect: kept(STICKINESS_IS_OFF) },
  {
    key: 'load_balancing.algorithm.type', default: 'round_robin', values: { kind: 'one-of', values: ['round_robin', 'least_outstanding_requests', 'weighted_random'] },
    effect: refusedUnless(['round_robin'], 'round_robin is the only algorithm served yet.'),
  },
  {
    key: 'load_balancing.algorithm.anomaly_mitigation', default: 'off', values: { kind: 'one-of', values: ['on', 'off'] },
    effect: refusedUnless(['off'], "it needs the algorithm 'weighted_random', which is not served yet."),
  },
  {
    key: 'slow_start.duration_seconds', default: '0', values: { kind: 'integer', from: 0, to: 900 },
    effect: refusedUnless(['0'], 'slow start is not served yet.'),
  },
  {
    key: 'load_balancing.cross_zone.enabled', default: 'use_load_balancer_configuration',
    values: { kind: 'one-of', values: ['true', 'false', 'use_load_balancer_configuration'] },
    effect: refusedUnless(['true', 'use_load_balancer_configuration'], 'targets of all zones are always used: turning that off is not served yet.'),
  },
];

export const FUNCTION_ATTRIBUTES: readonly Attribute[] = [
  ...HEALTH,
  { key: 'lambda.multi_value_headers.enabled', default: 'false', values: BOOLEAN, effect: EXECUTED },
];

/** Keys that only target groups of Network and Gateway Load Balancers have. */
const ELSEWHERE: readonly string[] = [
  'deregistration_delay.connection_termination.enabled', 'preserve_client_ip.enabled', 'proxy_protocol_v2.enabled',
  'target_health_state.unhealthy.connection_termination.enabled', 'target_health_state.unhealthy.draining_interval_seconds',
  'target_failover.on_deregistration', 'target_failover.on_unhealthy',
];

function tableOf(type: TargetType): readonly Attribute[] {
  return type === 'lambda' ? FUNCTION_ATTRIBUTES : ADDRESS_ATTRIBUTES;
}

export function newTargetGroupAttributes(type: TargetType): Readonly<Record<string, string>> {
  return defaults(tableOf(type));
}

function elsewhere(group: TargetGroup): (key: string) => string | null {
  return (key) => {
    const other = group.targetType === 'lambda' ? ADDRESS_ATTRIBUTES : FUNCTION_ATTRIBUTES;
    if (other.some((attribute) => attribute.key === key)) return `A target group with target type '${group.targetType}' does not support the attribute ${key}`;
    if (ELSEWHERE.includes(key)) return `Target group attribute key '${key}' is not supported on target groups with protocol '${group.protocol ?? 'HTTP'}'`;
    return null;
  };
}

function checkTogether(attributes: Readonly<Record<string, string>>): void {
  const name = attributes['stickiness.app_cookie.cookie_name'] ?? '';
  if (/^(AWSALB|AWSALBAPP|AWSALBTG)/.test(name)) {
    throw validationError(`'stickiness.app_cookie.cookie_name' value '${name}' is not valid: names that start with AWSALB, AWSALBAPP or AWSALBTG are reserved`);
  }
}

export function targetGroupAttributeOperations(environment: Environment) {
  return {
    DescribeTargetGroupAttributes(input: DescribeTargetGroupAttributesInput, call: Call): DescribeTargetGroupAttributesOutput {
      const group = lookup.targetGroup(environment.store.world, input.TargetGroupArn ?? '', call);
      return { Attributes: listed(group.attributes, tableOf(group.targetType)) };
    },

    ModifyTargetGroupAttributes(input: ModifyTargetGroupAttributesInput, call: Call): Promise<ModifyTargetGroupAttributesOutput> {
      return environment.store.transact((transaction) => {
        const old = lookup.targetGroup(transaction, input.TargetGroupArn ?? '', call);
        const table = { noun: 'Target group', attributes: tableOf(old.targetType), elsewhere: elsewhere(old) };
        const attributes = modified(table, old.attributes, input.Attributes);
        checkTogether(attributes);
        transaction.put('elbv2/target-group', { ...old, attributes });
        return { Attributes: listed(attributes, table.attributes) };
      });
    },
  };
}
