import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../../../../test/support/refusal.ts';
import { keysStage } from '../../../../test/support/keys-stage.ts';
import type { UsageBook } from '../../../snapshot/index.ts';

// https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlan.html
test('a plan has stages with limits for their routes, a throttle and a quota', async () => {
  const { v1, socket } = keysStage();
  const apiId = await socket('prod');
  const settings = { name: 'gold', description: 'd', apiStages: [{ apiId, stage: 'prod', throttle: { send: { rateLimit: 2.5, burstLimit: 3 } } }], throttle: { rateLimit: 10, burstLimit: 20 }, quota: { limit: 100, offset: 1, period: 'WEEK' }, tags: { a: '1' } };
  const made = await v1('CreateUsagePlan', settings);
  assert.match(made.id, /^[a-z0-9]{6}$/);
  assert.deepEqual(made, { id: made.id, ...settings });
  assert.deepEqual(await v1('GetUsagePlan', { usagePlanId: made.id }), made);
  assert.deepEqual(await v1('GetUsagePlans'), { items: [made] });
  const plain = await v1('CreateUsagePlan', { name: 'plain' });
  assert.deepEqual(plain, { id: plain.id, name: 'plain', apiStages: [] });
  const bare = { ...plain, tags: {} };
  assert.deepEqual(await v1('GetUsagePlan', { usagePlanId: plain.id }), bare);
  assert.deepEqual(await v1('UpdateUsagePlan', { usagePlanId: plain.id }), bare);
  assert.deepEqual((await v1('GetUsagePlans')).items.find(({ id }: { readonly id: string }) => id === plain.id), plain);
});

test('what a plan says must make sense', async () => {
  const { v1, v2, socket } = keysStage();
  const apiId = await socket('prod');
  const plan = (more: object) => v1('CreateUsagePlan', { name: 'p', ...more });
  await assert.rejects(plan({ name: '' }), refusal('BadRequestException', 'Usage Plan name cannot be blank'));
  await assert.rejects(plan({ apiStages: [{ apiId }] }), refusal('BadRequestException', 'Invalid API Stage {api: %s, stage: %s} specified for usageplan %s'));
  await assert.rejects(plan({ apiStages: [{ apiId, stage: 'absent' }] }), refusal('NotFoundException', `API Stage not found: ${apiId}:absent`));
  await assert.rejects(plan({ apiStages: [{ apiId: 'absent', stage: 'prod' }] }), refusal('NotFoundException', 'API Stage not found: absent:prod'));
  await assert.rejects(v1('CreateUsagePlan', { name: 'p', apiStages: [{ apiId, stage: 'prod' }] }, { account: '111111111111' }), refusal('NotFoundException', `API Stage not found: ${apiId}:prod`));
  await assert.rejects(plan({ apiStages: [{ apiId, stage: 'prod' }, { apiId, stage: 'prod' }] }), refusal('ConflictException', /already associated/));
  await assert.rejects(plan({ apiStages: [{ apiId, stage: 'prod', throttle: { absent: {} } }] }), refusal('NotFoundException', 'Invalid Method identifier specified: absent'));
  await assert.rejects(plan({ throttle: { rateLimit: -1 } }), refusal('BadRequestException', /non-negative/));
  await assert.rejects(plan({ throttle: { burstLimit: 1.5 } }), refusal('BadRequestException', /burst limit/));
  for (const [quota, sentence] of [
    [{ limit: 1, offset: 1, period: 'DAY' }, 'Usage Plan quota offset must be zero in the DAY period'],
    [{ limit: 1, offset: 7, period: 'WEEK' }, 'Usage Plan quota offset must be between 0 and 6 inclusive in the WEEK period'],
    [{ limit: 1, offset: 28, period: 'MONTH' }, 'Usage Plan quota offset must be between 0 and 27 inclusive in the MONTH period'],
    [{ limit: -1, period: 'DAY' }, 'Usage Plan quota limit must be non-negative'],
    [{ limit: 1 }, 'Usage Plan quota period must be one of DAY, WEEK, MONTH'],
  ] as const) await assert.rejects(plan({ quota }), refusal('BadRequestException', sentence));
  const { ApiId } = await v2('CreateApi', { Name: 'http', ProtocolType: 'HTTP' });
  await v2('CreateStage', { ApiId, StageName: 'prod' });
  await assert.rejects(plan({ apiStages: [{ apiId: ApiId, stage: 'prod' }] }), refusal('BadRequestException', 'Usage Plans are not supported for APIs with a protocol type of HTTP'));
});

