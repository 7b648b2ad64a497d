import type { GetResourcePolicyInput, GetResourcePolicyOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../aws/index.ts';

/** Only trust stores can be shared by a resource policy, and there are none. */
export const resourcePolicyOperations = {
  GetResourcePolicy(input: GetResourcePolicyInput): GetResourcePolicyOutput {
    throw new AwsError('ResourceNotFound', `The resource policy of '${input.ResourceArn}' was not found`);
  },
};
