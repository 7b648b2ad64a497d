import type {
  DeregisterTargetsInput, DeregisterTargetsOutput, RegisterTargetsInput, RegisterTargetsOutput, TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { isGone, targetRowId, type Target, type TargetGroup } from '../../resources/elbv2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { isUsed, loadBalancersOf, targetGroupsUsedBy } from './association.ts';
import type { Draining } from './draining.ts';
import { checkBalancer } from './balancer-target.ts';
import { validationError } from './error.ts';
import { checkFunction } from './function-target.ts';
import * as lookup from './lookup.ts';
import { checkAddresses, checkInstances, checkZone } from './target-address.ts';

/** Target id and port as a group means them: its own port where none is given, none for functions. */
export interface TargetKey {
  readonly targetId: string;
  readonly port: number | null;
}

export function targetKey(group: TargetGroup, given: TargetDescription): TargetKey {
  if (given.Id === undefined || given.Id === '') throw validationError('A target ID must be specified');
  if (group.targetType === 'lambda') {
    if (given.Port !== undefined) throw validationError("A port cannot be specified for targets of target groups with target type 'lambda'");
    return { targetId: given.Id, port: null };
  }
  const port = given.Port ?? group.port;
  if (port === null || port < 1 || port > 65535) throw validationError(`Target port '${port}' must be between '1-65535' inclusive`);
  return { targetId: given.Id, port };
}

/** The registrations that count: those that have drained are gone. */
export function registrations(world: World, group: string, now: number): readonly Target[] {
  return world.children('elbv2/target', group).filter((target) => !isGone(target, now));
}

function someTargets(given: readonly TargetDescription[] | undefined): readonly TargetDescription[] {
  if (!given || given.length === 0) throw validationError('At least one target must be specified');
  return given;
}

export function targetOperations(environment: Environment, drain: Draining) {
  const { store, clock } = environment;

  const check = (world: World, group: TargetGroup, { call, keys }: { readonly call: Call; readonly keys: readonly TargetKey[] }): void => {
    const ids = keys.map((key) => key.targetId);
    const registered = registrations(world, group.id, clock.now());
    switch (group.targetType) {
      case 'instance':
        return checkInstances(ids, { world, group, call });
      case 'ip':
        return checkAddresses(ids, group);
      case 'lambda':
        return checkFunction(ids, { world, group, registered: registered.map((target) => target.targetId) });
      case 'alb':
        return checkBalancer(keys, { world, group, call, registered });
    }
  };

  /** Counts the registrations after the change: per group, and over all groups of its load balancer. */
  const checkLimits = (world: World, group: TargetGroup): void => {
    const count = (id: string): number => registrations(world, id, clock.now()).filter((target) => target.drainingUntil === null).length;
    if (count(group.id) > quota(environment, 'targets-per-target-group')) {
      throw new AwsError('TooManyTargets', `The maximum number of targets has been reached on target group '${group.id}'`);
    }
    for (const balancer of loadBalancersOf(world, group.id)) {
      const total = [...targetGroupsUsedBy(world, balancer)].reduce((sum, id) => sum + count(id), 0);
      if (total > quota(environment, 'targets-per-application-load-balancer')) {
        throw new AwsError('TooManyTargets', `The maximum number of targets has been reached on load balancer '${balancer}'`);
      }
    }
  };

  return {
    async RegisterTargets(input: RegisterTargetsInput, call: Call): Promise<RegisterTargetsOutput> {
      const given = someTargets(input.Targets);
      await store.transact((transaction) => {
        const group = lookup.targetGroup(transaction, input.TargetGroupArn ?? '', call);
        const keys = given.map((each) => targetKey(group, each));
        check(transaction, group, { call, keys });
        given.forEach((each, index) => register(transaction, group, { ...keys[index]!, zone: zone(transaction, group, each) }));
        checkLimits(transaction, group);
      });
      return {};

      function register(transaction: Transaction, group: TargetGroup, { targetId, port, zone: availabilityZone }: TargetKey & { readonly zone: string | null }): void {
        const id = targetRowId(group.id, targetId, port);
        const now = clock.now();
        const old = transaction.get('elbv2/target', id);
        // Registered and not on its way out: registering again changes nothing.
        if (old && old.drainingUntil === null && old.availabilityZone === availabilityZone) return;
        transaction.put('elbv2/target', {
          id,
          account: group.account,
          region: group.region,
          parent: group.id,
          createdAt: now,
          targetId,
          port,
          availabilityZone,
          registeredAt: old && old.drainingUntil === null ? old.registeredAt : now,
          drainingUntil: null,
        });
      }
    },

    async DeregisterTargets(input: DeregisterTargetsInput, call: Call): Promise<DeregisterTargetsOutput> {
      const given = someTargets(input.Targets);
      const ends = await store.transact((transaction) => {
        const group = lookup.targetGroup(transaction, input.TargetGroupArn ?? '', call);
        const delay = group.targetType === 'lambda' ? 0 : Number(group.attributes['deregistration_delay.timeout_seconds'] ?? 300) * 1000;
        // Nothing flows through a group that no listener uses, so there is nothing to wait for.
        const until = isUsed(transaction, group) && delay > 0 ? clock.now() + delay : null;
        for (const each of given) {
          const { targetId, port } = targetKey(group, each);
          // AWS answers LoadBalancerNotFound here, as Terraform's provider knows.
          if (group.targetType === 'alb') lookup.loadBalancer(transaction, targetId, call);
          const target = transaction.get('elbv2/target', targetRowId(group.id, targetId, port));
          // AWS: "If the specified target does not exist, the action returns successfully."
          if (!target || target.drainingUntil !== null) continue;
          if (until === null) transaction.delete('elbv2/target', target.id);
          else transaction.put('elbv2/target', { ...target, drainingUntil: until });
        }
        return until;
      });
      if (ends !== null) drain.removeAt(ends);
      return {};
    },
  };
}

function zone(world: World, group: TargetGroup, given: TargetDescription): string | null {
  if (given.AvailabilityZone === undefined) return null;
  if (group.targetType === 'instance' || group.targetType === 'alb') throw validationError(`An Availability Zone cannot be specified for targets of target groups with target type '${group.targetType}'`);
  // AWS: a zone, or `all` for an address outside the VPC or for functions.
  if (given.AvailabilityZone !== 'all' && !given.AvailabilityZone.startsWith(group.region)) {
    throw validationError(`The Availability Zone '${given.AvailabilityZone}' is not valid`);
  }
  if (group.targetType === 'ip') checkZone(given.Id ?? '', given.AvailabilityZone, { world, group });
  return given.AvailabilityZone;
}
