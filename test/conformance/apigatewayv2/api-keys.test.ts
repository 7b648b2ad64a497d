/**
 * Beyond AWS (docs/decisions/0014-beyond-aws.md), as REST APIs do it:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html (INVALID_API_KEY, QUOTA_EXCEEDED, THROTTLED)
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { refusal } from '../../support/refusal.ts';
import { eventually } from '../../support/eventually.ts';
import { ApiInstallation, ECHO, type Api } from './http-api.ts';
import { UsagePlans } from './usage-plan.ts';

let apis: ApiInstallation;
let plans: UsagePlans;
let url: string;
let calls = 0;
before(async () => {
  apis = await ApiInstallation.open({ 'beyond-aws': 'api-keys,response-cache', workers: '2' });
  plans = new UsagePlans(apis);
  const target = await apis.inside.target((request, response) => {
    calls++;
    response.end(`for ${request.headers['x-api-key'] ?? 'nobody'}`);
  });
  url = `http://127.0.0.1:${target.port}/`;
});
after(() => apis[Symbol.asyncDispose]());

async function keyed(stage: object = {}): Promise<Api> {
  const api = await apis.api({}, stage);
  const integration = await apis.url(api, url);
  await apis.route(api, 'GET /', integration, { ApiKeyRequired: true });
  await apis.route(api, 'GET /other', integration, { ApiKeyRequired: true });
  await apis.route(api, 'GET /free', integration);
  return api;
}

const ask = async (api: Api, key: string | null, path = '/'): Promise<string> => {
  const { status, body } = await apis.get(api, { path, headers: key === null ? '' : `x-api-key: ${key}\r\n` });
  return `${status} ${body}`;
};
const FORBIDDEN = '403 {"message":"Forbidden"}';
const EXCEEDED = '429 {"message":"Limit Exceeded"}';
const THROTTLED = '429 {"message":"Too Many Requests"}';

test('a route that asks for a key lets in who has one of a plan of its stage, and nobody else; other routes let everybody in', async () => {
  const api = await keyed();
  const other = await keyed();
  const { keys: [mine] } = await plans.plan(api.id);
  const { keys: [theirs] } = await plans.plan(other.id);
  const loose = await plans.v1<{ value: string }>('CreateApiKey', { enabled: true });
  assert.equal(await ask(api, mine!.value), `200 for ${mine!.value}`);
  assert.equal(await ask(api, null, '/free'), '200 for nobody');
  calls = 0;
  const wrong = [null, '', 'x', `${mine!.value}x`, mine!.value.slice(0, -1), mine!.value.toUpperCase(), mine!.id, theirs!.value, loose.value, 'k'.repeat(5000), `${mine!.value}, ${mine!.value}`];
  for (const key of wrong) assert.equal(await ask(api, key), FORBIDDEN, String(key));
  // wrong keys, one after another, tell nothing and cost no integration
  for (let at = 0; at < 200; at++) assert.equal(await ask(api, `guess-number-${at}-of-twenty`), FORBIDDEN);
  assert.equal(calls, 0);
  assert.equal(await ask(api, mine!.value), `200 for ${mine!.value}`);
});

test('a key that is disabled, deleted or taken out of its plan is good for nothing from then on', async () => {
  const api = await keyed();
  const { id: plan, keys: [one, two, three] } = await plans.plan(api.id, { keys: 3 });
  const becomes = (key: { readonly value: string }, answer: string) => eventually(answer, async () => (await ask(api, key.value)).startsWith(answer));
  for (const key of [one, two, three]) assert.match(await ask(api, key!.value), /^200/);
  await plans.v1('UpdateApiKey', { apiKey: one!.id, ...plans.replace('/enabled', 'false') });
  await becomes(one!, '403');
  await plans.v1('UpdateApiKey', { apiKey: one!.id, ...plans.replace('/enabled', 'true') });
  await becomes(one!, '200');
  await plans.v1('DeleteApiKey', { apiKey: two!.id });
  await becomes(two!, '403');
  await plans.v1('DeleteUsagePlanKey', { usagePlanId: plan, keyId: three!.id });
  await becomes(three!, '403');
  await plans.v1('UpdateUsagePlan', { usagePlanId: plan, patchOperations: [{ op: 'remove', path: '/apiStages', value: `${api.id}:$default` }] });
  await becomes(one!, '403');
});

test('a quota lets so many through, of each key and over all workers; what was used is told, and more can be granted', async () => {
  const api = await keyed();
  const { id: plan, keys: [one, two] } = await plans.plan(api.id, { keys: 2, quota: { limit: 20, period: 'MONTH' } });
  // each on a connection of its own, so that both workers have a part
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(api, one!.value)));
  assert.equal(answers.filter((answer) => answer.startsWith('200')).length, 20);
  assert.equal(answers.filter((answer) => answer === EXCEEDED).length, 10);
  assert.match(await ask(api, two!.value), /^200/);
  assert.deepEqual(await plans.today(plan, one!.id), [20, 0]);
  assert.deepEqual(await plans.today(plan, two!.id), [1, 19]);
  const { items } = await plans.v1<{ items: object }>('UpdateUsage', { usagePlanId: plan, keyId: one!.id, ...plans.replace('/remaining', '3') });
  assert.deepEqual(items, { [one!.id]: [[20, 3]] });
  const more = await Promise.all(Array.from({ length: 5 }, () => ask(api, one!.value)));
  assert.equal(more.filter((answer) => answer.startsWith('200')).length, 3);
  assert.deepEqual(await plans.today(plan, one!.id), [23, 0]);
  // a request without a key, to a route that asks for none, counts nothing
  await ask(api, one!.value, '/free');
  assert.deepEqual(await plans.today(plan, one!.id), [23, 0]);
  await plans.v1('UpdateUsagePlan', { usagePlanId: plan, ...plans.replace('/quota/limit', '30') });
  await eventually('the quota is 30', async () => (await ask(api, one!.value)).startsWith('200'));
});

test('a plan throttles each key, and a route in place of the plan; what is throttled uses nothing up', async () => {
  const api = await keyed();
  const { id: plan, keys: [one, two] } = await plans.plan(api.id, { keys: 2, throttle: { rateLimit: 0.001, burstLimit: 5 }, throttles: { '/other/GET': { rateLimit: 0.001, burstLimit: 2 } }, quota: { limit: 100, period: 'DAY' } });
  const passed = async (key: string, path: string): Promise<number> => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(api, key, path)));
    assert.ok(answers.every((answer) => answer.startsWith('200') || answer === THROTTLED), answers.join());
    return answers.filter((answer) => answer.startsWith('200')).length;
  };
  assert.equal(await passed(one!.value, '/'), 5);
  assert.equal(await passed(one!.value, '/other'), 2);
  assert.equal(await passed(two!.value, '/'), 5);
  assert.deepEqual(await plans.today(plan, one!.id), [7, 93]);
});

test('the key may come from a Lambda authorizer', async () => {
  const api = await apis.api({ ApiKeySelectionExpression: '$context.authorizer.usageIdentifierKey' });
  const { keys: [mine] } = await plans.plan(api.id);
  const policy = 'policyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: "*" }] }';
  const authorizer = await apis.function(`exports.handler = async (event) => ({ principalId: "p", ${policy}, usageIdentifierKey: event.headers.who === "friend" ? ${JSON.stringify(mine!.value)} : undefined });`);
  const { AuthorizerId } = await apis.v2<{ AuthorizerId: string }>('CreateAuthorizer', {
    ApiId: api.id, Name: 'a', AuthorizerType: 'REQUEST', AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${authorizer}/invocations`, AuthorizerPayloadFormatVersion: '1.0', IdentitySource: ['$request.header.who'],
  });
  await apis.route(api, 'GET /', await apis.url(api, url), { ApiKeyRequired: true, AuthorizationType: 'CUSTOM', AuthorizerId });
  const as = async (who: string): Promise<number> => (await apis.get(api, { headers: `who: ${who}\r\nx-api-key: ${mine!.value}\r\n` })).status;
  assert.equal(await as('friend'), 200);
  assert.equal(await as('stranger'), 403);
});

test('functions are told whose key it is; logs show its end only', async () => {
  await apis.aws('logs', 'CreateLogGroup', { logGroupName: 'keys' });
  const api = await apis.api({}, { AccessLogSettings: { DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:keys', Format: '$context.requestId $context.identity.apiKeyId $context.identity.apiKey $context.error.responseType' } });
  await apis.route(api, 'GET /', await apis.lambda(api, await apis.function(ECHO), { PayloadFormatVersion: '1.0' }), { ApiKeyRequired: true });
  const { keys: [mine] } = await plans.plan(api.id);
  const { body } = await apis.get(api, { headers: `X-API-KEY: ${mine!.value}\r\n` });
  const { identity } = (JSON.parse(body) as { requestContext: { identity: Readonly<Record<string, string>> } }).requestContext;
  assert.deepEqual([identity['apiKey'], identity['apiKeyId']], [mine!.value, mine!.id]);
  await apis.get(api, { headers: 'x-api-key: a-wrong-key-of-twenty\r\n' });
  let lines: readonly string[] = [];
  await eventually('two lines', async () => {
    const { events } = await apis.aws<{ events: { message: string }[] }>('logs', 'FilterLogEvents', { logGroupName: 'keys' });
    lines = events.map(({ message }) => message);
    return lines.length === 2;
  });
  assert.deepEqual(lines.map((line) => line.slice(line.indexOf(' ') + 1)).toSorted(), [`- - INVALID_API_KEY`, `${mine!.id} ${'*'.repeat(34)}${mine!.value.slice(-6)} -`].toSorted());
});

test('answers to those with keys are kept apart by the key, or not at all', async () => {
  const api = await apis.api({}, null);
  const routes = [];
  for (const path of ['/apart', '/mixed']) routes.push(await apis.route(api, `GET ${path}`, await apis.url(api, url), { ApiKeyRequired: true }));
  await apis.v2('CreateStage', { ApiId: api.id, StageName: '$default', AutoDeploy: true, Tags: { [`turnpike:cache:${routes[0]}`]: '60 header.x-api-key', [`turnpike:cache:${routes[1]}`]: '60' } });
  const { keys: [one, two] } = await plans.plan(api.id, { keys: 2 });
  const callsFor = async (path: string): Promise<number> => {
    calls = 0;
    for (let round = 0; round < 8; round++) for (const key of [one!, two!]) assert.equal(await ask(api, key.value, path), `200 for ${key.value}`);
    return calls;
  };
  // each worker asks once for each key
  const apart = await callsFor('/apart');
  assert.ok(apart <= 4, `${apart} calls`);
  assert.equal(await callsFor('/mixed'), 16);
});

test('without the setting routes and plans of HTTP APIs are refused in the words of AWS', async () => {
  await using plain = await ApiInstallation.open();
  const api = await plain.api();
  await assert.rejects(plain.route(api, 'GET /', null, { ApiKeyRequired: true }), refusal('BadRequestException', 'ApiKeyRequired is not currently supported for HTTP APIs. Please set ApiKeyRequired to false for route null'));
  await assert.rejects(new UsagePlans(plain).plan(api.id), refusal('BadRequestException', /protocol type of HTTP/));
});