// https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
test('a plan is patched', async () => {
  const { v1, socket } = keysStage();
  const apiId = await socket('prod', 'beta');
  const { id } = await v1('CreateUsagePlan', { name: 'p' });
  const patch = (...patchOperations: readonly object[]) => v1('UpdateUsagePlan', { usagePlanId: id, patchOperations });
  const full = await patch(
    { op: 'replace', path: '/name', value: 'n' }, { op: 'replace', path: '/description', value: 'd' }, { op: 'add', path: '/apiStages', value: `${apiId}:prod` }, { op: 'add', path: '/apiStages', value: `${apiId}:beta` },
    { op: 'replace', path: `/apiStages/${apiId}:prod/throttle/send/rateLimit`, value: '1.5' }, { op: 'replace', path: `/apiStages/${apiId}:prod/throttle/send/burstLimit`, value: '2' },
    { op: 'add', path: '/throttle/rateLimit', value: '10' }, { op: 'replace', path: '/throttle/burstLimit', value: '20' },
    { op: 'add', path: '/quota/limit', value: '5' }, { op: 'add', path: '/quota/period', value: 'DAY' }, { op: 'add', path: '/productCode', value: 'x' },
  );
  assert.deepEqual(full, {
    id, name: 'n', description: 'd', productCode: 'x', apiStages: [{ apiId, stage: 'prod', throttle: { send: { burstLimit: 2, rateLimit: 1.5 } } }, { apiId, stage: 'beta' }],
    throttle: { burstLimit: 20, rateLimit: 10 }, quota: { limit: 5, offset: 0, period: 'DAY' }, tags: {},
  });
  const whole = await patch({ op: 'replace', path: `/apiStages/${apiId}:beta/throttle`, value: '{"send":{"rateLimit":9,"burstLimit":9}}' }, { op: 'remove', path: `/apiStages/${apiId}:prod/throttle/send` });
  assert.deepEqual(whole.apiStages, [{ apiId, stage: 'prod' }, { apiId, stage: 'beta', throttle: { send: { burstLimit: 9, rateLimit: 9 } } }]);
  const bare = await patch({ op: 'remove', path: '/throttle' }, { op: 'remove', path: '/quota' }, { op: 'remove', path: '/productCode' }, { op: 'remove', path: '/apiStages', value: `${apiId}:prod` }, { op: 'remove', path: '/apiStages', value: `${apiId}:beta` }, { op: 'replace', path: '/description', value: '' });
  assert.deepEqual(bare, { id, name: 'n', apiStages: [], tags: {} });
});

