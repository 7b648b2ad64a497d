import type { SeededWorld } from './seeded-world.ts';
import { Choices } from './shape-walk.ts';

/** Calls an operation of API Gateway v2; what it answers is what the next one needs. */
// oxlint-disable-next-line typescript/no-explicit-any
type Make = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<any>;

interface Around {
  readonly make: Make;
  readonly certificate: string;
  readonly functionArn: string;
  readonly subnets: readonly string[];
  readonly group: string;
}

const SPECIFICATION = JSON.stringify({ openapi: '3.0.1', info: { title: 'imported', version: '1' }, paths: {} });

/** One HTTP API and one WebSocket API with one of everything. */
export async function seededApis({ make, certificate, functionArn, subnets, group }: Around): Promise<Pick<SeededWorld, 'examples' | 'particular'>> {
  const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
  const http = (await make('CreateApi', { Name: 'http', ProtocolType: 'HTTP', Target: functionArn })).ApiId as string;
  const socket = (await make('CreateApi', { Name: 'socket', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' })).ApiId as string;
  const link = (await make('CreateVpcLink', { Name: 'link', SubnetIds: subnets, SecurityGroupIds: [group] })).VpcLinkId as string;
  const looseLink = (await make('CreateVpcLink', { Name: 'loose', SubnetIds: subnets })).VpcLinkId as string;
  const PRIVATE = { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'GET', ConnectionType: 'VPC_LINK', ConnectionId: link, PayloadFormatVersion: '1.0', IntegrationUri: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/a/0123456789abcdef/0123456789abcdef' };
  const integration = (await make('CreateIntegration', { ApiId: http, ...PRIVATE })).IntegrationId as string;
  const socketIntegration = (await make('CreateIntegration', { ApiId: socket, IntegrationType: 'MOCK' })).IntegrationId as string;
  const integrationResponse = (await make('CreateIntegrationResponse', { ApiId: socket, IntegrationId: socketIntegration, IntegrationResponseKey: '/200/' })).IntegrationResponseId as string;
  const JWT = { AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'], Name: 'jwt', JwtConfiguration: { Audience: ['a'], Issuer: 'https://issuer.example.test' } };
  const authorizer = (await make('CreateAuthorizer', { ApiId: http, ...JWT })).AuthorizerId as string;
  const REQUEST = { AuthorizerType: 'REQUEST', AuthorizerUri: uri, IdentitySource: ['$request.header.Authorization'], Name: 'request', AuthorizerPayloadFormatVersion: '2.0' };
  const route = (await make('CreateRoute', { ApiId: socket, RouteKey: 'one', RequestParameters: { 'route.request.querystring.a': { Required: true } } })).RouteId as string;
  const silent = (await make('CreateRoute', { ApiId: socket, RouteKey: 'two' })).RouteId as string;
  const routeResponse = (await make('CreateRouteResponse', { ApiId: socket, RouteId: route, RouteResponseKey: '$default' })).RouteResponseId as string;
  const model = (await make('CreateModel', { ApiId: socket, Name: 'model', Schema: '{}' })).ModelId as string;
  await make('CreateRoute', { ApiId: http, RouteKey: 'GET /x' });
  await make('CreateStage', { ApiId: http, StageName: 'dev', RouteSettings: { 'GET /x': {} } });
  const deployment = (await make('CreateDeployment', { ApiId: http })).DeploymentId as string;
  const DOMAIN = { DomainName: 'www.example.test', DomainNameConfigurations: [{ CertificateArn: certificate }] };
  await make('CreateDomainName', DOMAIN);
  const mapping = (await make('CreateApiMapping', { DomainName: DOMAIN.DomainName, ApiId: http, Stage: 'dev', ApiMappingKey: 'a' })).ApiMappingId as string;
  const RULE = { Priority: 1, Conditions: [], Actions: [{ InvokeApi: { ApiId: http, Stage: 'dev' } }] };
  const rule = (await make('CreateRoutingRule', { DomainName: DOMAIN.DomainName, ...RULE })).RoutingRuleId as string;

  const ids = { IntegrationResponseId: integrationResponse, AuthorizerId: authorizer, RouteId: route, RouteResponseId: routeResponse, ModelId: model, StageName: 'dev', DeploymentId: deployment, VpcLinkId: link, ApiMappingId: mapping, RoutingRuleId: rule };
  const own = {
    ...ids, ApiId: http, IntegrationId: integration, DomainName: DOMAIN.DomainName, ResourceArn: `arn:aws:apigateway:us-east-1::/apis/${http}`, SubnetIds: subnets, SecurityGroupIds: [group], RouteKey: 'GET /x', Target: undefined, RouteSelectionExpression: undefined,
    NextToken: undefined, MaxResults: '5', Stage: 'dev', CertificateArn: certificate, IntegrationResponseKey: '$default', RouteResponseKey: '$default', RequestParameterKey: 'route.request.querystring.a', Schema: '{}', Name: 'other', Conditions: [], EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2',
    Actions: RULE.Actions, OwnershipVerificationCertificateArn: undefined, DomainNameId: undefined, TagKeys: ['a'],
  };
  const ofSocket = ['CreateRouteResponse', 'GetRouteResponse', 'GetRouteResponses', 'UpdateRouteResponse', 'DeleteRouteResponse', 'CreateIntegrationResponse', 'GetIntegrationResponse', 'GetIntegrationResponses', 'UpdateIntegrationResponse',
    'DeleteIntegrationResponse', 'CreateModel', 'GetModel', 'GetModels', 'GetModelTemplate', 'UpdateModel', 'DeleteModel', 'GetRoute', 'UpdateRoute', 'DeleteRoute', 'DeleteRouteRequestParameter'];
  return {
    particular: {
      'apigatewayv2:*': own,
      ...Object.fromEntries(ofSocket.map((operation) => [`apigatewayv2:${operation}`, { ApiId: socket, IntegrationId: socketIntegration }])),
      'apigatewayv2:CreateRouteResponse': { ApiId: socket, RouteId: silent },
      'apigatewayv2:CreateStage': { StageName: 'other' },
      'apigatewayv2:DeleteRouteSettings': { StageName: 'dev' },
      'apigatewayv2:CreateRoute': { RouteKey: 'GET /y' },
      'apigatewayv2:CreateApi': { ProtocolType: new Choices('HTTP', 'WEBSOCKET') },
      'apigatewayv2:CreateIntegration': PRIVATE,
      'apigatewayv2:CreateAuthorizer': { ...JWT, Name: 'other' },
      'apigatewayv2:CreateDomainName': { DomainName: 'api.example.test', DomainNameConfigurations: DOMAIN.DomainNameConfigurations },
      'apigatewayv2:CreateRoutingRule': { ...RULE, Priority: 2 },
      'apigatewayv2:ImportApi': { Body: SPECIFICATION }, 'apigatewayv2:ReimportApi': { Body: SPECIFICATION },
      'apigatewayv2:DeleteVpcLink': { VpcLinkId: looseLink },
    },
    examples: {
      'apigatewayv2:CreateAuthorizer': [{ ...REQUEST }],
      'apigatewayv2:UpdateAuthorizer': [{ ...REQUEST }, { AuthorizerType: undefined }],
      'apigatewayv2:CreateApi': [{ Target: functionArn }],
      'apigatewayv2:CreateIntegration': [{ TlsConfig: {} }, { ApiId: socket, IntegrationType: 'MOCK', ConnectionType: 'INTERNET', ConnectionId: undefined }],
      'apigatewayv2:UpdateIntegration': [{ ApiId: socket, IntegrationId: socketIntegration, IntegrationType: 'MOCK' }],
      'apigatewayv2:UpdateStage': [{ RouteSettings: { 'GET /x': {} }, DefaultRouteSettings: {}, AccessLogSettings: {} }],
      ...Object.fromEntries(['CreateRoutingRule', 'PutRoutingRule'].map((operation) => [`apigatewayv2:${operation}`, [
        { Conditions: [{ MatchBasePaths: { AnyOf: ['a'] } }] }, { Conditions: [{ MatchHeaders: { AnyOf: [{ Header: 'x', ValueGlob: 'y*' }] } }] },
      ]])),
    },
  };
}
