/** AWS::ApiGateway::ApiKey, ::UsagePlan and ::UsagePlanKey, made by the real services. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { FrontDoor, noCredentials, openModels } from '../../src/aws/index.ts';
import { apiGatewayService, apiGatewayV2Service } from '../../src/control-plane/services/index.ts';
import { Stacks } from '../../src/control-plane/templates/index.ts';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';
import { testEnvironment } from '../support/environment.ts';

const environment = testEnvironment({ clock: systemClock, random: systemRandom });
// The clock's timers do not keep the process alive; while a test waits for one, this does.
const alive = setInterval(() => {}, 1000);
after(() => clearInterval(alive));
const OWNER = { account: '000000000000', region: 'us-east-1' };
const frontDoor = new FrontDoor({ services: [apiGatewayService(environment), apiGatewayV2Service(environment)], models: openModels(), clock: environment.clock, random: environment.random, credentials: noCredentials, verify: 'never' });
const stacks = new Stacks({ ...environment, ...OWNER, call: ((service: string, operation: string, input: object) => frontDoor.call(service, operation, { input: input as Readonly<Record<string, unknown>>, ...OWNER, host: '127.0.0.1:4566' })) as never });

const template = ({ rate, quota, stage, description }: { readonly rate: number; readonly quota: string; readonly stage: string; readonly description: string }): string => `
Resources:
  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action } }
  Send: { Type: AWS::ApiGatewayV2::Route, Properties: { ApiId: !Ref Api, RouteKey: send, ApiKeyRequired: true } }
  Prod: { Type: AWS::ApiGatewayV2::Stage, DependsOn: Send, Properties: { ApiId: !Ref Api, StageName: prod } }
  Beta: { Type: AWS::ApiGatewayV2::Stage, DependsOn: Send, Properties: { ApiId: !Ref Api, StageName: beta } }
  Key: { Type: AWS::ApiGateway::ApiKey, Properties: { Name: customer, Enabled: true, Value: a-value-of-twenty-characters, Description: ${description}, Tags: [{ Key: edition, Value: ${description} }] } }
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties:
      UsagePlanName: gold
      Description: ${description}
      ApiStages: [{ ApiId: !Ref Api, Stage: !Ref ${stage}, Throttle: { send: { RateLimit: ${rate}, BurstLimit: 2 } } }]
      Throttle: { RateLimit: ${rate} }
      Quota: ${quota}
  Member: { Type: AWS::ApiGateway::UsagePlanKey, Properties: { KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan } }
Outputs:
  Key: { Value: !GetAtt Key.APIKeyId }
  Plan: { Value: !GetAtt Plan.Id }
  Member: { Value: !Ref Member }
`;

test('a key, a plan and the key in the plan are made, changed in place and taken away', async () => {
  const up = (settings: Parameters<typeof template>[0]) => stacks.apply(template(settings), { name: 'chat', parameters: {}, baseFolder: null });
  const first = { rate: 5, quota: '{ Limit: 100, Period: WEEK, Offset: 1 }', stage: 'Prod', description: 'old' };
  const made = await up(first);
  assert.equal(made.failure, null);
  const { world } = environment.store;
  const [api] = world.list('apigatewayv2/api');
  const [key] = world.list('apigateway/api-key');
  const [plan] = world.list('apigateway/usage-plan');
  assert.deepEqual(made.stack!.outputs.map(({ value }) => value), [key!.id, plan!.id, `${key!.id}:${plan!.id}`]);
  assert.deepEqual([key!.value, key!.enabled], ['a-value-of-twenty-characters', true]);
  assert.deepEqual(plan!.apiStages, [{ apiId: api!.id, stage: 'prod', throttle: { send: { rateLimit: 5, burstLimit: 2 } } }]);
  assert.equal((await up(first)).outcome, 'unchanged');
  assert.equal((await up({ rate: 6, quota: '{ Limit: 7, Period: DAY }', stage: 'Beta', description: 'new' })).failure, null);
  const changed = environment.store.world;
  assert.deepEqual(changed.list('apigateway/usage-plan').map(({ id, description, throttle, quota, apiStages }) => ({ id, description, throttle, quota, apiStages })), [{
    id: plan!.id, description: 'new', throttle: { rateLimit: 6, burstLimit: null }, quota: { limit: 7, offset: 0, period: 'DAY' }, apiStages: [{ apiId: api!.id, stage: 'beta', throttle: { send: { rateLimit: 6, burstLimit: 2 } } }],
  }]);
  assert.deepEqual(changed.list('apigateway/api-key').map(({ id, description, tags }) => [id, description, tags]), [[key!.id, 'new', [{ key: 'edition', value: 'new' }]]]);
  await stacks.delete('chat');
  for (const kind of ['apigateway/api-key', 'apigateway/usage-plan', 'apigateway/usage-plan-key'] as const) assert.deepEqual(environment.store.world.list(kind), []);
});
