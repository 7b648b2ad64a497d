import type {
  DescribeCapacityReservationInput, DescribeCapacityReservationOutput, ModifyCapacityReservationInput, ModifyIpPoolsInput, ModifyIpPoolsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { CapacityReservation, LoadBalancer } from '../../resources/elbv2/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { invalidConfiguration, validationError } from './error.ts';
import * as lookup from './lookup.ts';

/** Less than that is no reservation: elasticloadbalancing/latest/application/capacity-unit-reservation.html */
const LEAST_UNITS = 100;
/** "You can decrease the reserved capacity twice a day." */
const DECREASES_A_DAY = 2;
const DAY_MS = 86_400_000;

function decreasesLeft(reservation: CapacityReservation, now: number): number {
  return DECREASES_A_DAY - reservation.decreasedAt.filter((time) => time > now - DAY_MS).length;
}

/** What is reserved is provisioned at once: there is nothing to provision. */
function shape(balancer: LoadBalancer, now: number): DescribeCapacityReservationOutput {
  const reservation = balancer.capacity ?? null;
  if (reservation === null || reservation.units === null) return { CapacityReservationState: [] };
  return {
    LastModifiedTime: new Date(reservation.modifiedAt),
    DecreaseRequestsRemaining: decreasesLeft(reservation, now),
    MinimumLoadBalancerCapacity: { CapacityUnits: reservation.units },
    CapacityReservationState: balancer.zones.map(({ zoneName }) => ({
      State: { Code: 'provisioned' }, AvailabilityZone: zoneName, EffectiveCapacityUnits: reservation.units! / balancer.zones.length,
    })),
  };
}

function reserved(old: CapacityReservation | null, units: number | null, now: number): CapacityReservation {
  const before = old?.units ?? 0;
  const isDecrease = before > (units ?? 0);
  if (isDecrease && old !== null && units !== null && decreasesLeft(old, now) <= 0) {
    throw new AwsError('CapacityDecreaseRequestLimitExceeded', 'You have exceeded the number of capacity decrease requests that are allowed per day');
  }
  return { units, modifiedAt: now, decreasedAt: [...(old?.decreasedAt ?? []).filter((time) => time > now - DAY_MS), ...(isDecrease && units !== null ? [now] : [])] };
}

export function capacityOperations(environment: Environment) {
  const { store, clock } = environment;

  return {
    /** Terraform reads this with every balancer. */
    DescribeCapacityReservation(input: DescribeCapacityReservationInput, call: Call): DescribeCapacityReservationOutput {
      return shape(lookup.loadBalancer(store.world, input.LoadBalancerArn ?? '', call), clock.now());
    },

    async ModifyCapacityReservation(input: ModifyCapacityReservationInput, call: Call): Promise<DescribeCapacityReservationOutput> {
      const units = input.MinimumLoadBalancerCapacity?.CapacityUnits;
      const resets = input.ResetCapacityReservation === true;
      if (resets === (units !== undefined)) throw validationError('You must specify either MinimumLoadBalancerCapacity or ResetCapacityReservation');
      if (units !== undefined && (!Number.isInteger(units) || units < LEAST_UNITS)) throw invalidConfiguration(`The minimum number of capacity units is '${LEAST_UNITS}'`);
      const most = quota(environment, 'reserved-capacity-units-per-application-load-balancer');
      if (units !== undefined && units > most) throw new AwsError('CapacityUnitsLimitExceeded', `The number of capacity units cannot exceed '${most}'`);
      const balancer = await store.transact((transaction) => {
        const old = lookup.loadBalancer(transaction, input.LoadBalancerArn ?? '', call);
        const changed: LoadBalancer = { ...old, capacity: reserved(old.capacity ?? null, units ?? null, clock.now()) };
        transaction.put('elbv2/load-balancer', changed);
        return changed;
      });
      return shape(balancer, clock.now());
    },

    async ModifyIpPools(input: ModifyIpPoolsInput, call: Call): Promise<ModifyIpPoolsOutput> {
      const pool = input.IpamPools?.Ipv4IpamPoolId;
      const removed = input.RemoveIpamPools ?? [];
      if (pool === undefined && removed.length === 0) throw validationError('Either IpamPools or RemoveIpamPools must be specified');
      if (pool !== undefined && removed.length > 0) throw validationError('IpamPools and RemoveIpamPools cannot be specified at the same time');
      const balancer = await store.transact((transaction) => {
        const old = lookup.loadBalancer(transaction, input.LoadBalancerArn ?? '', call);
        const changed: LoadBalancer = { ...old, ipv4IpamPool: pool === undefined ? null : checkIpamPool(pool, old.scheme) };
        transaction.put('elbv2/load-balancer', changed);
        return changed;
      });
      return balancer.ipv4IpamPool === null ? {} : { IpamPools: { Ipv4IpamPoolId: balancer.ipv4IpamPool } };
    },
  };
}

/** "IPAM pools are for internet-facing Application Load Balancers": a pool gives public addresses. */
export function checkIpamPool(pool: string, scheme: LoadBalancer['scheme']): string {
  if (scheme !== 'internet-facing') throw invalidConfiguration('IPAM pools are supported on internet-facing load balancers only');
  return pool;
}
