import type { Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { refusing } from '../members.ts';
import { apiMappingOperations } from './api-mapping.ts';
import { apiOperations } from './api.ts';
import { authorizerOperations } from './authorizer.ts';
import { deploymentOperations } from './deployment.ts';
import { domainNameOperations } from './domain-name.ts';
import { integrationResponseOperations } from './integration-response.ts';
import { integrationOperations } from './integration.ts';
import { API_GATEWAY_V2_MEMBERS, refusedMember } from './members.ts';
import { modelOperations } from './model.ts';
import { exportOperations } from './openapi/export.ts';
import { importOperations } from './openapi/import.ts';
import { OPERATION_REFUSALS } from './parity.ts';
import { routeResponseOperations } from './route-response.ts';
import { routeOperations } from './route.ts';
import { routingRuleOperations } from './routing-rule.ts';
import { stageOperations } from './stage.ts';
import { tagOperations } from './tag.ts';
import { vpcLinkOperations } from './vpc-link.ts';

/** API Gateway v2, for HTTP and WebSocket APIs: what every operation of the model does, or why it is refused. */
export function apiGatewayV2Service(environment: Environment): Service {
  return {
    name: 'apigatewayv2',
    operations: refusing(
      {
        ...apiOperations(environment),
        ...routeOperations(environment),
        ...routeResponseOperations(environment),
        ...integrationOperations(environment),
        ...integrationResponseOperations(environment),
        ...authorizerOperations(environment),
        ...modelOperations(environment),
        ...deploymentOperations(environment),
        ...stageOperations(environment),
        ...domainNameOperations(environment),
        ...apiMappingOperations(environment),
        ...routingRuleOperations(environment),
        ...vpcLinkOperations(environment),
        ...tagOperations(environment),
        ...importOperations(environment),
        ...exportOperations(environment),
      },
      API_GATEWAY_V2_MEMBERS,
      refusedMember,
    ),
    refusals: OPERATION_REFUSALS,
  };
}
