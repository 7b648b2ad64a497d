import type { DescribeAccountLimitsInput, DescribeAccountLimitsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Environment } from '../environment.ts';
import { page } from './page.ts';

/** ELBv2's quotas by AWS's names, with AWS's default values (elasticloadbalancing/latest/application/load-balancer-limits.html). */
const QUOTAS = {
  'application-load-balancers': 50,
  'target-groups': 3000,
  'targets-per-application-load-balancer': 1000,
  'listeners-per-application-load-balancer': 50,
  'rules-per-application-load-balancer': 100,
  'certificates-per-application-load-balancer': 25,
  'target-groups-per-action-on-application-load-balancer': 5,
  'target-groups-per-application-load-balancer': 100,
  'targets-per-target-group': 1000,
  'condition-values-per-alb-rule': 5,
  'condition-wildcards-per-alb-rule': 6,
  'security-groups-per-application-load-balancer': 5,
  'reserved-capacity-units-per-application-load-balancer': 1500,
  'trust-stores': 20,
  'ca-certificates-per-trust-store': 25,
  'revocation-lists-per-trust-store': 30,
  'revocation-entries-per-trust-store': 500_000,
  'listeners-with-mtls-verify-per-application-load-balancer': 2,
} as const;

export type Quota = keyof typeof QUOTAS;

/** The installation's value of a quota: AWS's own unless lifted. */
export function quota(environment: Environment, name: Quota): number {
  return environment.limits.value(name, QUOTAS[name]);
}

/** Of those, the ones that DescribeAccountLimits lists. */
const LISTED: readonly Quota[] = [
  'target-groups', 'targets-per-application-load-balancer', 'listeners-per-application-load-balancer', 'application-load-balancers',
  'rules-per-application-load-balancer', 'certificates-per-application-load-balancer', 'target-groups-per-application-load-balancer',
  'target-groups-per-action-on-application-load-balancer', 'condition-values-per-alb-rule', 'condition-wildcards-per-alb-rule',
  'targets-per-target-group',
];

export function accountLimitOperations(environment: Environment) {
  return {
    DescribeAccountLimits(input: DescribeAccountLimitsInput): DescribeAccountLimitsOutput {
      const { items, next } = page(LISTED, input, (name) => name);
      // A lifted quota is the largest number that AWS's clients read.
      return { Limits: items.map((name) => ({ Name: name, Max: String(Math.min(quota(environment, name), 2147483647)) })), ...next };
    },
  };
}
