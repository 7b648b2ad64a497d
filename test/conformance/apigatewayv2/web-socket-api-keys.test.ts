/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html (API key selection expressions)
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html ($context.identity.apiKey, apiKeyId)
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { invocationUri, SocketInstallation, type SocketApi } from './web-socket-api.ts';
import { UsagePlans } from './usage-plan.ts';

let at: SocketInstallation;
let plans: UsagePlans;
let echo: string;
before(async () => {
  at = await SocketInstallation.open();
  plans = new UsagePlans(at.apis);
  echo = await at.apis.function('exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event.requestContext.identity) });');
});
after(() => at[Symbol.asyncDispose]());

async function api(keyed: readonly string[], more: object = {}, stage: object = {}): Promise<SocketApi> {
  const made = await at.api(more, stage);
  const integration = await at.lambda(made, echo);
  for (const key of ['$connect', '$default', 'send']) await at.route(made, key, integration, { responds: key !== '$connect', ...(keyed.includes(key) && { ApiKeyRequired: true }) });
  return made;
}

const SEND = JSON.stringify({ action: 'send' });
const message = (text: string): unknown => (JSON.parse(text) as { readonly message?: string }).message;

async function refused(of: SocketApi, headers: Readonly<Record<string, string>>): Promise<number> {
  const client = at.client(of, { headers });
  return (await client.refusal()).status;
}

test('$connect that asks for a key opens connections to those who have one; events say which', async () => {
  const chat = await api(['$connect']);
  const other = await api(['$connect']);
  const { keys: [mine] } = await plans.plan(chat.id, { stage: 'prod' });
  const { keys: [theirs] } = await plans.plan(other.id, { stage: 'prod' });
  const client = await at.connect(chat, { headers: { 'x-api-key': mine!.value } });
  const identity = JSON.parse(await client.ask('hello')) as Readonly<Record<string, string>>;
  assert.deepEqual([identity['apiKey'], identity['apiKeyId'], identity['sourceIp']], [mine!.value, mine!.id, '127.0.0.1']);
  for (const headers of [{}, { 'x-api-key': '' }, { 'x-api-key': 'a-wrong-key-of-twenty' }, { 'x-api-key': theirs!.value }, { 'x-api-key': 'k'.repeat(4000) }]) assert.equal(await refused(chat, headers as Record<string, string>), 403);
});

test('a message to a route that asks for a key goes by the key that the connection was opened with, as it is then', async () => {
  const chat = await api(['send']);
  const { id: plan, keys: [mine] } = await plans.plan(chat.id, { stage: 'prod' });
  const without = await at.connect(chat);
  assert.equal(message(await without.ask(SEND)), 'Forbidden');
  assert.match(await without.ask('anything else'), /sourceIp/);
  const client = await at.connect(chat, { headers: { 'x-api-key': mine!.value } });
  assert.match(await client.ask(SEND), new RegExp(mine!.id));
  await plans.v1('UpdateApiKey', { apiKey: mine!.id, ...plans.replace('/enabled', 'false') });
  await eventually('the key is good for nothing', async () => message(await client.ask(SEND)) === 'Forbidden');
  await plans.v1('UpdateApiKey', { apiKey: mine!.id, ...plans.replace('/enabled', 'true') });
  await eventually('the key is good again', async () => message(await client.ask(SEND)) === undefined);
  // the plan goes while the connection is open: it stays so, and its messages are refused
  await plans.v1('UpdateUsagePlan', { usagePlanId: plan, patchOperations: [{ op: 'remove', path: '/apiStages', value: `${chat.id}:prod` }] });
  await plans.v1('DeleteUsagePlan', { usagePlanId: plan });
  await eventually('the plan is gone', async () => message(await client.ask(SEND)) === 'Forbidden');
  assert.match(await client.ask('anything else'), /sourceIp/);
});

test('quotas and throttles of the plan count handshakes and messages that need the key', async () => {
  const chat = await api(['$connect', 'send']);
  const { id: plan, keys: [mine, fast] } = await plans.plan(chat.id, { stage: 'prod', keys: 2, quota: { limit: 3, period: 'DAY' }, throttles: { send: { rateLimit: 0.001, burstLimit: 1 } } });
  const client = await at.connect(chat, { headers: { 'x-api-key': mine!.value } });
  assert.equal(message(await client.ask(SEND)), undefined);
  assert.equal(message(await client.ask(SEND)), 'Too Many Requests');
  assert.match(await client.ask('free'), /sourceIp/);
  assert.deepEqual(await plans.today(plan, mine!.id), [2, 1]);
  await at.connect(chat, { headers: { 'x-api-key': mine!.value } });
  const late = at.client(chat, { headers: { 'x-api-key': mine!.value } });
  const answer = await late.refusal();
  assert.deepEqual([answer.status, message(answer.body)], [429, 'Limit Exceeded']);
  await at.connect(chat, { headers: { 'x-api-key': fast!.value } });
});

test('the authorizer may say what the key is', async () => {
  const chat = await at.api({ ApiKeySelectionExpression: '$context.authorizer.usageIdentifierKey' });
  const { keys: [mine] } = await plans.plan(chat.id, { stage: 'prod' });
  const source = `exports.handler = async ({ methodArn, headers }) => ({ principalId: 'p', usageIdentifierKey: headers.who === 'friend' ? ${JSON.stringify(mine!.value)} : 'nothing', policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }] } });`;
  const { AuthorizerId } = await at.v2<{ AuthorizerId: string }>('CreateAuthorizer', { ApiId: chat.id, Name: 'a', AuthorizerType: 'REQUEST', AuthorizerUri: invocationUri(await at.apis.function(source)), IdentitySource: ['route.request.header.who'] });
  const integration = await at.lambda(chat, echo);
  await at.route(chat, '$connect', integration, { ApiKeyRequired: true, AuthorizationType: 'CUSTOM', AuthorizerId });
  await at.route(chat, '$default', integration, { responds: true });
  const client = await at.connect(chat, { headers: { who: 'friend' } });
  assert.match(await client.ask('hello'), new RegExp(mine!.id));
  assert.equal(await refused(chat, { who: 'stranger', 'x-api-key': mine!.value }), 403);
});
