/**
 * What the gateway itself answers, to the header:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html (401 and WWW-Authenticate)
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html (payload 10 MB, request line and headers 10,240 octets, integration at most 30 s)
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html (429)
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asked } from '../elbv2/installation.ts';
import { ApiInstallation, type Api } from './http-api.ts';

let apis: ApiInstallation;
let api: Api;
before(async () => {
  apis = await ApiInstallation.open();
  const { port } = await apis.inside.target((request, response) => {
    if (request.url === '/slow') return;
    if (request.url === '/broken') return void request.socket.destroy();
    response.end(request.url);
  });
  api = await apis.api({}, { RouteSettings: {} });
  const to = (path: string, more: object = {}): Promise<string> => apis.url(api, `http://127.0.0.1:${port}${path}`, more);
  await apis.route(api, 'ANY /well', await to('/well'));
  await apis.route(api, 'GET /slow', await to('/slow', { TimeoutInMillis: 50 }));
  await apis.route(api, 'GET /broken', await to('/broken'));
  await apis.route(api, 'GET /bare', null);
  await apis.route(api, 'GET /throws', await apis.lambda(api, await apis.function('exports.handler = async () => { throw new Error("x"); };')));
  await apis.route(api, 'GET /signed', await to('/well'), { AuthorizationType: 'AWS_IAM' });
  const authorizer = (input: object) => apis.v2<{ AuthorizerId: string }>('CreateAuthorizer', { ApiId: api.id, IdentitySource: ['$request.header.Authorization'], ...input });
  const jwt = await authorizer({ Name: 'jwt', AuthorizerType: 'JWT', JwtConfiguration: { Issuer: `http://127.0.0.1:${port}`, Audience: ['app'] } });
  await apis.route(api, 'GET /token', await to('/well'), { AuthorizationType: 'JWT', AuthorizerId: jwt.AuthorizerId });
  const guard = async (name: string, source: string): Promise<void> => {
    const { AuthorizerId } = await authorizer({
      Name: name, AuthorizerType: 'REQUEST', AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true,
      AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${await apis.function(source)}/invocations`,
    });
    await apis.route(api, `GET /${name}`, await to('/well'), { AuthorizationType: 'CUSTOM', AuthorizerId });
  };
  await guard('denied', 'exports.handler = async () => ({ isAuthorized: false });');
  await guard('unsure', 'exports.handler = async () => ({});');
  await apis.route(api, 'GET /few', await to('/well'));
  await apis.v2('UpdateStage', { ApiId: api.id, StageName: '$default', RouteSettings: { 'GET /few': { ThrottlingBurstLimit: 1, ThrottlingRateLimit: 0.001 } } });
  assert.equal((await apis.get(api, { path: '/few' })).status, 200);
});
after(() => apis[Symbol.asyncDispose]());

const anybody = { headers: 'Authorization: anybody\r\n' };

const ANSWERS: readonly (readonly [what: string, asked: Asked, status: number, message: string, more?: Readonly<Record<string, string>>])[] = [
  ['no route', { path: '/none' }, 404, 'Not Found'],
  ['a method that no route has', { path: '/slow', method: 'POST' }, 404, 'Not Found'],
  ['a name that no API has', { path: '/', host: 'nobody.execute-api.us-east-1.localhost' }, 403, 'Forbidden'],
  ['a request that nobody has signed', { path: '/signed' }, 403, 'Forbidden'],
  ['no token', { path: '/token' }, 401, 'Unauthorized', { 'www-authenticate': 'Bearer' }],
  ['what is no token', { path: '/token', ...anybody }, 401, 'Unauthorized', { 'www-authenticate': 'Bearer scope="" error="invalid_token" error_description="the token is malformed"' }],
  ['nothing where the authorizer looks', { path: '/denied' }, 401, 'Unauthorized'],
  ['an authorizer that says no', { path: '/denied', ...anybody }, 403, 'Forbidden'],
  ['an authorizer that says neither', { path: '/unsure', ...anybody }, 500, 'Internal Server Error'],
  ['too many', { path: '/few' }, 429, 'Too Many Requests'],
  ['a body of more than 10 MB', { path: '/well', method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) }, 413, 'Request Entity Too Large'],
  ['no integration', { path: '/bare' }, 500, 'Internal Server Error'],
  ['a function that throws', { path: '/throws' }, 500, 'Internal Server Error'],
  ['an integration that is too slow', { path: '/slow' }, 503, 'Service Unavailable'],
  ['an integration that breaks off', { path: '/broken' }, 503, 'Service Unavailable'],
];

for (const [what, asked, status, message, more = {}] of ANSWERS) {
  test(`${what}: ${status} ${message}`, async () => {
    const answer = await apis.get(asked.host ?? api, asked);
    const { date, 'apigw-requestid': requestId, ...rest } = answer.headers;
    const body = `{"message":"${message}"}`;
    assert.deepEqual([answer.status, answer.body], [status, body]);
    assert.deepEqual(rest, { 'content-type': 'application/json', 'content-length': String(body.length), connection: 'close', ...more });
    assert.match(String(date), /GMT$/);
    assert.match(String(requestId), /^[A-Za-z0-9_-]{15}=$/);
  });
}

test('HEAD has the headers of the error and no body', async () => {
  const { status, body, headers } = await apis.get(api, { path: '/none', method: 'HEAD' });
  assert.deepEqual([status, body, headers['content-length']], [404, '', '23']);
});

test('a request line and headers of more than 10,240 octets are 431, and fewer pass', async () => {
  const { status, body } = await apis.get(api, { path: '/well', headers: `X-Long: ${'x'.repeat(10_240)}\r\n` });
  assert.deepEqual([status, body], [431, '{"message":"Request Header Fields Too Large"}']);
  assert.equal((await apis.get(api, { path: '/well', headers: `X-Long: ${'x'.repeat(9_800)}\r\n` })).status, 200);
});
