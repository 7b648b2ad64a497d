import type { DescribeCapacityReservationInput, DescribeCapacityReservationOutput, ModifyCapacityReservationInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { operationNotPermitted } from './error.ts';
import * as lookup from './lookup.ts';

/** Why capacity cannot be reserved; also what parity says. */
export const CAPACITY_REFUSAL =
  'Capacity cannot be reserved: a load balancer uses what the machines of this installation have. Add data-plane workers or machines instead.';

export function capacityOperations(environment: Environment) {
  return {
    /** Terraform reads this with every balancer: nothing is reserved. */
    DescribeCapacityReservation(input: DescribeCapacityReservationInput, call: Call): DescribeCapacityReservationOutput {
      lookup.loadBalancer(environment.store.world, input.LoadBalancerArn ?? '', call);
      return { CapacityReservationState: [] };
    },

    /** A reset of what was never reserved succeeds, as it does on AWS. */
    ModifyCapacityReservation(input: ModifyCapacityReservationInput, call: Call): DescribeCapacityReservationOutput {
      lookup.loadBalancer(environment.store.world, input.LoadBalancerArn ?? '', call);
      if (input.ResetCapacityReservation === true && input.MinimumLoadBalancerCapacity === undefined) return { CapacityReservationState: [] };
      throw operationNotPermitted(CAPACITY_REFUSAL);
    },
  };
}
