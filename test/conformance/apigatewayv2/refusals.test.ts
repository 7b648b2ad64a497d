/** What API Gateway was measured to refuse when stacks were deployed to it, and its sentences: notes of deployments that are public. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ApiStage, apiStage, INVOCATION } from '../../support/api-stage.ts';
import { refusal } from '../../support/refusal.ts';

type Input = Readonly<Record<string, unknown>>;
/** What is refused, by which operation, with which input, and how. The API is the one of the table. */
type Row = readonly [what: string, operation: string, input: Input, sentence: string];

const ROLE = 'arn:aws:iam::000000000000:role/r';
const URL_PROXY = { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'GET', IntegrationUri: 'https://example.test', PayloadFormatVersion: '1.0' };
const LAMBDA = { IntegrationType: 'AWS_PROXY', IntegrationUri: INVOCATION };
const QUEUE = { IntegrationType: 'AWS_PROXY', IntegrationSubtype: 'SQS-SendMessage', PayloadFormatVersion: '1.0', RequestParameters: { QueueUrl: 'https://queue.test', MessageBody: '$request.body' } };
const REQUEST = { Name: 'a', AuthorizerType: 'REQUEST', IdentitySource: ['$request.header.Authorization'], AuthorizerUri: INVOCATION, AuthorizerPayloadFormatVersion: '2.0' };
const JWT = { Name: 'a', AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'], JwtConfiguration: { Issuer: 'https://issuer.test', Audience: ['us'] } };
const DOMAIN = { DomainName: 'api.example.test', DomainNameConfigurations: [{ CertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/1' }] };
const ELSEWHERE = 'arn:aws:acm:us-west-2:000000000000:certificate/1';
const LOG_GROUP = 'arn:aws:logs:us-east-1:000000000000:log-group:access';

function invalidMapping(error: string): string {
  return `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${error}]`;
}
const proxyOnly = (nouns: string): string => `${nouns} are currently not supported for this API protocol type. This is because the API may only be configured with proxy integration at this time.`;

const OF_HTTP: readonly Row[] = [
  ['no name', 'CreateApi', { ProtocolType: 'HTTP' }, 'Invalid API name specified'],
  ['credentials for every origin', 'CreateApi', { Name: 'a', ProtocolType: 'HTTP', CorsConfiguration: { AllowCredentials: true, AllowOrigins: ['*'] } }, "allow-credentials is not supported if 'allow-origin' is *"],
  ['a selection by the body', 'CreateApi', { Name: 'a', ProtocolType: 'HTTP', RouteSelectionExpression: '$request.body.action' }, 'Route selection expression is currently limited to "${request.method} ${request.path}"'],
  ['a stage\'s name with a blank', 'CreateStage', { StageName: 'bad stage' }, 'Stage name only allows a-zA-Z0-9_'],
  ['an access log in Firehose', 'CreateStage', { StageName: 's', AccessLogSettings: { DestinationArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x', Format: '$context.requestId' } }, "Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': 'deliverystream/amazon-apigateway-x'"],
  ['an access log without a request id', 'CreateStage', { StageName: 's', AccessLogSettings: { DestinationArn: LOG_GROUP, Format: '$context.stage' } }, "The following errors are found in Access Log Format: Access Log format must include either $context.requestId or $context.extendedRequestId : '$context.stage'"],
  ['a time to live of more than an hour', 'CreateAuthorizer', { ...REQUEST, AuthorizerResultTtlInSeconds: 3601 }, 'Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.'],
  ['a time to live without a source', 'CreateAuthorizer', { ...REQUEST, IdentitySource: [], AuthorizerResultTtlInSeconds: 1 }, 'Identity source must be set if authorizer caching is enabled (TTL is greater than 0)'],
  ['a source without its dollar', 'CreateAuthorizer', { ...REQUEST, IdentitySource: ['header.Authorization'] }, 'Invalid identity source expression: header.Authorization. The source must be a request header, request querystring, stage variable or context parameter'],
  ['no payload format of an authorizer', 'CreateAuthorizer', { ...REQUEST, AuthorizerPayloadFormatVersion: '' }, 'AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer'],
  ['no URI of an authorizer', 'CreateAuthorizer', { ...REQUEST, AuthorizerUri: undefined }, 'AuthorizerUri is a required field in an Authorizer'],
  ['simple answers in format 1.0', 'CreateAuthorizer', { ...REQUEST, AuthorizerPayloadFormatVersion: '1.0', EnableSimpleResponses: true }, 'EnableSimpleResponses can only be set for AuthorizerPayloadFormatVersion "2.0".'],
  ['no configuration of tokens', 'CreateAuthorizer', { ...JWT, JwtConfiguration: undefined }, 'JwtConfiguration must not be null for JWT Authorizer'],
  ['no audience', 'CreateAuthorizer', { ...JWT, JwtConfiguration: { Issuer: 'https://issuer.test' } }, 'Audience list must have at least 1 item for JWT Authorizer'],
  ['an issuer that is no URL', 'CreateAuthorizer', { ...JWT, JwtConfiguration: { Issuer: 'issuer.test', Audience: ['us'] } }, 'Invalid issuer: Issuer is not a valid URL for JWT Authorizer'],
  ['a payload format of functions', 'CreateIntegration', { ...LAMBDA, PayloadFormatVersion: '3.0' }, 'Unsupported PayloadFormatVersion: 3.0'],
  ['format 2.0 to a URL', 'CreateIntegration', { ...URL_PROXY, PayloadFormatVersion: '2.0' }, 'PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY'],
  ['no method to a URL', 'CreateIntegration', { ...URL_PROXY, IntegrationMethod: undefined }, 'HttpMethod parameter method must be specified for integrationType HTTPPROXY'],
  ['30,001 ms', 'CreateIntegration', { ...URL_PROXY, TimeoutInMillis: 30_001 }, 'Timeout should be between 50 ms and 30000 ms'],
  ['49 ms', 'CreateIntegration', { ...URL_PROXY, TimeoutInMillis: 49 }, 'Timeout should be between 50 ms and 30000 ms'],
  ['no link', 'CreateIntegration', { ...URL_PROXY, ConnectionType: 'VPC_LINK' }, 'ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK'],
  ['a balancer behind a link', 'CreateIntegration', { ...URL_PROXY, ConnectionType: 'VPC_LINK', ConnectionId: 'abcdef', IntegrationUri: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/a/1111111111111111' }, 'For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN.'],
  ['an unknown subtype', 'CreateIntegration', { ...QUEUE, CredentialsArn: ROLE, IntegrationSubtype: 'EventBridge-PutEvent' }, 'Operation: EventBridge-PutEvent is not supported.'],
  ['a subtype in format 2.0', 'CreateIntegration', { ...QUEUE, CredentialsArn: ROLE, PayloadFormatVersion: '2.0' }, 'Operation: SQS-SendMessage is not supported.'],
  ['a subtype without a role', 'CreateIntegration', QUEUE, 'Role ARN must be specified for AWS integration configuration with Subtype: SQS-SendMessage'],
  ['a subtype without its parameters', 'CreateIntegration', { ...QUEUE, CredentialsArn: ROLE, IntegrationSubtype: 'EventBridge-PutEvents', RequestParameters: { Source: '$request.body.s' } }, 'Operation: EventBridge-PutEvents requires enabling passthrough, or defining all of the following parameters in the parameter mapping: [Detail, DetailType, Source]'],
  ['an unknown change of a request', 'CreateIntegration', { ...URL_PROXY, RequestParameters: { 'badaction:header.x': 'v' } }, invalidMapping('Invalid Request Actioned Parameter destination specified: badaction:header.x')],
  ['an unknown change of an answer', 'CreateIntegration', { ...URL_PROXY, ResponseParameters: { 200: { 'badaction:header.x': 'v' } } }, invalidMapping('Invalid Response Actioned Parameter destination specified: badaction:header.x')],
  ['a status that is none', 'CreateIntegration', { ...URL_PROXY, ResponseParameters: { 199: { 'append:header.x': 'v' }, 600: { 'append:header.x': 'v' } } }, invalidMapping('Status Code 199 is not valid.')],
  ['a method that has no routes', 'CreateRoute', { RouteKey: 'TRACE /items' }, 'The provided route key is not formatted properly for HTTP protocol. Format should be "[HTTP METHOD] /[RESOURCE PATH]" or "$default"'],
  ['an API key', 'CreateRoute', { RouteKey: 'GET /a', ApiKeyRequired: true }, 'ApiKeyRequired is not currently supported for HTTP APIs. Please set ApiKeyRequired to false for route null'],
  ['scopes without tokens', 'CreateRoute', { RouteKey: 'GET /a', AuthorizationScopes: ['a'] }, 'Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types'],
  ['tokens without an authorizer', 'CreateRoute', { RouteKey: 'GET /a', AuthorizationType: 'JWT' }, 'Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.'],
  ['a target that names no integration', 'CreateRoute', { RouteKey: 'GET /a', Target: 'foo' }, 'Unexpected or malformed target in route null. Correct format should be integrations/<integration_id>.'],
  ['a response of a route', 'CreateRouteResponse', { RouteId: 'x', RouteResponseKey: '$default' }, proxyOnly('RouteResponses')],
  ['a response of an integration', 'CreateIntegrationResponse', { IntegrationId: 'x', IntegrationResponseKey: '$default' }, proxyOnly('IntegrationResponses')],
  ['a model', 'CreateModel', { Name: 'm', Schema: '{}' }, 'Currently, Models are not permitted for APIs with a protocol type of HTTP'],
  ['no subnets', 'CreateVpcLink', { Name: 'l', SubnetIds: [] }, 'SubnetIds for a vpc link cannot be empty'],
  ['a certificate of another region', 'CreateDomainName', { ...DOMAIN, DomainNameConfigurations: [{ CertificateArn: ELSEWHERE }] }, `Invalid certificate ARN: ${ELSEWHERE}. Certificate must be in 'us-east-1'.`],
  ['an edge', 'CreateDomainName', { ...DOMAIN, DomainNameConfigurations: [{ ...DOMAIN.DomainNameConfigurations[0], EndpointType: 'EDGE' }] }, 'EDGE endpoint type is not supported for APIGatewayV2 domainName'],
  ['an underscore', 'CreateDomainName', { ...DOMAIN, DomainName: 'BAD_Name.example.test' }, 'Domain names cannot contain an underscore character'],
];

const SOCKET_SOURCES = "The sources must be separated by comma, and each source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'";
const OF_WEB_SOCKETS: readonly Row[] = [
  ['no selection', 'CreateApi', { Name: 'a', ProtocolType: 'WEBSOCKET' }, 'Invalid routeSelectionExpression'],
  ['CORS', 'CreateApi', { Name: 'a', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action', CorsConfiguration: { AllowOrigins: ['*'] } }, 'Cors is not supported for WEBSOCKET protocolType'],
  ['format 2.0', 'CreateIntegration', { ...LAMBDA, PayloadFormatVersion: '2.0' }, 'Unsupported PayloadFormatVersion: 2.0'],
  ['29,001 ms', 'CreateIntegration', { ...URL_PROXY, TimeoutInMillis: 29_001 }, 'Timeout should be between 50 ms and 29000 ms'],
  ['49 ms', 'CreateIntegration', { ...URL_PROXY, TimeoutInMillis: 49 }, 'Timeout should be between 50 ms and 29000 ms'],
  ['tokens', 'CreateAuthorizer', JWT, 'Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.'],
  ['a source of HTTP APIs', 'CreateAuthorizer', { ...REQUEST, AuthorizerPayloadFormatVersion: undefined }, `Invalid request identity source expression: $request.header.Authorization. ${SOCKET_SOURCES}`],
  ['authorization of a message', 'CreateRoute', { RouteKey: 'other', AuthorizationType: 'AWS_IAM' }, 'Currently, authorization is restricted to the $connect route only'],
  ['a model\'s name', 'CreateModel', { Name: 'p-m3', Schema: '{}' }, 'Model name must be alphanumeric: p-m3'],
];

async function refused(stage: ApiStage, ApiId: string, [, operation, input, sentence]: Row): Promise<void> {
  await assert.rejects(stage.v2(operation, operation === 'CreateApi' ? input : { ApiId, ...input }), refusal('BadRequestException', sentence));
}

describe('an HTTP API refuses', () => {
  for (const row of OF_HTTP) test(`${row[1]} with ${row[0]}`, async () => { const stage = apiStage(); await refused(stage, await stage.http(), row); });
});

describe('a WebSocket API refuses', () => {
  for (const row of OF_WEB_SOCKETS) test(`${row[1]} with ${row[0]}`, async () => { const stage = apiStage(); await refused(stage, await stage.socket(), row); });

  test('CreateRouteResponse with another key than $default', async () => {
    const stage = apiStage();
    const ApiId = await stage.socket();
    const { RouteId } = await stage.v2('CreateRoute', { ApiId, RouteKey: '$default' });
    await refused(stage, ApiId, ['', 'CreateRouteResponse', { RouteId, RouteResponseKey: 'notdefault' }, 'Currently, only $default is supported as a RouteResponseKey. The creation of the RouteResponse with a key of $default will indicate to API Gateway that this Route is intended to handle two-way communication.']);
  });
});

test('what lies at the bounds is taken, as AWS was measured to take it', async () => {
  const { v2, http, socket } = apiStage();
  const [ApiId, ws] = [await http({ RouteSelectionExpression: '${request.method} ${request.path}' }), await socket()];
  for (const TimeoutInMillis of [50, 30_000]) await v2('CreateIntegration', { ApiId, ...URL_PROXY, TimeoutInMillis });
  for (const TimeoutInMillis of [50, 29_000]) await v2('CreateIntegration', { ApiId: ws, ...URL_PROXY, TimeoutInMillis });
  await v2('CreateIntegration', { ApiId, ...URL_PROXY, ResponseParameters: { 200: { 'append:header.x': 'v' }, 599: { 'append:header.x': 'v' } } });
  await v2('CreateIntegration', { ApiId, ...QUEUE, CredentialsArn: ROLE });
  await v2('CreateAuthorizer', { ApiId, ...REQUEST, AuthorizerResultTtlInSeconds: 3600 });
  for (const Format of ['$context.requestId', '{"id":"$context.extendedRequestId"}']) await v2('CreateStage', { ApiId, StageName: `s-${Format.length}`, AccessLogSettings: { DestinationArn: LOG_GROUP, Format } });
});
