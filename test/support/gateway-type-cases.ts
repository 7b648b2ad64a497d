/** Cases of the resource types of API Gateway v2, with the answers that they read: for src/control-plane/templates/types/types.test.ts. */
const API = { ApiId: 'api1', ApiEndpoint: 'https://api1.execute-api.us-east-1.localhost' };
const DOMAIN = { DomainName: 'api.example.test', DomainNameArn: 'arn:aws:apigateway:us-east-1::/domainnames/api.example.test', DomainNameConfigurations: [{ ApiGatewayDomainName: 'd-1.test', HostedZoneId: 'Z1' }] };

export const GATEWAY_ANSWERS: Readonly<Record<string, unknown>> = {
  'apigatewayv2:CreateApi': API, 'apigatewayv2:GetApi': API, 'apigatewayv2:ImportApi': API,
  'apigatewayv2:CreateDomainName': DOMAIN, 'apigatewayv2:GetDomainName': DOMAIN,
  'apigatewayv2:CreateStage': { StageName: 'prod' },
  'apigatewayv2:GetIntegrations': { Items: [{ IntegrationId: 'i1', ApiGatewayManaged: true }] },
  'apigatewayv2:GetStages': { Items: [{ StageName: 'other' }, { StageName: '$default', ApiGatewayManaged: true }] },
  'apigatewayv2:CreateRoutingRule': { RoutingRuleArn: 'arn:aws:apigateway:us-east-1:000000000000:/domainnames/api.example.test/routingrules/r1' },
  ...Object.fromEntries(['Route', 'RouteResponse', 'Integration', 'IntegrationResponse', 'Authorizer', 'Model', 'Deployment', 'ApiMapping', 'VpcLink'].map((noun) => [`apigatewayv2:Create${noun}`, { [`${noun}Id`]: `${noun.toLowerCase()}1` }])),
};

const v2 = (...operations: readonly string[]): readonly string[] => operations.map((operation) => `apigatewayv2:${operation}`);
const RULE = { DomainNameArn: DOMAIN.DomainNameArn, Conditions: [{ MatchBasePaths: { AnyOf: ['a'] } }], Actions: [{ InvokeApi: { ApiId: 'api1', Stage: 'prod' } }] };

