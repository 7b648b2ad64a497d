import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiStage, FUNCTION, INVOCATION } from '../../../../test/support/api-stage.ts';
import { refusal } from '../../../../test/support/refusal.ts';

const PROXY = { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'GET', IntegrationUri: 'https://example.test', PayloadFormatVersion: '1.0' };

const JWT_NEEDED = refusal('BadRequestException', 'Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.');
const CUSTOM_NEEDED = refusal('BadRequestException', 'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.');

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
test('route keys of HTTP APIs are a method and a path, or $default', async () => {
  const { v2, http } = apiStage();
  const ApiId = await http();
  for (const RouteKey of ['$default', 'GET /', 'ANY /pets/{id}', 'POST /a/{b}/c/{d+}', 'PATCH /a/', 'GET /x.y-z_~!$&()*+,;=:@%20']) {
    const route = await v2('CreateRoute', { ApiId, RouteKey });
    assert.match(route.RouteId, /^[a-z0-9]{7}$/);
    assert.deepEqual(route, { ApiKeyRequired: false, AuthorizationType: 'NONE', RouteId: route.RouteId, RouteKey });
  }
  for (const RouteKey of ['', 'x', 'get /x', 'TRACE /x', 'GET x', 'GET /{a+}/b', 'GET /{a}/{a}', 'GET /a{b}', 'GET /{}', 'GET /a b', '$connect']) {
    await assert.rejects(v2('CreateRoute', { ApiId, RouteKey }), refusal('BadRequestException', /not formatted properly for HTTP protocol/), RouteKey);
  }
  await assert.rejects(v2('CreateRoute', { ApiId, RouteKey: 'GET /' }), refusal('ConflictException', 'Route with key GET / already exists for this API'));
  await assert.rejects(v2('CreateRoute', { ApiId, RouteKey: 'ANY /pets/{name}' }), refusal('ConflictException', /conflicting variable/));
  await assert.rejects(v2('GetRoute', { ApiId, RouteId: 'absent' }), refusal('NotFoundException', 'Invalid Route identifier specified absent'));
});

test('route keys of WebSocket APIs are any text, and three reserved words', async () => {
  const { v2, socket } = apiStage();
  const ApiId = await socket();
  for (const RouteKey of ['$connect', '$disconnect', '$default', 'join room', 'a/b']) await v2('CreateRoute', { ApiId, RouteKey });
  await assert.rejects(v2('CreateRoute', { ApiId, RouteKey: '$other' }), refusal('BadRequestException', /reserved/));
});

test('a target is an integration of the API, which cannot go while a route leads to it', async () => {
  const { v2, http } = apiStage();
  const [ApiId, other] = [await http(), await http()];
  const { IntegrationId } = await v2('CreateIntegration', { ApiId, ...PROXY });
  const { RouteId } = await v2('CreateRoute', { ApiId, RouteKey: 'GET /', Target: `integrations/${IntegrationId}` });
  await assert.rejects(v2('CreateRoute', { ApiId: other, RouteKey: 'GET /', Target: `integrations/${IntegrationId}` }), refusal('NotFoundException', `Invalid Integration identifier specified ${IntegrationId}`));
  await assert.rejects(v2('CreateRoute', { ApiId, RouteKey: 'GET /x', Target: IntegrationId }), refusal('BadRequestException', /Correct format should be integrations\/<integration_id>\.$/));
  await assert.rejects(v2('DeleteIntegration', { ApiId, IntegrationId }), refusal('ConflictException', `Cannot delete Integration because it is referenced by the following Routes with Ids: [${RouteId}]`));
  await v2('UpdateRoute', { ApiId, RouteId, Target: '' });
  await v2('DeleteIntegration', { ApiId, IntegrationId });
});