// https://www.rfc-editor.org/rfc/rfc6901#section-3
test('route keys of WebSocket APIs stand in paths with the escapes of JSON pointers, and may begin with a slash', async () => {
  const { v1, v2, socket } = keysStage();
  const apiId = await socket('prod');
  for (const RouteKey of ['/chat/send', 'a~b', 'a~1b']) await v2('CreateRoute', { ApiId: apiId, RouteKey });
  const { id } = await v1('CreateUsagePlan', { name: 'p', apiStages: [{ apiId, stage: 'prod', throttle: { '/chat/send': { rateLimit: 1, burstLimit: 2 } } }] });
  const patch = (op: string, route: string, value?: string) => v1('UpdateUsagePlan', { usagePlanId: id, patchOperations: [{ op, path: `/apiStages/${apiId}:prod/throttle/${route}`, ...(value !== undefined && { value }) }] });
  await patch('replace', '~1chat~1send/rateLimit', '5');
  await patch('replace', 'a~0b/burstLimit', '6');
  const { apiStages } = await patch('replace', 'a~01b/burstLimit', '7');
  assert.deepEqual(apiStages[0].throttle, { '/chat/send': { burstLimit: 2, rateLimit: 5 }, 'a~b': { burstLimit: 6 }, 'a~1b': { burstLimit: 7 } });
  await assert.rejects(patch('replace', '~1chat/rateLimit', '5'), refusal('NotFoundException', 'Invalid Method identifier specified: /chat'));
  assert.deepEqual(Object.keys((await patch('remove', '~1chat~1send')).apiStages[0].throttle), ['a~b', 'a~1b']);
});

test('a patch that is wrong changes nothing', async () => {
  const { v1, socket } = keysStage();
  const apiId = await socket('prod');
  const { id } = await v1('CreateUsagePlan', { name: 'p', apiStages: [{ apiId, stage: 'prod' }] });
  const patch = (operation: object) => v1('UpdateUsagePlan', { usagePlanId: id, patchOperations: [{ op: 'replace', path: '/name', value: 'changed' }, operation] });
  // https://github.com/boto/boto3/issues/2629
  await assert.rejects(patch({ op: 'remove', path: `/apiStages/${apiId}:prod` }), refusal('BadRequestException', `Invalid patch path  '/apiStages/${apiId}:prod' specified for op 'remove'. Must be one of: [/apiStages, /quota, /throttle, /productCode, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, /apiStages/<apidId:stageName>/throttle]`));
  await assert.rejects(patch({ op: 'remove', path: '/apiStages' }), refusal('BadRequestException', 'Invalid API Stage specified'));
  await assert.rejects(patch({ op: 'add', path: '/apiStages', value: apiId }), refusal('BadRequestException', 'Invalid API Stage specified'));
  await assert.rejects(patch({ op: 'add', path: '/apiStages', value: `${apiId}:prod` }), refusal('ConflictException', /already associated/));
  await assert.rejects(patch({ op: 'add', path: '/apiStages', value: `${apiId}:absent` }), refusal('NotFoundException', `API Stage not found: ${apiId}:absent`));
  await assert.rejects(patch({ op: 'copy', path: '/name' }), refusal('BadRequestException', /Please choose supported operations/));
  await assert.rejects(patch({ op: 'replace', path: '/id', value: 'x' }), refusal('BadRequestException', /Must be one of/));
  await assert.rejects(patch({ op: 'replace', path: '/name', value: '' }), refusal('BadRequestException', /blank/));
  await assert.rejects(patch({ op: 'add', path: '/quota/limit', value: '5' }), refusal('BadRequestException', /period/));
  await assert.rejects(patch({ op: 'add', path: '/throttle/rateLimit', value: 'fast' }), refusal('BadRequestException', /must be a number/));
  await assert.rejects(patch({ op: 'replace', path: `/apiStages/${apiId}:prod/throttle/absent/rateLimit`, value: '1' }), refusal('NotFoundException', /Invalid Method/));
  for (const value of ['x', '[]', '{"send":1}', '{"send":{"rateLimit":"1"}}']) await assert.rejects(patch({ op: 'replace', path: `/apiStages/${apiId}:prod/throttle`, value }), refusal('BadRequestException', /Invalid value/));
  assert.equal((await v1('GetUsagePlan', { usagePlanId: id })).name, 'p');
});

