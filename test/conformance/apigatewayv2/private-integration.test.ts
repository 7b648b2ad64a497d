/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { ApiInstallation, type Api } from './http-api.ts';
import { says, type Balancer, type Door, type Target } from '../elbv2/installation.ts';

let apis: ApiInstallation;
let balancer: Balancer;
let door: Door;
let target: Target;
let linkId: string;
before(async () => {
  apis = await ApiInstallation.open();
  target = await apis.inside.target((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => response.writeHead(200, { 'x-target': '1' }).end(`${request.method} ${request.url} ${body}`));
  });
  balancer = await apis.inside.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' });
  door = await apis.inside.door(balancer);
  await apis.inside.rule(door, 1, { when: [{ Field: 'path-pattern', Values: ['/fixed*'] }], action: says('fixed by the balancer', '418') });
  await apis.inside.rule(door, 2, { when: [{ Field: 'path-pattern', Values: ['/pets/*'] }], action: { Type: 'forward', TargetGroupArn: await apis.inside.group([target.port]) } });
  await apis.inside.rule(door, 3, { when: [{ Field: 'path-pattern', Values: ['/empty'] }], action: { Type: 'forward', TargetGroupArn: await apis.inside.group([]) } });
  const subnets = await apis.aws<{ Subnets: { SubnetId: string }[] }>('ec2', 'DescribeSubnets', {});
  ({ VpcLinkId: linkId } = await apis.v2<{ VpcLinkId: string }>('CreateVpcLink', { Name: 'link', SubnetIds: subnets.Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId) }));
});
after(() => apis[Symbol.asyncDispose]());

async function linked(more: object = {}, stage: object = {}): Promise<Api> {
  const api = await apis.api({}, stage);
  await apis.route(api, '$default', await apis.integration(api, {
    IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', ConnectionType: 'VPC_LINK', ConnectionId: linkId, IntegrationUri: door.arn, ...more,
  }));
  return api;
}

test('the rules of the listener are run, and its targets answer', async () => {
  const api = await linked();
  const { status, body, headers } = await apis.get(api, { method: 'POST', path: '/pets/1?a=b', body: 'data' });
  assert.deepEqual([status, body], [200, 'POST /pets/1?a=b data']);
  assert.equal(headers['x-target'], '1');
  assert.match(headers['apigw-requestid'] ?? '', /=$/);
  const seen = target.seen.at(-1)!.headers;
  assert.equal(seen['x-forwarded-for'], '127.0.0.1');
  assert.equal(seen['via'], 'HTTP/1.1 AmazonAPIGateway');
  assert.match(String(seen['forwarded']), new RegExp(`host=${api.host}`));
  assert.match(String(seen['x-amzn-trace-id']), /^Root=1-/);
});

test('the balancer writes Host as to clients of its own, and the fields of both', async () => {
  const api = await linked();
  const { status } = await apis.get(`${api.host}:8080`, { path: '/pets/host' });
  assert.equal(status, 200);
  const { raw, headers } = target.seen.at(-1)!;
  assert.equal(headers['host'], api.host);
  assert.equal(headers['forwarded'], `by=127.0.0.1;for=127.0.0.1;host=${api.host}:8080;proto=http`);
  const names = raw.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  for (const name of ['host', 'via', 'forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-port', 'x-amzn-trace-id']) assert.equal(names.filter((one) => one === name).length, 1, name);
});

test("the balancer's own answers are answers of the integration", async () => {
  const api = await linked();
  const fixed = await apis.get(api, { path: '/fixed' });
  assert.deepEqual([fixed.status, fixed.body, fixed.headers['server']], [418, 'fixed by the balancer', 'awselb/2.0']);
  const empty = await apis.get(api, { path: '/empty' });
  assert.equal(empty.status, 503);
  assert.match(empty.body, /503 Service Temporarily Unavailable/);
});

test('with a stage of a name, the path has it unless a mapping takes it out', async () => {
  const api = await apis.api({}, null);
  const integration = { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', ConnectionType: 'VPC_LINK', ConnectionId: linkId, IntegrationUri: door.arn };
  await apis.route(api, 'GET /pets/{id}', await apis.integration(api, integration));
  await apis.route(api, 'POST /pets/{id}', await apis.integration(api, { ...integration, RequestParameters: { 'overwrite:path': '$request.path', 'append:header.x-added': 'yes' } }));
  await apis.v2('CreateStage', { ApiId: api.id, StageName: 'prod', AutoDeploy: true });
  assert.equal((await apis.get(api, { path: '/prod/pets/1' })).body, 'default');
  assert.equal((await apis.get(api, { method: 'POST', path: '/prod/pets/1', body: 'x' })).body, 'POST /pets/1 x');
  assert.equal(target.seen.at(-1)!.headers['x-added'], 'yes');
});

test('a listener that is gone is 503', async () => {
  const other = await apis.inside.door(balancer);
  const api = await linked({ IntegrationUri: other.arn });
  assert.equal((await apis.get(api)).status, 404);
  await apis.aws('elbv2', 'DeleteListener', { ListenerArn: other.arn });
  const { status, body } = await apis.get(api);
  assert.deepEqual([status, body], [503, '{"message":"Service Unavailable"}']);
});

test('the balancer writes its line too', async () => {
  const api = await linked();
  await apis.get(api, { path: '/pets/logged' });
  let line: string | undefined;
  await eventually('its line is written', async () => (line = (await apis.inside.logLines(1)).find((one) => one.includes('/pets/logged'))) !== undefined);
  assert.match(line!, new RegExp(`^http \\S+ ${balancer.label} 127\\.0\\.0\\.1:\\d+ 127\\.0\\.0\\.1:${target.port} .* 200 200 `));
});

test('a slow target is judged by the time of the integration', async () => {
  const slow = await apis.inside.target(() => {});
  const own = await apis.inside.door(balancer, { Type: 'forward', TargetGroupArn: await apis.inside.group([slow.port]) });
  const api = await linked({ IntegrationUri: own.arn, TimeoutInMillis: 150 });
  const { status, body } = await apis.get(api);
  assert.deepEqual([status, body], [503, '{"message":"Service Unavailable"}']);
});
