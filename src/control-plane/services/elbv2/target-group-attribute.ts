import type {
  DescribeTargetGroupAttributesInput, DescribeTargetGroupAttributesOutput, ModifyTargetGroupAttributesInput, ModifyTargetGroupAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from '../../../aws/index.ts';
import type { TargetGroup, TargetType } from '../../resources/elbv2/index.ts';
import type { Environment } from '../environment.ts';
import { BOOLEAN, defaults, EXECUTED, kept, listed, modified, type Attribute } from './attribute.ts';
import { invalidConfiguration, validationError } from './error.ts';
import { checkGroupStickiness } from './group-stickiness.ts';
import * as lookup from './lookup.ts';

const WEEK = 604800;
const NO_ZONES_OF_FUNCTIONS = 'a function is one target, which is healthy or not.';

/** Thresholds below which too few targets are healthy, for two actions. */
function health(effect: Attribute['effect']): readonly Attribute[] {
  const percentage = (action: string): Attribute => {
    const key = `target_group_health.${action}.minimum_healthy_targets.percentage`;
    const wrong = (value: string): string => (Number(value) > 100 ? `'${key}' must be 'off' or an integer from 1 to 100 inclusive` : `The value of '${key}' must be 'off' or a positive integer`);
    return { key, default: 'off', values: { kind: 'integer-or', word: 'off', from: 1, to: 100 }, wrong, effect };
  };
  const [dns, routing] = ['target_group_health.dns_failover.minimum_healthy_targets.count', 'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count'];
  return [
    { key: dns, default: '1', values: { kind: 'integer-or', word: 'off', from: 1, to: 1000 }, wrong: () => `The value of '${dns}' must be 'off' or a positive integer`, effect },
    percentage('dns_failover'),
    { key: routing, default: '1', values: { kind: 'integer', from: 1, to: 1000 }, effect },
    percentage('unhealthy_state_routing'),
  ];
}

/** Target types `instance` and `ip` (API_TargetGroupAttribute.html). */
export const ADDRESS_ATTRIBUTES: readonly Attribute[] = [
  ...health(EXECUTED),
  { key: 'deregistration_delay.timeout_seconds', default: '300', values: { kind: 'integer', from: 0, to: 3600 }, effect: EXECUTED },
  { key: 'stickiness.enabled', default: 'false', values: BOOLEAN, effect: EXECUTED },
  { key: 'stickiness.type', default: 'lb_cookie', values: { kind: 'one-of', values: ['lb_cookie', 'app_cookie'] }, effect: EXECUTED },
  { key: 'stickiness.lb_cookie.duration_seconds', default: '86400', values: { kind: 'integer', from: 1, to: WEEK }, effect: EXECUTED },
  { key: 'stickiness.app_cookie.cookie_name', default: '', values: { kind: 'text', longest: 4096 }, effect: EXECUTED },
  { key: 'stickiness.app_cookie.duration_seconds', default: '86400', values: { kind: 'integer', from: 1, to: WEEK }, effect: EXECUTED },
  {
    key: 'load_balancing.algorithm.type', default: 'round_robin', values: { kind: 'one-of', values: ['round_robin', 'least_outstanding_requests', 'weighted_random'] },
    wrong: () => "'Load balancer algorithm' must be one of [round_robin, weighted_random, least_outstanding_requests]", effect: EXECUTED,
  },
  {
    key: 'load_balancing.algorithm.anomaly_mitigation', default: 'off', values: { kind: 'one-of', values: ['on', 'off'] },
    wrong: () => "'load_balancing.algorithm.anomaly_mitigation' must be one of [off, on]", effect: EXECUTED,
  },
  {
    key: 'slow_start.duration_seconds', default: '0', values: { kind: 'integer-or', word: '0', from: 30, to: 900 },
    wrong: (value) => `'slow_start.duration_seconds' value '${value}' must be between '30-900' inclusive`, effect: EXECUTED,
  },
  {
    key: 'load_balancing.cross_zone.enabled', default: 'use_load_balancer_configuration',
    values: { kind: 'one-of', values: ['true', 'false', 'use_load_balancer_configuration'] },
    wrong: () => "'load_balancing.cross_zone.enabled' must be one of use_load_balancer_configuration,true,false", effect: EXECUTED,
  },
];

export const FUNCTION_ATTRIBUTES: readonly Attribute[] = [
  ...health(kept(NO_ZONES_OF_FUNCTIONS)),
  { key: 'lambda.multi_value_headers.enabled', default: 'false', values: BOOLEAN, effect: EXECUTED },
];

/**
 * Target type `alb`: "these attributes always use their default values", so that none can be modified.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html#target-group-attributes
 */
const BALANCER_ATTRIBUTES: Readonly<Record<string, string>> = {
  ...defaults(health(EXECUTED)),
  'deregistration_delay.timeout_seconds': '300',
  'deregistration_delay.connection_termination.enabled': 'false',
  'stickiness.enabled': 'false',
  'stickiness.type': 'source_ip',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
  'preserve_client_ip.enabled': 'true',
  'proxy_protocol_v2.enabled': 'false',
  'target_health_state.unhealthy.connection_termination.enabled': 'true',
  'target_health_state.unhealthy.draining_interval_seconds': '0',
};

/** Keys that only target groups of Network and Gateway Load Balancers have. */
const ELSEWHERE: readonly string[] = [
  'deregistration_delay.connection_termination.enabled', 'preserve_client_ip.enabled', 'proxy_protocol_v2.enabled',
  'target_health_state.unhealthy.connection_termination.enabled', 'target_health_state.unhealthy.draining_interval_seconds',
  'target_failover.on_deregistration', 'target_failover.on_unhealthy',
];

/** Those that can be modified. */
function tableOf(type: TargetType): readonly Attribute[] {
  switch (type) {
    case 'instance':
    case 'ip':
      return ADDRESS_ATTRIBUTES;
    case 'lambda':
      return FUNCTION_ATTRIBUTES;
    case 'alb':
      return [];
  }
}

export function newTargetGroupAttributes(type: TargetType): Readonly<Record<string, string>> {
  return type === 'alb' ? BALANCER_ATTRIBUTES : defaults(tableOf(type));
}

function elsewhere(group: TargetGroup): (key: string) => string | null {
  return (key) => {
    const ofOtherTypes = [...ADDRESS_ATTRIBUTES, ...FUNCTION_ATTRIBUTES].some((attribute) => attribute.key === key);
    if (ofOtherTypes || (group.targetType === 'alb' && ELSEWHERE.includes(key))) return `A target group with target type '${group.targetType}' does not support the attribute ${key}`;
    if (ELSEWHERE.includes(key)) return `A target group with ${group.protocol ?? 'HTTP'} protocol does not support the attribute ${key}`;
    return null;
  };
}

/** Types of stickiness that other load balancers have. */
function checkStickinessType(given: ModifyTargetGroupAttributesInput['Attributes'], { protocol }: TargetGroup): void {
  const type = given?.find((each) => each.Key === 'stickiness.type')?.Value;
  if (type === 'source_ip') throw invalidConfiguration(`Stickiness type 'source_ip' is not supported for target groups with the ${protocol ?? 'HTTP'} protocol`);
  if (type === 'source_ip_dest_ip' || type === 'source_ip_dest_ip_proto') throw validationError("'Stickiness type' must be one of [app_cookie, lb_cookie, source_ip]");
}

/** What may not be set beside one another. */
function checkTogether(attributes: Readonly<Record<string, string>>): void {
  const name = attributes['stickiness.app_cookie.cookie_name'] ?? '';
  if (/^(AWSALB|AWSALBAPP|AWSALBTG)/.test(name)) {
    throw validationError(`'stickiness.app_cookie.cookie_name' value '${name}' is not valid: names that start with AWSALB, AWSALBAPP or AWSALBTG are reserved`);
  }
  // RFC 6265 section 4.1.1: a cookie's name is a token
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]*$/.test(name)) throw validationError(`'stickiness.app_cookie.cookie_name' value '${name}' contains a character that is not valid`);
  const isSticky = attributes['stickiness.enabled'] === 'true';
  if (isSticky && attributes['stickiness.type'] === 'app_cookie' && name === '') {
    throw invalidConfiguration("You must set an application cookie name to enable stickiness of type 'app_cookie'");
  }
  const algorithm = attributes['load_balancing.algorithm.type'] ?? 'round_robin';
  if (isSticky && algorithm === 'weighted_random') throw invalidConfiguration('You cannot have both stickiness and weighted random algorithm enabled on the same target group.');
  if (attributes['load_balancing.algorithm.anomaly_mitigation'] === 'on' && algorithm !== 'weighted_random') {
    throw invalidConfiguration(`You cannot enable both anomaly mitigation and ${algorithm.replaceAll('_', ' ')} algorithm on a target group`);
  }
  if ((attributes['slow_start.duration_seconds'] ?? '0') !== '0' && algorithm !== 'round_robin') {
    throw invalidConfiguration(`Slow start mode cannot be enabled when 'load_balancing.algorithm.type' is '${algorithm}'`);
  }
  // "Target stickiness is not supported when cross-zone load balancing is off": disable-cross-zone.html
  if (isSticky && attributes['load_balancing.cross_zone.enabled'] === 'false') {
    throw invalidConfiguration("Stickiness cannot be enabled when 'load_balancing.cross_zone.enabled' is 'false'");
  }
}

