/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_ACCOUNT } from '../../../src/aws/index.ts';
import { ApiInstallation, ECHO, type Api } from './http-api.ts';

let apis: ApiInstallation;
let echo: string;
before(async () => {
  apis = await ApiInstallation.open();
  echo = await apis.function(ECHO);
});
after(() => apis[Symbol.asyncDispose]());

/** Counts its calls in what it answers. */
const SIMPLE = `let calls = 0;
exports.handler = async (event) => ({ isAuthorized: event.headers.authorization === 'yes', context: { calls: ++calls, source: event.identitySource, arn: event.routeArn, map: { a: 1 } } });`;

const POLICY = (effect: string, resource: string): string => `let calls = 0;
exports.handler = async (event) => ({ principalId: 'me', policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: '${effect}', Resource: ${resource} }] }, context: { calls: ++calls, token: event.authorizationToken ?? null } });`;

async function guarded(source: string, more: object, options: { readonly permitted?: boolean } = {}): Promise<Api> {
  const api = await apis.api();
  const fn = await apis.function(source, options);
  const { AuthorizerId } = await apis.v2<{ AuthorizerId: string }>('CreateAuthorizer', {
    ApiId: api.id, Name: 'guard', AuthorizerType: 'REQUEST', AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${fn}/invocations`, AuthorizerPayloadFormatVersion: '2.0', ...more,
  });
  const integration = await apis.lambda(api, echo);
  for (const key of ['GET /a', 'GET /b', 'POST /a']) await apis.route(api, key, integration, { AuthorizationType: 'CUSTOM', AuthorizerId });
  return api;
}

const yes = { headers: 'Authorization: yes\r\n' };

async function context(api: Api, path: string, asked = yes): Promise<Record<string, unknown>> {
  const { status, body } = await apis.get(api, { path, ...asked });
  assert.equal(status, 200, body);
  return (JSON.parse(body) as { requestContext: { authorizer: { lambda: Record<string, unknown> } } }).requestContext.authorizer.lambda;
}

test('a simple answer lets in or refuses, and its context reaches the integration', async () => {
  const api = await guarded(SIMPLE, { EnableSimpleResponses: true, IdentitySource: ['$request.header.Authorization'] });
  assert.deepEqual(await context(api, '/a'), { calls: 1, source: ['yes'], arn: `arn:aws:execute-api:us-east-1:${DEFAULT_ACCOUNT}:${api.id}/$default/GET/a`, map: { a: 1 } });
  const { status, body } = await apis.get(api, { path: '/a', headers: 'Authorization: no\r\n' });
  assert.deepEqual([status, body], [403, '{"message":"Forbidden"}']);
});

// Recorded events have more than the documented ones: what integrations see of the request, with the same trace id.
test('an authorizer sees the fields that the integration sees', async () => {
  const told = await guarded(`exports.handler = async (event) => ({ isAuthorized: true, context: { headers: JSON.stringify(event.headers) } });`, { EnableSimpleResponses: true, IdentitySource: [] });
  const { body } = await apis.get(told, { path: '/a' });
  const seen = JSON.parse(body) as { headers: Record<string, string>; requestContext: { authorizer: { lambda: { headers: string } } } };
  assert.deepEqual(JSON.parse(seen.requestContext.authorizer.lambda.headers), seen.headers);
  for (const name of ['content-length', 'x-amzn-trace-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto']) assert.ok(name in seen.headers, name);
});

test('of a body an authorizer sees the length', async () => {
  const told = await guarded(`exports.handler = async (event) => ({ isAuthorized: true, context: { length: event.headers['content-length'] ?? null } });`, { EnableSimpleResponses: true, IdentitySource: [] });
  const { body } = await apis.get(told, { method: 'POST', path: '/a', body: '12345', headers: 'Content-Type: text/plain\r\n' });
  assert.equal((JSON.parse(body) as { requestContext: { authorizer: { lambda: { length: string } } } }).requestContext.authorizer.lambda.length, '5');
});

test('in format 1.0 it gets the context of an integration, and several values', async () => {
  const allow = "{ Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }] }";
  const told = await guarded(`exports.handler = async (event) => ({ principalId: 'me', policyDocument: ${allow}, context: { event: JSON.stringify(event) } });`, { AuthorizerPayloadFormatVersion: '1.0', IdentitySource: ['$request.header.Authorization', '$request.querystring.q'] });
  const { body } = await apis.get(told, { path: '//a?q=1&x=1&x=2', headers: 'Authorization: yes\r\n' });
  const event = JSON.parse((JSON.parse(body) as { requestContext: { authorizer: { lambda: { event: string } } } }).requestContext.authorizer.lambda.event) as Record<string, unknown>;
  assert.deepEqual([event['identitySource'], event['authorizationToken'], event['resource']], ['yes,1', 'yes,1', '/a']);
  assert.deepEqual([event['queryStringParameters'], event['multiValueQueryStringParameters']], [{ q: '1', x: '2' }, { q: ['1'], x: ['1', '2'] }]);
  assert.deepEqual((event['multiValueHeaders'] as Record<string, unknown>)['Authorization'], ['yes']);
  const context = event['requestContext'] as Record<string, unknown>;
  for (const name of ['domainName', 'extendedRequestId', 'protocol', 'requestTime', 'requestTimeEpoch', 'resourceId', 'identity']) assert.ok(name in context, name);
});

test('without an identity source nobody is asked: 401', async () => {
  const api = await guarded(SIMPLE, { EnableSimpleResponses: true, IdentitySource: ['$request.header.Authorization'] });
  const { status, body } = await apis.get(api, { path: '/a' });
  assert.deepEqual([status, body], [401, '{"message":"Unauthorized"}']);
  assert.equal((await context(api, '/a')).calls, 1);
});

test('answers are remembered by identity source, over all routes, until the cache is reset', async () => {
  const api = await guarded(SIMPLE, { EnableSimpleResponses: true, IdentitySource: ['$request.header.Authorization'], AuthorizerResultTtlInSeconds: 300 });
  assert.equal((await context(api, '/a')).calls, 1);
  assert.equal((await context(api, '/b')).calls, 1);
  await apis.v2('ResetAuthorizersCache', { ApiId: api.id, StageName: '$default' });
  assert.equal((await context(api, '/b')).calls, 2);
});

test('with $context.routeKey among the sources they are remembered by route', async () => {
  const api = await guarded(SIMPLE, { EnableSimpleResponses: true, IdentitySource: ['$request.header.Authorization', '$context.routeKey'], AuthorizerResultTtlInSeconds: 300 });
  assert.deepEqual([(await context(api, '/a')).calls, (await context(api, '/b')).calls, (await context(api, '/a')).calls], [1, 2, 1]);
});

test('without a TTL everyone is asked for', async () => {
  const api = await guarded(SIMPLE, { EnableSimpleResponses: true, IdentitySource: ['$request.header.Authorization'], AuthorizerResultTtlInSeconds: 0 });
  assert.deepEqual([(await context(api, '/a')).calls, (await context(api, '/a')).calls], [1, 2]);
});

test('a policy is evaluated for each route, a remembered one too', async () => {
  const api = await guarded(POLICY('Allow', 'event.routeArn'), { IdentitySource: ['$request.header.Authorization'], AuthorizerResultTtlInSeconds: 300 });
  assert.equal((await context(api, '/a')).calls, 1);
  assert.equal((await apis.get(api, { path: '/b', ...yes })).status, 403);
  assert.equal((await apis.get(api, { path: '/a', method: 'POST', ...yes })).status, 403);
});

test('format 1.0 has the token, and denies by policy', async () => {
  const allow = await guarded(POLICY('Allow', '"*"'), { AuthorizerPayloadFormatVersion: '1.0', IdentitySource: ['$request.header.Authorization'] });
  assert.equal((await context(allow, '/a')).token, 'yes');
  const deny = await guarded(POLICY('Deny', '"*"'), { AuthorizerPayloadFormatVersion: '1.0', IdentitySource: ['$request.header.Authorization'] });
  assert.equal((await apis.get(deny, { path: '/a', ...yes })).status, 403);
});

test('one that fails, answers nonsense or may not be called is 500, and nobody gets in', async () => {
  const cases = [
    await guarded('exports.handler = async () => { throw new Error("x"); };', { EnableSimpleResponses: true, IdentitySource: ['$request.header.Authorization'] }),
    await guarded('exports.handler = async () => ({ isAuthorized: "true" });', { EnableSimpleResponses: true, IdentitySource: ['$request.header.Authorization'] }),
    await guarded('exports.handler = async () => ({ isAuthorized: true });', { EnableSimpleResponses: false, IdentitySource: ['$request.header.Authorization'] }),
    await guarded(SIMPLE, { EnableSimpleResponses: true, IdentitySource: ['$request.header.Authorization'] }, { permitted: false }),
  ];
  for (const api of cases) {
    const { status, body } = await apis.get(api, { path: '/a', ...yes });
    assert.deepEqual([status, body], [500, '{"message":"Internal Server Error"}']);
  }
});
