import type { GetResourcePolicyInput, GetResourcePolicyOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import * as lookup from './lookup.ts';

/** Only trust stores can have a resource policy, by being shared through RAM, which is not served: none has one. */
export function resourcePolicyOperations(environment: Environment) {
  return {
    GetResourcePolicy(input: GetResourcePolicyInput, call: Call): GetResourcePolicyOutput {
      const arn = input.ResourceArn ?? '';
      if (lookup.isTrustStoreArn(arn)) lookup.trustStore(environment.store.world, arn, call);
      throw new AwsError('ResourceNotFound', `The resource policy of '${arn}' was not found`);
    },
  };
}