export const GATEWAY_CASES = [
  {
    type: 'AWS::ApiGatewayV2::Api',
    from: { Name: 'a', ProtocolType: 'HTTP', CorsConfiguration: { AllowOrigins: ['*'], MaxAge: '5' }, Description: 'x', Tags: { a: 1, b: 1 } },
    to: { Name: 'b', ProtocolType: 'HTTP', Tags: { a: 2 } },
    created: v2('CreateApi'), updated: v2('UpdateApi', 'DeleteCorsConfiguration', 'UntagResource', 'TagResource'), deleted: v2('DeleteApi'), ref: /^api1$/,
  },
  {
    type: 'AWS::ApiGatewayV2::Route',
    from: { ApiId: 'api1', RouteKey: 'GET /', AuthorizationType: 'JWT', AuthorizerId: 'a', AuthorizationScopes: ['x'], RequestParameters: { a: { Required: 'true' } } },
    to: { ApiId: 'api1', RouteKey: 'GET /x', Target: 'integrations/i' },
    created: v2('CreateRoute'), updated: v2('UpdateRoute'), deleted: v2('DeleteRoute'), ref: /^route1$/,
  },
  {
    type: 'AWS::ApiGatewayV2::RouteResponse',
    from: { ApiId: 'api1', RouteId: 'r', RouteResponseKey: '$default', ModelSelectionExpression: 'x' }, to: { ApiId: 'api1', RouteId: 'r', RouteResponseKey: '$default' },
    created: v2('CreateRouteResponse'), updated: v2('UpdateRouteResponse'), deleted: v2('DeleteRouteResponse'), ref: /^routeresponse1$/,
  },
  {
    type: 'AWS::ApiGatewayV2::Integration',
    from: { ApiId: 'api1', IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'GET', IntegrationUri: 'https://a.test', PayloadFormatVersion: '1.0', TlsConfig: { ServerNameToVerify: 'x' }, ResponseParameters: { 500: { ResponseParameters: [{ Destination: 'overwrite:statuscode', Source: '503' }] } } },
    to: { ApiId: 'api1', IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'GET', IntegrationUri: 'https://b.test', PayloadFormatVersion: '1.0', TimeoutInMillis: '1000' },
    created: v2('CreateIntegration'), updated: v2('UpdateIntegration'), deleted: v2('DeleteIntegration'), ref: /^integration1$/,
  },
  {
    type: 'AWS::ApiGatewayV2::IntegrationResponse',
    from: { ApiId: 'api1', IntegrationId: 'i', IntegrationResponseKey: '/2../', ResponseTemplates: { a: 'b' } }, to: { ApiId: 'api1', IntegrationId: 'i', IntegrationResponseKey: '$default' },
    created: v2('CreateIntegrationResponse'), updated: v2('UpdateIntegrationResponse'), deleted: v2('DeleteIntegrationResponse'), ref: /^integrationresponse1$/,
  },
  {
    type: 'AWS::ApiGatewayV2::ApiGatewayManagedOverrides',
    from: { ApiId: 'api1', Integration: { TimeoutInMillis: '1000' } }, to: { ApiId: 'api1', Integration: { TimeoutInMillis: '1000' }, Stage: { AutoDeploy: 'false' } },
    created: v2('UpdateIntegration'), updated: v2('UpdateStage'), deleted: [], ref: /^stack-R-/,
  },
  {
    type: 'AWS::ApiGatewayV2::Authorizer',
    from: { ApiId: 'api1', Name: 'a', AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'], JwtConfiguration: { Audience: ['a'], Issuer: 'https://a.test' } },
    to: { ApiId: 'api1', Name: 'a', AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'], JwtConfiguration: { Audience: ['b'], Issuer: 'https://a.test' } },
    created: v2('CreateAuthorizer'), updated: v2('UpdateAuthorizer'), deleted: v2('DeleteAuthorizer'), ref: /^authorizer1$/,
  },
  {
    type: 'AWS::ApiGatewayV2::Model',
    from: { ApiId: 'api1', Name: 'm', Schema: { type: 'object' }, Description: 'x' }, to: { ApiId: 'api1', Name: 'm', Schema: { type: 'array' } },
    created: v2('CreateModel'), updated: v2('UpdateModel'), deleted: v2('DeleteModel'), ref: /^model1$/,
  },
  {
    type: 'AWS::ApiGatewayV2::Deployment',
    from: { ApiId: 'api1', Description: 'x' }, to: { ApiId: 'api1' },
    created: v2('CreateDeployment'), updated: v2('UpdateDeployment'), deleted: v2('DeleteDeployment'), ref: /^deployment1$/,
  },
  {
    type: 'AWS::ApiGatewayV2::Stage',
    from: { ApiId: 'api1', StageName: 'prod', AutoDeploy: 'true', AccessLogSettings: { DestinationArn: 'x', Format: 'y' }, RouteSettings: { 'GET /': { ThrottlingBurstLimit: '1' } }, StageVariables: { a: 1, b: 2 }, Tags: { a: '1' } },
    to: { ApiId: 'api1', StageName: 'prod', DefaultRouteSettings: { ThrottlingRateLimit: 2.5 }, StageVariables: { b: 3 } },
    created: v2('CreateStage'), updated: v2('DeleteRouteSettings', 'DeleteAccessLogSettings', 'UpdateStage', 'UntagResource'), deleted: v2('DeleteStage'), ref: /^prod$/,
  },
  {
    type: 'AWS::ApiGatewayV2::DomainName',
    from: { DomainName: 'api.example.test', DomainNameConfigurations: [{ CertificateArn: 'a' }], RoutingMode: 'ROUTING_RULE_ONLY' }, to: { DomainName: 'api.example.test', DomainNameConfigurations: [{ CertificateArn: 'b' }], Tags: { a: 'b' } },
    created: v2('CreateDomainName'), updated: v2('UpdateDomainName', 'TagResource'), deleted: v2('DeleteDomainName'), ref: /^api\.example\.test$/,
  },
  {
    type: 'AWS::ApiGatewayV2::ApiMapping',
    from: { DomainName: 'api.example.test', ApiId: 'api1', Stage: 'prod', ApiMappingKey: 'a' }, to: { DomainName: 'api.example.test', ApiId: 'api1', Stage: 'prod' },
    created: v2('CreateApiMapping'), updated: v2('UpdateApiMapping'), deleted: v2('DeleteApiMapping'), ref: /^apimapping1$/,
  },
  {
    type: 'AWS::ApiGatewayV2::RoutingRule',
    from: { ...RULE, Priority: 1 }, to: { ...RULE, Priority: '2' },
    created: v2('CreateRoutingRule'), updated: v2('PutRoutingRule'), deleted: v2('DeleteRoutingRule'), ref: /routingrules\/r1$/,
  },
  {
    type: 'AWS::ApiGatewayV2::VpcLink',
    from: { Name: 'a', SubnetIds: ['subnet-1'], Tags: { a: 'b' } }, to: { Name: 'b', SubnetIds: ['subnet-1'], Tags: {} },
    created: v2('CreateVpcLink'), updated: v2('UpdateVpcLink', 'UntagResource'), deleted: v2('DeleteVpcLink'), ref: /^vpclink1$/,
  },
] as const;
