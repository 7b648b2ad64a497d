/** The nouns of apigatewayv2, by kind. Each has a file of its own in this folder. */
import type { ApiMapping } from './api-mapping.ts';
import type { Api } from './api.ts';
import type { Authorizer } from './authorizer.ts';
import type { Deployment } from './deployment.ts';
import type { DomainName } from './domain-name.ts';
import type { IntegrationResponse } from './integration-response.ts';
import type { Integration } from './integration.ts';
import type { Model } from './model.ts';
import type { RouteResponse } from './route-response.ts';
import type { Route } from './route.ts';
import type { RoutingRule } from './routing-rule.ts';
import type { Stage } from './stage.ts';
import type { VpcLink } from './vpc-link.ts';

export { apiHost, DEFAULT_API_KEY_SELECTION, HTTP_ROUTE_SELECTION, KEY_OF_AUTHORIZER, type Api, type ApiSettings, type ProtocolType } from './api.ts';
export { type ApiMapping } from './api-mapping.ts';
export { apiArn, domainNameArn, executeApiArn, parseTaggableArn, routingRuleArn, stageArn, vpcLinkArn, type TaggableArn } from './arn.ts';
export { type Authorizer, type JwtAuthorizer, type RequestAuthorizer } from './authorizer.ts';
export { type Cors } from './cors.ts';
export { deployedTo, type Deployment, type DeploymentDocument } from './deployment.ts';
export { apiHostedZoneId, domainNameRowId, type DomainName, type DomainNameConfiguration, type MutualTls, type RoutingMode } from './domain-name.ts';
export { integrationOfTarget, type Integration, type IntegrationType } from './integration.ts';
export { type IntegrationResponse } from './integration-response.ts';
export { parseMappingKey, type MappingKey } from './mapping-key.ts';
export { type Model } from './model.ts';
export {
  parseHttpRouteKey, ROUTE_METHODS, type AuthorizationType, type HttpRouteKey, type ParameterConstraints, type PathSegment, type Route, type RouteMethod,
} from './route.ts';
export { type RouteResponse } from './route-response.ts';
export { parseSelectionExpression, type ParsedSelection, type SelectionScope } from './selection-expression.ts';
export { type RoutingRule, type RoutingRuleCondition } from './routing-rule.ts';
export { type AccessLogSettings, type RouteSettings, type Stage } from './stage.ts';
export { vpcLinkRowId, type VpcLink } from './vpc-link.ts';

export interface ApiGatewayV2Resources {
  'apigatewayv2/api': Api;
  'apigatewayv2/route': Route;
  'apigatewayv2/route-response': RouteResponse;
  'apigatewayv2/integration': Integration;
  'apigatewayv2/integration-response': IntegrationResponse;
  'apigatewayv2/authorizer': Authorizer;
  'apigatewayv2/model': Model;
  'apigatewayv2/deployment': Deployment;
  'apigatewayv2/stage': Stage;
  'apigatewayv2/domain-name': DomainName;
  'apigatewayv2/api-mapping': ApiMapping;
  'apigatewayv2/routing-rule': RoutingRule;
  'apigatewayv2/vpc-link': VpcLink;
}
