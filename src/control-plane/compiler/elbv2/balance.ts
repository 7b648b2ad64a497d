import type { TargetGroup } from '../../resources/elbv2/index.ts';
import type { Balance, Minimum, Stickiness } from '../../../snapshot/index.ts';
import { isOn, numberOf, oneOf, type Attributes } from './attribute.ts';

const SECOND = 1000;
const ALGORITHM = { round_robin: 'round-robin', least_outstanding_requests: 'least-outstanding', weighted_random: 'weighted-random' } as const;

/** Attributes of the target group, whose defaults stand here too: API_TargetGroupAttribute. `zones`: those that the balancers have enabled. */
export function compileBalance({ attributes }: Pick<TargetGroup, 'attributes'>, zones: ReadonlySet<string>): Balance {
  const algorithm = ALGORITHM[oneOf(attributes, 'load_balancing.algorithm.type', ['round_robin', 'least_outstanding_requests', 'weighted_random'])];
  return {
    algorithm,
    anomalyMitigation: algorithm === 'weighted-random' && attributes['load_balancing.algorithm.anomaly_mitigation'] === 'on',
    // "slow start mode is supported with round robin only": load-balancer-target-groups.html
    slowStartMs: algorithm === 'round-robin' ? numberOf(attributes, 'slow_start.duration_seconds', 0) * SECOND : 0,
    stickiness: stickiness(attributes),
    // of an Application Load Balancer, which the third value refers to, it is always on: disable-cross-zone.html
    zones: attributes['load_balancing.cross_zone.enabled'] === 'false' ? [...zones].sort() : null,
    failOpen: minimum(attributes, 'target_group_health.unhealthy_state_routing.minimum_healthy_targets'),
    failAway: minimum(attributes, 'target_group_health.dns_failover.minimum_healthy_targets'),
  };
}

function stickiness(attributes: Attributes): Stickiness | null {
  if (!isOn(attributes, 'stickiness.enabled', false)) return null;
  if (oneOf(attributes, 'stickiness.type', ['lb_cookie', 'app_cookie']) === 'lb_cookie') {
    return { kind: 'balancer-cookie', durationMs: numberOf(attributes, 'stickiness.lb_cookie.duration_seconds', 86_400) * SECOND };
  }
  return {
    kind: 'application-cookie', name: attributes['stickiness.app_cookie.cookie_name'] ?? '', durationMs: numberOf(attributes, 'stickiness.app_cookie.duration_seconds', 86_400) * SECOND,
  };
}

/** `off` is no threshold. */
function minimum(attributes: Attributes, prefix: string): Minimum {
  const count = attributes[`${prefix}.count`];
  return { count: count === 'off' ? 0 : numberOf(attributes, `${prefix}.count`, 1), percentage: numberOf(attributes, `${prefix}.percentage`, 0) };
}
