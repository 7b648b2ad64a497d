import type { TargetHealth } from '../../../snapshot/index.ts';

/**
 * The states of a target with AWS's reason codes and sentences (ELB user guide, target-group-health-checks, "Health check reason codes").
 */
export const HEALTHY_TARGET: TargetHealth = { state: 'healthy', reason: null, description: null };
export const REGISTERING: TargetHealth = { state: 'initial', reason: 'Elb.RegistrationInProgress', description: 'Target registration is in progress' };
export const FIRST_CHECKS: TargetHealth = { state: 'initial', reason: 'Elb.InitialHealthChecking', description: 'Initial health checks in progress' };
export const DRAINING: TargetHealth = { state: 'draining', reason: 'Target.DeregistrationInProgress', description: 'Target deregistration is in progress' };
/** The sentence is the one that the API answers with (observed); the guide's table says "Health checks are disabled". */
export const CHECKS_DISABLED: TargetHealth = { state: 'unavailable', reason: 'Target.HealthCheckDisabled', description: 'Health checks are not enabled for this target' };

/** A failed check, as it will be told if it takes the target out of service. */
export type CheckFailure = TargetHealth & { readonly state: 'unhealthy' };

export const TIMED_OUT: CheckFailure = { state: 'unhealthy', reason: 'Target.Timeout', description: 'Request timed out' };
/** No connection, or an answer that is malformed. */
export const CHECK_FAILED: CheckFailure = { state: 'unhealthy', reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };

export function unexpectedStatus(status: number): CheckFailure {
  return { state: 'unhealthy', reason: 'Target.ResponseCodeMismatch', description: `Health checks failed with these codes: [${status}]` };
}

const UNUSED: Readonly<Record<string, string>> = {
  'Target.InvalidState': 'Target is in an invalid state',
  'Target.IpUnusable': 'The IP address cannot be used as a target, as it is in use by a load balancer',
  'Target.NotInUse': 'Target group is not configured to receive traffic from the load balancer',
  'Target.NotRegistered': 'Target is not registered to the target group',
};

/** A registered target that may not be used, by the reason code that the snapshot has for it. */
export function unusedTarget(reason: string): TargetHealth {
  return { state: 'unused', reason, description: UNUSED[reason] ?? null };
}

export function sameHealth(a: TargetHealth, b: TargetHealth): boolean {
  return a.state === b.state && a.reason === b.reason && a.description === b.description;
}
