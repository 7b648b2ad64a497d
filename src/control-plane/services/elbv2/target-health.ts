import type { DescribeTargetHealthInput, DescribeTargetHealthOutput, TargetHealth, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from '../../../aws/index.ts';
import { targetRowId, type Target, type TargetGroup } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { isUsed } from './association.ts';
import * as lookup from './lookup.ts';
import { registrations, targetKey } from './target.ts';

/** AWS's states, reason codes and sentences (API_TargetHealth.html) for what the control plane knows; the rest is what the data plane reports. */
const NOT_REGISTERED = { State: 'unused', Reason: 'Target.NotRegistered', Description: 'Target is not registered to the target group' } as const;
const DRAINING = { State: 'draining', Reason: 'Target.DeregistrationInProgress', Description: 'Target deregistration is in progress' } as const;
const NOT_IN_USE = {
  State: 'unused', Reason: 'Target.NotInUse', Description: 'Target group is not configured to receive traffic from the load balancer',
} as const;
const DISABLED = { State: 'unavailable', Reason: 'Target.HealthCheckDisabled', Description: 'Health checks are not enabled for this target' } as const;
const IN_PROGRESS = { State: 'initial', Reason: 'Elb.RegistrationInProgress', Description: 'Target registration is in progress' } as const;

/** What the data plane means by `Target.NotInUse` of a group that is in use. */
const ZONE_IS_OFF = {
  State: 'unused', Reason: 'Target.NotInUse', Description: 'Target is in an Availability Zone that is not enabled for the load balancer',
} as const;

/** On every answer: Turnpike overrides nobody's health. */
const NO_OVERRIDE = { State: 'no_override', Reason: 'AdministrativeOverride.NoOverride', Description: 'No override is currently active on target' } as const;

/** Looked for with the algorithm `weighted_random` only. */
const NO_ANOMALY = { Result: 'normal', MitigationInEffect: 'no' } as const;

export function targetHealthOperations(environment: Environment) {
  const { store, clock, reports } = environment;

  const health = (world: World, group: TargetGroup, { target, used }: { readonly target: Target; readonly used: boolean }): TargetHealth => {
    if (target.drainingUntil !== null) return DRAINING;
    if (!used) return NOT_IN_USE;
    if (group.targetType === 'instance') {
      const state = world.get('ec2/instance', target.targetId)?.state ?? 'terminated';
      if (state !== 'running') return { State: 'unused', Reason: 'Target.InvalidState', Description: `Target is in the ${state} state` };
    }
    if (!group.healthCheck.enabled) return DISABLED;
    const report = reports.targetHealth(group.id, target.targetId, target.port ?? 0);
    if (!report) return IN_PROGRESS;
    if (report.reason === NOT_IN_USE.Reason) return ZONE_IS_OFF;
    return {
      State: report.state,
      ...(report.reason === null ? {} : { Reason: report.reason as NonNullable<TargetHealth['Reason']> }),
      ...(report.description === null ? {} : { Description: report.description }),
    };
  };

  return {
    DescribeTargetHealth(input: DescribeTargetHealthInput, call: Call): DescribeTargetHealthOutput {
      const world = store.world;
      const group = lookup.targetGroup(world, input.TargetGroupArn ?? '', call);
      const registered = registrations(world, group.id, clock.now());
      const used = isUsed(world, group);
      const include = new Set<string>(input.Include);
      const withAnomalies = include.has('AnomalyDetection') || include.has('All');
      const anomalies = (target: Target): Pick<TargetHealthDescription, 'AnomalyDetection'> => {
        if (!withAnomalies) return {};
        const found = reports.anomaly(group.id, target.targetId, target.port ?? 0);
        return { AnomalyDetection: found === null ? NO_ANOMALY : { Result: found.result, MitigationInEffect: found.mitigated ? 'yes' : 'no' } };
      };

      const describe = (target: Target): TargetHealthDescription => ({
        Target: {
          Id: target.targetId,
          ...(target.port === null ? {} : { Port: target.port }),
          ...(target.availabilityZone === null ? {} : { AvailabilityZone: target.availabilityZone }),
        },
        ...checkPort(group, target.port),
        TargetHealth: health(world, group, { target, used }),
        AdministrativeOverride: NO_OVERRIDE,
        ...anomalies(target),
      });

      const asked = input.Targets;
      // Observed at AWS: a terminated instance is shown, draining, to those only who ask for it.
      if (!asked || asked.length === 0) return { TargetHealthDescriptions: registered.filter((target) => !isTerminated(world, group, target)).map(describe) };
      return {
        TargetHealthDescriptions: asked.map((each) => {
          const { targetId, port } = targetKey(group, each);
          const row = targetRowId(group.id, targetId, port);
          const target = registered.find((candidate) => candidate.id === row);
          return target
            ? describe(target)
            : { Target: { Id: targetId, ...(port === null ? {} : { Port: port }) }, ...checkPort(group, port), TargetHealth: NOT_REGISTERED };
        }),
      };
    },
  };
}

function isTerminated(world: World, group: TargetGroup, { targetId, drainingUntil }: Target): boolean {
  return group.targetType === 'instance' && drainingUntil !== null && (world.get('ec2/instance', targetId)?.state ?? 'terminated') === 'terminated';
}

function checkPort(group: TargetGroup, port: number | null): { HealthCheckPort?: string } {
  const own = group.healthCheck.port;
  if (own === null) return {};
  return { HealthCheckPort: own === 'traffic-port' ? String(port) : own };
}
