/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { ApiInstallation, type Api } from './http-api.ts';

let apis: ApiInstallation;
let groups = 0;
before(async () => {
  apis = await ApiInstallation.open();
});
after(() => apis[Symbol.asyncDispose]());

async function logging(Format: string, source = 'exports.handler = async () => ({ statusCode: 201, body: "12345" });'): Promise<{ readonly api: Api; readonly group: string }> {
  const group = `/api/${++groups}`;
  await apis.aws('logs', 'CreateLogGroup', { logGroupName: group });
  const api = await apis.api({}, { AccessLogSettings: { DestinationArn: `arn:aws:logs:us-east-1:000000000000:log-group:${group}`, Format } });
  await apis.route(api, 'GET /pets/{id}', await apis.lambda(api, await apis.function(source)));
  return { api, group };
}

async function lines(group: string, count: number): Promise<readonly string[]> {
  let found: readonly string[] = [];
  await eventually(`${count} lines`, async () => {
    const { events } = await apis.aws<{ events: { message: string }[] }>('logs', 'FilterLogEvents', { logGroupName: group });
    found = events.map(({ message }) => message);
    return found.length >= count;
  });
  return found;
}

test('a JSON line has what the request and the integration were', async () => {
  const names = ['accountId', 'apiId', 'domainName', 'domainPrefix', 'error.message', 'error.responseType', 'extendedRequestId', 'httpMethod', 'identity.sourceIp', 'identity.userAgent', 'identity.userArn', 'integration.error',
    'integration.integrationStatus', 'integration.latency', 'integration.status', 'integrationErrorMessage', 'integrationLatency', 'integrationStatus', 'path', 'protocol', 'requestId', 'requestTime', 'requestTimeEpoch', 'responseLatency',
    'responseLength', 'routeKey', 'stage', 'status', 'dataProcessed', 'authorizer.error', 'authorizer.claims.sub', 'customDomain.basePathMatched', 'awsEndpointRequestId', 'nonsense'];
  const { api, group } = await logging(JSON.stringify(Object.fromEntries(names.map((name) => [name, `$context.${name}`]))));
  const { headers } = await apis.get(api, { path: '/pets/7?q=1', headers: 'User-Agent: say "hi"\\\r\n' });
  const [line] = await lines(group, 1);
  const got = JSON.parse(line!) as Record<string, string>;
  const { requestTime, requestTimeEpoch, responseLatency, integrationLatency, dataProcessed, ...rest } = got;
  assert.match(requestTime!, /^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  assert.ok(Math.abs(Number(requestTimeEpoch) - Date.now()) < 60_000);
  assert.ok(Number(responseLatency) >= Number(integrationLatency));
  assert.ok(Number(dataProcessed) > 100);
  assert.deepEqual({ ...rest, 'integration.latency': '' }, {
    accountId: '000000000000', apiId: api.id, domainName: api.host, domainPrefix: api.id, 'error.message': '-', 'error.responseType': '-', extendedRequestId: headers['apigw-requestid'], httpMethod: 'GET',
    'identity.sourceIp': '127.0.0.1', 'identity.userAgent': 'say "hi"\\', 'identity.userArn': '-', 'integration.error': '-', 'integration.integrationStatus': '200', 'integration.latency': '', 'integration.status': '201',
    integrationErrorMessage: '-', integrationStatus: '200', path: '/pets/7', protocol: 'HTTP/1.1', requestId: headers['apigw-requestid'], responseLength: '5', routeKey: 'GET /pets/{id}', stage: '$default', status: '201',
    'authorizer.error': '-', 'authorizer.claims.sub': '-', 'customDomain.basePathMatched': '-', awsEndpointRequestId: '-', nonsense: '-',
  });
});

test('CLF and CSV', async () => {
  const clf = await logging('$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.routeKey $context.protocol" $context.status $context.responseLength $context.requestId');
  const { headers } = await apis.get(clf.api, { path: '/pets/1' });
  const [line] = await lines(clf.group, 1);
  assert.match(line!, /^127\.0\.0\.1 - - \[[^\]]+\] "GET GET \/pets\/\{id\} HTTP\/1\.1" 201 5 /);
  assert.ok(line!.endsWith(headers['apigw-requestid']!));
  const csv = await logging('$context.status,$context.error.message,$context.error.messageString,$context.routeKey,$context.requestId');
  const { headers: unknown } = await apis.get(csv.api, { path: '/nowhere' });
  assert.deepEqual(await lines(csv.group, 1), [`404,Not Found,"Not Found",-,${unknown['apigw-requestid']}`]);
});

test('why an integration failed is in the log and nowhere else', async () => {
  const { api, group } = await logging('$context.requestId $context.status $context.integrationErrorMessage', 'exports.handler = async () => ({ statusCode: "no" });');
  const { body, headers } = await apis.get(api, { path: '/pets/1' });
  assert.equal(body, '{"message":"Internal Server Error"}');
  assert.deepEqual(await lines(group, 1), [`${headers['apigw-requestid']} 500 The function answered with a statusCode that is none`]);
});
