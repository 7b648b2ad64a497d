import type { Step } from './resources.ts';

const V2 = 'apigatewayv2';

/** An HTTP API and a WebSocket API with one of everything, beside the resources of a set on which they stand. */
export function apiCreation(set: string): readonly Step[] {
  const http = '{http2.ApiId}';
  const socket = '{socket.ApiId}';
  const step = (name: string, operation: string, input: Readonly<Record<string, unknown>>): Step => [name, V2, operation, input];
  const invocation = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:${set}-function/invocations`;
  return [
    step('http2', 'CreateApi', {
      Name: `${set}-http`, ProtocolType: 'HTTP', Description: 'ü', Version: '1', Tags: { set: 'all', empty: '' },
      CorsConfiguration: { AllowCredentials: true, AllowHeaders: ['authorization'], AllowMethods: ['GET', 'POST'], AllowOrigins: ['https://www.example.test'], ExposeHeaders: ['x-a'], MaxAge: 600 },
    }),
    step('link', 'CreateVpcLink', { Name: `${set}-link`, SubnetIds: ['{a.Subnet.SubnetId}', '{b.Subnet.SubnetId}'], SecurityGroupIds: ['{group.GroupId}'], Tags: { set: 'all' } }),
    step('jwt', 'CreateAuthorizer', { ApiId: http, Name: 'jwt', AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'], JwtConfiguration: { Audience: ['a', 'b'], Issuer: 'https://issuer.example.test' } }),
    step('guard', 'CreateAuthorizer', { ApiId: http, Name: 'guard', AuthorizerType: 'REQUEST', AuthorizerUri: invocation, IdentitySource: ['$request.header.a', '$context.stage'], AuthorizerPayloadFormatVersion: '2.0', AuthorizerResultTtlInSeconds: 60, EnableSimpleResponses: true }),
    step('proxy', 'CreateIntegration', {
      ApiId: http, IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', IntegrationUri: 'https://example.test/{proxy}', PayloadFormatVersion: '1.0', TimeoutInMillis: 1234, Description: 'a proxy',
      RequestParameters: { 'append:header.x': '$context.requestId', 'overwrite:path': '/x' }, ResponseParameters: { 500: { 'overwrite:statuscode': '503' } },
    }),
    step('function2', 'CreateIntegration', { ApiId: http, IntegrationType: 'AWS_PROXY', IntegrationUri: '{function.FunctionArn}', PayloadFormatVersion: '2.0' }),
    step('private', 'CreateIntegration', {
      ApiId: http, IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'GET', ConnectionType: 'VPC_LINK', ConnectionId: '{link.VpcLinkId}', IntegrationUri: '{https.Listeners.0.ListenerArn}', PayloadFormatVersion: '1.0', TlsConfig: { ServerNameToVerify: 'www.example.test' },
    }),
    step('default', 'CreateRoute', { ApiId: http, RouteKey: '$default', Target: 'integrations/{proxy.IntegrationId}' }),
    step('', 'CreateRoute', { ApiId: http, RouteKey: 'GET /pets/{id}', Target: 'integrations/{function2.IntegrationId}', AuthorizationType: 'JWT', AuthorizerId: '{jwt.AuthorizerId}', AuthorizationScopes: ['read'], OperationName: 'getPet' }),
    step('', 'CreateRoute', { ApiId: http, RouteKey: 'ANY /private/{proxy+}', Target: 'integrations/{private.IntegrationId}', AuthorizationType: 'AWS_IAM' }),
    step('stage', 'CreateStage', {
      ApiId: http, StageName: '$default', AutoDeploy: true, DefaultRouteSettings: { ThrottlingBurstLimit: 10, ThrottlingRateLimit: 2.5, DetailedMetricsEnabled: true }, RouteSettings: { 'GET /pets/{id}': { ThrottlingBurstLimit: 1 } },
      StageVariables: { a: 'b' }, AccessLogSettings: { DestinationArn: `arn:aws:logs:us-east-1:000000000000:log-group:/${set}/app`, Format: '$context.requestId' }, Tags: { set: 'all' },
    }),
    step('deployment', 'CreateDeployment', { ApiId: http, Description: 'by hand' }),
    step('', 'CreateStage', { ApiId: http, StageName: 'prod', DeploymentId: '{deployment.DeploymentId}' }),
    step('domain', 'CreateDomainName', { DomainName: `${set}.example.test`, DomainNameConfigurations: [{ CertificateArn: '{issued.CertificateArn}', EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' }], Tags: { set: 'all' } }),
    step('mapping', 'CreateApiMapping', { DomainName: `${set}.example.test`, ApiId: http, Stage: 'prod', ApiMappingKey: 'v1/pets' }),
    step('', 'TagResource', { ResourceArn: 'arn:aws:apigateway:us-east-1::/apis/{http2.ApiId}/stages/$default', Tags: { more: 'later', 'odd key': 'ü =+/:@-_.' } }),
    step('', 'UntagResource', { ResourceArn: 'arn:aws:apigateway:us-east-1::/apis/{http2.ApiId}', TagKeys: ['empty'] }),
    step('socket', 'CreateApi', { Name: `${set}-socket`, ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action', ApiKeySelectionExpression: '$request.header.x-api-key' }),
    step('mock', 'CreateIntegration', { ApiId: socket, IntegrationType: 'MOCK', RequestTemplates: { 200: '{"statusCode": 200}' }, TemplateSelectionExpression: '200' }),
    step('', 'CreateIntegrationResponse', { ApiId: socket, IntegrationId: '{mock.IntegrationId}', IntegrationResponseKey: '/2\\d\\d/', ResponseTemplates: { $default: '{"said":true}' } }),
    step('message', 'CreateModel', { ApiId: socket, Name: 'message', ContentType: 'application/json', Schema: '{"type":"object","properties":{"a":{"type":"string"}}}' }),
    step('said', 'CreateRoute', { ApiId: socket, RouteKey: 'say', Target: 'integrations/{mock.IntegrationId}', ModelSelectionExpression: 'say', RequestModels: { say: 'message' }, RouteResponseSelectionExpression: '$default', ApiKeyRequired: true }),
    step('', 'CreateRoute', { ApiId: socket, RouteKey: '$connect', RequestParameters: { 'route.request.querystring.token': { Required: true } } }),
    step('', 'CreateRouteResponse', { ApiId: socket, RouteId: '{said.RouteId}', RouteResponseKey: '$default' }),
    step('imported2', 'ImportApi', { Body: JSON.stringify({ openapi: '3.0.1', info: { title: `${set}-imported`, version: '2' }, paths: { '/x': { get: { requestBody: {} } } } }) }),
  ];
}

/** What every client reads of them. */
export function apiReading(set: string): readonly Step[] {
  const http = { ApiId: '{http2.ApiId}' };
  const socket = { ApiId: '{socket.ApiId}' };
  const step = (operation: string, input: Readonly<Record<string, unknown>>): Step => ['', V2, operation, input];
  return [
    step('GetApi', http), step('GetApi', socket), step('GetApi', { ApiId: '{imported2.ApiId}' }), step('GetAuthorizers', http), step('GetAuthorizer', { ...http, AuthorizerId: '{guard.AuthorizerId}' }), step('GetIntegrations', http), step('GetIntegration', { ...http, IntegrationId: '{private.IntegrationId}' }),
    step('GetRoutes', http), step('GetRoute', { ...http, RouteId: '{default.RouteId}' }), step('GetStages', http), step('GetStage', { ...http, StageName: '$default' }), step('GetDeployment', { ...http, DeploymentId: '{deployment.DeploymentId}' }),
    step('GetDomainName', { DomainName: `${set}.example.test` }), step('GetApiMappings', { DomainName: `${set}.example.test` }), step('GetVpcLink', { VpcLinkId: '{link.VpcLinkId}' }),
    step('GetTags', { ResourceArn: 'arn:aws:apigateway:us-east-1::/apis/{http2.ApiId}/stages/$default' }), step('GetTags', { ResourceArn: 'arn:aws:apigateway:us-east-1::/apis/{http2.ApiId}' }),
    step('GetIntegrationResponses', { ...socket, IntegrationId: '{mock.IntegrationId}' }), step('GetModels', socket), step('GetModelTemplate', { ...socket, ModelId: '{message.ModelId}' }), step('GetRoutes', socket), step('GetRouteResponses', { ...socket, RouteId: '{said.RouteId}' }),
  ];
}

/** Calls that fail, with what AWS says. */
export const API_FAILING: readonly (readonly [service: string, operation: string, input: Readonly<Record<string, unknown>>, code: string, status: number])[] = [
  [V2, 'GetApi', { ApiId: 'absent' }, 'NotFoundException', 404],
  [V2, 'GetDomainName', { DomainName: 'absent.example.test' }, 'NotFoundException', 404],
  [V2, 'CreateApi', { Name: 'x', ProtocolType: 'WEBSOCKET' }, 'BadRequestException', 400],
  [V2, 'CreateApi', { Name: 'x', ProtocolType: 'HTTP', Target: 'nowhere' }, 'BadRequestException', 400],
  [V2, 'CreateDomainName', { DomainName: 'other.example.test', DomainNameConfigurations: [] }, 'BadRequestException', 400],
  [V2, 'ImportApi', { Body: '{"swagger":"2.0"}' }, 'BadRequestException', 400],
  [V2, 'GetTags', { ResourceArn: 'arn:aws:apigateway:us-east-1::/apis/absent' }, 'NotFoundException', 404],
  [V2, 'ListPortals', {}, 'UnsupportedOperationException', 400],
];
