import type { Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { refusing } from '../members.ts';
import { accountConfigurationOperations } from './account-configuration.ts';
import { certificateOperations } from './certificate.ts';
import { listingOperations } from './listing.ts';
import { ACM_MEMBERS, refusedMember } from './members.ts';
import { OPERATION_REFUSALS } from './parity.ts';
import { keepRenewed, renewalOperations } from './renewal.ts';
import { requestOperations } from './request.ts';
import { tagOperations } from './tag.ts';

/** AWS Certificate Manager: what every operation of the model does, or why it is refused. */
export function acmService(environment: Environment): Service {
  keepRenewed(environment);
  return {
    name: 'acm',
    operations: refusing(
      {
        ...certificateOperations(environment),
        ...requestOperations(environment),
        ...renewalOperations(environment),
        ...listingOperations(environment),
        ...tagOperations(environment),
        ...accountConfigurationOperations(environment),
      },
      ACM_MEMBERS,
      refusedMember,
    ),
    refusals: OPERATION_REFUSALS,
  };
}
