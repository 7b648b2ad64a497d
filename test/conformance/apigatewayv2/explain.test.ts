/** Beyond AWS: why a request to an API goes where it goes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { explainText, type ExplainAnswer } from '../../../src/cli/explain-answer.ts';
import { ApiInstallation, type Api } from './http-api.ts';
import { says, type Door } from '../elbv2/installation.ts';

let apis: ApiInstallation;
let api: Api;
let door: Door;
before(async () => {
  apis = await ApiInstallation.open();
  door = await apis.inside.door(await apis.inside.balancer(), says('here'));
  const subnets = await apis.aws<{ Subnets: { SubnetId: string }[] }>('ec2', 'DescribeSubnets', {});
  const { VpcLinkId } = await apis.v2<{ VpcLinkId: string }>('CreateVpcLink', { Name: 'link', SubnetIds: subnets.Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId) });
  api = await apis.api({}, { DefaultRouteSettings: { ThrottlingBurstLimit: 5, ThrottlingRateLimit: 10 } });
  await apis.route(api, 'GET /pets/{id}', await apis.integration(api, { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', ConnectionType: 'VPC_LINK', ConnectionId: VpcLinkId, IntegrationUri: door.arn }), { AuthorizationType: 'AWS_IAM' });
});
after(() => apis[Symbol.asyncDispose]());

async function told(path: string): Promise<string> {
  const request = { protocol: 'http', method: 'GET', host: api.host, port: apis.port, address: null, path, query: null, headers: [], sourceAddress: '127.0.0.1' } as const;
  const explanation = await apis.inside.system.workers.explain(request);
  return explainText({ request, explanation } as unknown as ExplainAnswer);
}

test('the entrance, the stage, the route, what is asked, and the listener behind it', async () => {
  const text = await told('/pets/7');
  assert.match(text, new RegExp(`claimed by host ${api.host}`));
  assert.match(text, /Route {5}GET \/pets\/\{id\} \(full match\) {2}id=7/);
  assert.match(text, /Throttle {2}stage .*: 10 a second, 5 at once/);
  assert.match(text, /Allowed {3}signed by an identity/);
  assert.ok(text.includes(`Serves    listener ${door.arn}, in this process`), text);
  assert.ok(text.includes(`Listener  ${door.arn}`), text);
  assert.match(text, /fixed response 200/);
});

test('why it goes nowhere', async () => {
  assert.match(await told('/none'), /Refused {3}no route matches: 404/);
});
