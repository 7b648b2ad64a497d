/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html ($context.integrationLatency, $context.responseLatency) */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { ApiInstallation, type Api } from './http-api.ts';

const AUTHORIZER_MS = 600;
const INTEGRATION_MS = 150;
const GROUP = '/latencies';

let apis: ApiInstallation;
let api: Api;
before(async () => {
  apis = await ApiInstallation.open();
  await apis.aws('logs', 'CreateLogGroup', { logGroupName: GROUP });
  const format = '{"id":"$context.requestId","path":"$context.path","status":"$context.status","integration":"$context.integrationLatency","same":"$context.integration.latency","response":"$context.responseLatency"}';
  api = await apis.api({}, { AccessLogSettings: { DestinationArn: `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}`, Format: format } });
  const slow = await apis.function(`exports.handler = async ({ rawPath }) => { await new Promise((done) => setTimeout(done, ${AUTHORIZER_MS})); return { isAuthorized: rawPath !== '/refused' }; };`);
  const { AuthorizerId } = await apis.v2<{ AuthorizerId: string }>('CreateAuthorizer', {
    ApiId: api.id, Name: 'slow', AuthorizerType: 'REQUEST', AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true, AuthorizerResultTtlInSeconds: 0, IdentitySource: ['$request.header.x-who'],
    AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${slow}/invocations`,
  });
  const guarded = { AuthorizationType: 'CUSTOM', AuthorizerId };
  const wait = (more = ''): string => `async () => { await new Promise((done) => setTimeout(done, ${INTEGRATION_MS})); ${more} }`;
  const fn = await apis.lambda(api, await apis.function(`exports.handler = ${wait('return { statusCode: 200, body: "" };')}`));
  const target = await apis.inside.target((_request, response) => void setTimeout(() => response.end('target'), INTEGRATION_MS));
  const url = await apis.url(api, `http://127.0.0.1:${target.port}/`);
  await apis.route(api, 'GET /function', fn, guarded);
  await apis.route(api, 'GET /url', url, guarded);
  await apis.route(api, 'GET /open', url);
  await apis.route(api, 'GET /refused', url, guarded);
});
after(() => apis[Symbol.asyncDispose]());

interface Line {
  readonly path: string;
  readonly status: string;
  readonly integration: string;
  readonly same: string;
  readonly response: string;
}

async function logged(path: string): Promise<Line> {
  await apis.get(api, { path, headers: 'X-Who: me\r\n' });
  let line: Line | undefined;
  await eventually(`the line of ${path}`, async () => {
    const { events } = await apis.aws<{ events: { message: string }[] }>('logs', 'FilterLogEvents', { logGroupName: GROUP });
    line = events.map(({ message }) => JSON.parse(message) as Line).find((each) => each.path === path);
    return line !== undefined;
  });
  return line!;
}

for (const path of ['/function', '/url']) {
  test(`${path}: what the authorizer takes is the response's time, and not the integration's`, async () => {
    const { status, integration, same, response } = await logged(path);
    assert.equal(status, '200');
    assert.equal(same, integration);
    assert.ok(Number(integration) >= INTEGRATION_MS - 1, integration);
    // a timer may be a millisecond early by another clock
    assert.ok(Number(response) - Number(integration) >= AUTHORIZER_MS - 2, `${response} of which ${integration}`);
  });
}

test('without an authorizer nothing is left between the two but the gateway\'s own work', async () => {
  const { integration, response } = await logged('/open');
  assert.ok(Number(integration) >= INTEGRATION_MS - 1);
  assert.ok(Number(response) >= Number(integration));
});

test('an integration that was not reached has no latency', async () => {
  const { status, integration, same, response } = await logged('/refused');
  assert.deepEqual([status, integration, same], ['403', '-', '-']);
  assert.ok(Number(response) >= AUTHORIZER_MS - 2);
});