test('a plan with stages is not deleted; a stage or an API that is deleted leaves its plans', async () => {
  const { v1, v2, socket } = keysStage();
  const apiId = await socket('prod', 'beta');
  const { id } = await v1('CreateUsagePlan', { name: 'p', apiStages: [{ apiId, stage: 'prod' }, { apiId, stage: 'beta' }] });
  await assert.rejects(v1('DeleteUsagePlan', { usagePlanId: id }), refusal('BadRequestException', `Cannot delete Usage Plan ${id} because there are API Stages associated with it, including ${apiId}:prod`));
  await v2('DeleteStage', { ApiId: apiId, StageName: 'prod' });
  assert.deepEqual((await v1('GetUsagePlan', { usagePlanId: id })).apiStages, [{ apiId, stage: 'beta' }]);
  await v2('DeleteApi', { ApiId: apiId });
  assert.deepEqual((await v1('GetUsagePlan', { usagePlanId: id })).apiStages, []);
  await v1('DeleteUsagePlan', { usagePlanId: id });
  await assert.rejects(async () => v1('GetUsagePlan', { usagePlanId: id }), refusal('NotFoundException', 'Invalid Usage Plan ID specified'));
});

// https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlanKey.html
test('keys are put into plans, listed and taken out', async () => {
  const { v1, key } = keysStage();
  const { id } = await v1('CreateUsagePlan', { name: 'p' });
  const [one, two] = [await key('one'), await key('two')];
  const added = await v1('CreateUsagePlanKey', { usagePlanId: id, keyId: one, keyType: 'API_KEY' });
  const { value } = await v1('GetApiKey', { apiKey: one, includeValue: true });
  assert.deepEqual(added, { id: one, type: 'API_KEY', value, name: 'one' });
  await v1('CreateUsagePlanKey', { usagePlanId: id, keyId: two, keyType: 'API_KEY' });
  assert.deepEqual(await v1('GetUsagePlanKey', { usagePlanId: id, keyId: one }), added);
  assert.deepEqual((await v1('GetUsagePlanKeys', { usagePlanId: id, limit: 1 })).items, [added]);
  assert.deepEqual((await v1('GetUsagePlanKeys', { usagePlanId: id, nameQuery: 'tw' })).items.map((item: { readonly id: string }) => item.id), [two]);
  await assert.rejects(v1('CreateUsagePlanKey', { usagePlanId: id, keyId: one, keyType: 'API_KEY' }), refusal('ConflictException', /already associated/));
  await assert.rejects(v1('CreateUsagePlanKey', { usagePlanId: id, keyId: one, keyType: 'OTHER' }), refusal('BadRequestException', /API_KEY/));
  await assert.rejects(v1('CreateUsagePlanKey', { usagePlanId: id, keyId: 'absent', keyType: 'API_KEY' }), refusal('NotFoundException', 'Invalid API Key identifier specified'));
  await v1('DeleteUsagePlanKey', { usagePlanId: id, keyId: one });
  await assert.rejects(async () => v1('GetUsagePlanKey', { usagePlanId: id, keyId: one }), refusal('NotFoundException', 'Invalid Usage Plan ID specified'));
});

// "a given API key can only be associated with one usage plan for each stage of your API": https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
test('a key is in one plan of a stage only', async () => {
  const { v1, socket, key } = keysStage();
  const apiId = await socket('prod', 'beta');
  const plan = async (stage: string) => (await v1('CreateUsagePlan', { name: stage, apiStages: [{ apiId, stage }] })).id as string;
  const [first, second, other] = [await plan('prod'), await plan('prod'), await plan('beta')];
  const keyId = await key('k');
  const add = (usagePlanId: string) => v1('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' });
  await add(first);
  const conflict = refusal('ConflictException', `Usage Plan ${second} cannot be added because API Key ${keyId} cannot reference multiple Usage Plans with the same API stage: ${apiId}:prod`);
  await assert.rejects(add(second), conflict);
  await add(other);
  await assert.rejects(v1('UpdateUsagePlan', { usagePlanId: other, patchOperations: [{ op: 'add', path: '/apiStages', value: `${apiId}:prod` }] }), refusal('ConflictException', /cannot reference multiple Usage Plans/));
});