test('authorization needs an authorizer of its type', async () => {
  const { v2, http, socket } = apiStage();
  const ApiId = await http();
  const jwt = (await v2('CreateAuthorizer', { ApiId, Name: 'jwt', AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'], JwtConfiguration: { Audience: ['a'], Issuer: 'https://issuer.example.test' } })).AuthorizerId;
  const lambda = (await v2('CreateAuthorizer', { ApiId, Name: 'lambda', AuthorizerType: 'REQUEST', AuthorizerUri: INVOCATION, IdentitySource: ['$request.header.Authorization'], AuthorizerPayloadFormatVersion: '2.0' })).AuthorizerId;
  const route = (more: object) => v2('CreateRoute', { ApiId, RouteKey: 'GET /', ...more });
  await assert.rejects(route({ AuthorizationType: 'JWT' }), JWT_NEEDED);
  await assert.rejects(route({ AuthorizationType: 'JWT', AuthorizerId: lambda }), JWT_NEEDED);
  await assert.rejects(route({ AuthorizationType: 'CUSTOM', AuthorizerId: jwt }), CUSTOM_NEEDED);
  await assert.rejects(route({ AuthorizationType: 'CUSTOM', AuthorizerId: 'absent' }), CUSTOM_NEEDED);
  await assert.rejects(route({ AuthorizationScopes: ['a'] }), refusal('BadRequestException', /Authorization Scopes/));
  const { RouteId } = await route({ AuthorizationType: 'JWT', AuthorizerId: jwt, AuthorizationScopes: ['a'] });
  await assert.rejects(v2('DeleteAuthorizer', { ApiId, AuthorizerId: jwt }), refusal('ConflictException', /referenced by the following Routes/));
  // As API Gateway was seen to do it: an authorizer is changed together with the type, scopes alone.
  await assert.rejects(v2('UpdateRoute', { ApiId, RouteId, AuthorizerId: jwt }), refusal('BadRequestException', 'Unable to update route. Authorizer type is invalid or null.'));
  assert.deepEqual((await v2('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'JWT', AuthorizerId: jwt })).AuthorizationScopes, ['a']);
  assert.deepEqual((await v2('UpdateRoute', { ApiId, RouteId, AuthorizationScopes: ['b'] })).AuthorizationScopes, ['b']);
  const opened = await v2('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'NONE' });
  assert.equal(opened.AuthorizerId, undefined);
  assert.equal(opened.AuthorizationScopes, undefined);
  await v2('DeleteAuthorizer', { ApiId, AuthorizerId: jwt });
  const ws = await socket();
  await assert.rejects(v2('CreateRoute', { ApiId: ws, RouteKey: 'message', AuthorizationType: 'AWS_IAM' }), refusal('BadRequestException', /\$connect/));
  await assert.rejects(v2('CreateRoute', { ApiId, RouteKey: 'GET /k', ApiKeyRequired: true }), refusal('BadRequestException', /^ApiKeyRequired is not currently supported/));
});

// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html
test('authorizers are checked by their type', async () => {
  const { v2, http, socket } = apiStage();
  const ApiId = await http();
  const REQUEST = { Name: 'r', AuthorizerType: 'REQUEST', AuthorizerUri: INVOCATION, IdentitySource: ['$request.header.Authorization'], AuthorizerPayloadFormatVersion: '2.0' };
  const JWT = { Name: 'j', AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'], JwtConfiguration: { Audience: ['a'], Issuer: 'https://issuer.example.test' } };
  const refused = async (input: object, sentence: string | RegExp) => await assert.rejects(v2('CreateAuthorizer', { ApiId, ...input }), refusal('BadRequestException', sentence));
  await refused({ ...REQUEST, AuthorizerPayloadFormatVersion: undefined }, 'AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer');
  await refused({ ...REQUEST, AuthorizerUri: FUNCTION }, /^Invalid Authorizer URI: .* Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation\.$/);
  await refused({ ...REQUEST, AuthorizerPayloadFormatVersion: '1.0', EnableSimpleResponses: true }, /^EnableSimpleResponses/);
  await refused({ ...REQUEST, IdentitySource: [], AuthorizerResultTtlInSeconds: 300 }, /Identity source/);
  await refused({ ...REQUEST, IdentitySource: ['method.request.header.Auth'] }, /^Invalid identity source expression/);
  await refused({ ...JWT, JwtConfiguration: { Audience: ['a'], Issuer: 'issuer' } }, /^Invalid issuer/);
  await refused({ ...JWT, JwtConfiguration: { Issuer: 'https://issuer.example.test' } }, /Audience/);
  await refused({ ...JWT, IdentitySource: [] }, /exactly one/);
  await refused({ ...JWT, AuthorizerUri: INVOCATION }, /only supported for REQUEST/);
  await assert.rejects(v2('CreateAuthorizer', { ApiId: await socket(), ...JWT }), refusal('BadRequestException', /^Invalid authorizer type/));
  const made = await v2('CreateAuthorizer', { ApiId, ...REQUEST });
  assert.deepEqual(made, { AuthorizerId: made.AuthorizerId, AuthorizerPayloadFormatVersion: '2.0', AuthorizerType: 'REQUEST', AuthorizerUri: INVOCATION, EnableSimpleResponses: false, IdentitySource: ['$request.header.Authorization'], Name: 'r' });
  await assert.rejects(v2('CreateAuthorizer', { ApiId, ...REQUEST }), refusal('ConflictException', /already exists/));
  const updated = await v2('UpdateAuthorizer', { ApiId, AuthorizerId: made.AuthorizerId, EnableSimpleResponses: true, AuthorizerResultTtlInSeconds: 60 });
  assert.equal(updated.EnableSimpleResponses, true);
  assert.equal(updated.AuthorizerResultTtlInSeconds, 60);
});

test('request parameters and responses belong to WebSocket routes', async () => {
  const { v2, socket, http } = apiStage();
  const ApiId = await socket();
  const { RouteId } = await v2('CreateRoute', { ApiId, RouteKey: '$connect', RequestParameters: { 'route.request.header.a': { Required: true }, 'route.request.querystring.b': {} } });
  await v2('DeleteRouteRequestParameter', { ApiId, RouteId, RequestParameterKey: 'route.request.header.a' });
  assert.deepEqual((await v2('GetRoute', { ApiId, RouteId })).RequestParameters, { 'route.request.querystring.b': { Required: false } });
  await assert.rejects(v2('DeleteRouteRequestParameter', { ApiId, RouteId, RequestParameterKey: 'x' }), refusal('NotFoundException', /request parameter/));
  const { RouteResponseId } = await v2('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '$default' });
  await assert.rejects(v2('CreateRouteResponse', { ApiId, RouteId, RouteResponseKey: '$default' }), refusal('ConflictException', /already exists/));
  await assert.rejects(v2('UpdateRouteResponse', { ApiId, RouteId, RouteResponseId, RouteResponseKey: 'x' }), refusal('BadRequestException', /\$default/));
  assert.equal((await v2('GetRouteResponses', { ApiId, RouteId })).Items.length, 1);
  await v2('DeleteRoute', { ApiId, RouteId });
  await assert.rejects(v2('GetRouteResponses', { ApiId, RouteId }), refusal('NotFoundException', /Invalid Route/));
  await assert.rejects(v2('GetRouteResponses', { ApiId: await http(), RouteId: 'x' }), refusal('BadRequestException', /^RouteResponses are currently not supported/));
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
test('quotas are AWS\'s, and an installation lifts them', async () => {
  const lifted = apiStage({ limits: { value: (name, otherwise) => (name === 'routes-per-http-api' ? 2 : otherwise) } });
  const ApiId = await lifted.http();
  await lifted.v2('CreateRoute', { ApiId, RouteKey: 'GET /1' });
  await lifted.v2('CreateRoute', { ApiId, RouteKey: 'GET /2' });
  await assert.rejects(lifted.v2('CreateRoute', { ApiId, RouteKey: 'GET /3' }), refusal('TooManyRequestsException', /Maximum number of routes per http api has been reached: 2/));
});