/** A zone is not in use longer than it routes to its healthy targets alone. Chosen: a default that nobody has asked for is no threshold to compare with. */
function checkThresholds(attributes: Readonly<Record<string, string>>, asked: ReadonlySet<string | undefined>): void {
  for (const unit of ['count', 'percentage']) {
    const dns = `target_group_health.dns_failover.minimum_healthy_targets.${unit}`;
    const [threshold, routing] = [Number(attributes[dns]), Number(attributes[`target_group_health.unhealthy_state_routing.minimum_healthy_targets.${unit}`])];
    // 'off' is no number, and below none
    if (threshold < routing && (threshold !== 1 || asked.has(dns))) throw invalidConfiguration('DNS failover threshold must be greater than or equal to unhealthy state routing threshold');
  }
}

export function targetGroupAttributeOperations(environment: Environment) {
  return {
    DescribeTargetGroupAttributes(input: DescribeTargetGroupAttributesInput, call: Call): DescribeTargetGroupAttributesOutput {
      const group = lookup.targetGroup(environment.store.world, input.TargetGroupArn ?? '', call);
      const { attributes, targetType } = group;
      return { Attributes: targetType === 'alb' ? Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })) : listed(attributes, tableOf(targetType)) };
    },

    ModifyTargetGroupAttributes(input: ModifyTargetGroupAttributesInput, call: Call): Promise<ModifyTargetGroupAttributesOutput> {
      return environment.store.transact((transaction) => {
        const old = lookup.targetGroup(transaction, input.TargetGroupArn ?? '', call);
        if (old.targetType !== 'alb') checkStickinessType(input.Attributes, old);
        const twice = (key: string): string => `Target group attribute keys must be unique: '[${key}]'`;
        const table = { noun: 'Target group', attributes: tableOf(old.targetType), twice, elsewhere: elsewhere(old) };
        const attributes = modified(table, old.attributes, input.Attributes);
        checkTogether(attributes);
        checkThresholds(attributes, new Set(input.Attributes?.map(({ Key }) => Key)));
        if (attributes['stickiness.enabled'] === 'true') checkGroupStickiness(transaction, old.id, attributes['stickiness.type'] === 'app_cookie');
        transaction.put('elbv2/target-group', { ...old, attributes });
        return { Attributes: listed(attributes, table.attributes) };
      });
    },
  };
}