test('tags and the account', async () => {
  const { v1, key } = keysStage();
  const { id } = await v1('CreateUsagePlan', { name: 'p' });
  for (const resourceArn of [`arn:aws:apigateway:us-east-1::/apikeys/${await key('k')}`, `arn:aws:apigateway:us-east-1::/usageplans/${id}`]) {
    await v1('TagResource', { resourceArn, tags: { a: '1', b: '2' } });
    await v1('UntagResource', { resourceArn, tagKeys: ['a'] });
    assert.deepEqual(await v1('GetTags', { resourceArn }), { tags: { b: '2' } });
  }
  for (const resourceArn of ['arn:aws:apigateway:us-east-1::/restapis/x', 'arn:aws:apigateway:eu-west-1::/usageplans/x', 'x']) await assert.rejects(async () => v1('GetTags', { resourceArn }), refusal('BadRequestException', /Invalid resource ARN/));
  assert.deepEqual(await v1('GetAccount'), { throttleSettings: { rateLimit: 10_000, burstLimit: 5000 }, features: ['UsagePlans'], apiKeyVersion: '4' });
});

test('there are as many keys and plans as the limits say', async () => {
  const { v1 } = keysStage({ limits: { value: () => 1 } });
  await v1('CreateApiKey');
  await assert.rejects(v1('CreateApiKey'), refusal('LimitExceededException', /api keys has been reached: 1/));
  await v1('CreateUsagePlan', { name: 'p' });
  await assert.rejects(v1('CreateUsagePlan', { name: 'q' }), refusal('LimitExceededException', /usage plans/));
});

test('usage is changed by all of the operations of a call or by none, and told of ninety days at most', async () => {
  const said: number[] = [];
  const asked: (readonly [number, number])[] = [];
  const usage: UsageBook = {
    days: (_plan, _key, { from, to }) => (asked.push([from, to]), []),
    setLeft: async (_use, left) => void said.push(left),
  };
  const { v1, key } = keysStage({ usage });
  const keyId = await key('k');
  const plan = async (more: object): Promise<string> => {
    const { id } = await v1<{ id: string }>('CreateUsagePlan', { name: 'p', ...more });
    await v1('CreateUsagePlanKey', { usagePlanId: id, keyId, keyType: 'API_KEY' });
    return id;
  };
  const usagePlanId = await plan({ quota: { limit: 10, period: 'DAY' } });
  const remaining = { op: 'replace', path: '/remaining', value: '3' };
  await assert.rejects(v1('UpdateUsage', { usagePlanId, keyId, patchOperations: [remaining, { ...remaining, path: '/used' }] }), { code: 'BadRequestException' });
  await assert.rejects(v1('UpdateUsage', { usagePlanId, keyId, patchOperations: [{ ...remaining, value: '-1' }] }), { code: 'BadRequestException' });
  await assert.rejects(v1('UpdateUsage', { usagePlanId: await plan({}), keyId, patchOperations: [remaining] }), { code: 'BadRequestException' });
  assert.deepEqual(said, []);
  await v1('UpdateUsage', { usagePlanId, keyId, patchOperations: [remaining, { ...remaining, value: '4' }] });
  assert.deepEqual(said, [4]);

  asked.length = 0;
  const between = (startDate: string, endDate: string): Promise<{ items: object }> => v1('GetUsage', { usagePlanId, startDate, endDate });
  for (const [from, to] of [['2026-01-02', '2026-01-01'], ['2026-01-01', '2026-04-01'], ['2026-02-30', '2026-03-01']] as const) await assert.rejects(between(from, to), { code: 'BadRequestException' }, from);
  assert.deepEqual((await between('2026-01-01', '2026-01-02')).items, { [keyId]: [[0, 10], [0, 10]] });
  // a period of a day begins with it: what was before is not looked at
  assert.deepEqual(asked.map(([from, to]) => to - from), [1]);
});
