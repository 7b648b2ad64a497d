import type { Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { refusing } from '../members.ts';
import { accountOperations } from './account.ts';
import { apiKeyOperations } from './api-key.ts';
import { refusedMember } from '../apigatewayv2/members.ts';
import { API_GATEWAY_MEMBERS } from './members.ts';
import { OPERATION_REFUSALS } from './parity.ts';
import { tagOperations } from './tag.ts';
import { usagePlanKeyOperations } from './usage-plan-key.ts';
import { usagePlanOperations } from './usage-plan.ts';
import { usageOperations } from './usage.ts';

/** API Gateway of 2015, of which API keys and usage plans are served; the rest of its operations is refused by name. */
export function apiGatewayService(environment: Environment): Service {
  return {
    name: 'apigateway',
    operations: refusing(
      {
        ...apiKeyOperations(environment),
        ...usagePlanOperations(environment),
        ...usagePlanKeyOperations(environment),
        ...usageOperations(environment),
        ...tagOperations(environment),
        ...accountOperations(environment),
      },
      API_GATEWAY_MEMBERS,
      refusedMember,
    ),
    refusals: OPERATION_REFUSALS,
  };
}
