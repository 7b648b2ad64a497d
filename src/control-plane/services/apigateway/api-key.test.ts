import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../../../../test/support/refusal.ts';
import { keysStage } from '../../../../test/support/keys-stage.ts';

const VALUE = 'apikey1234abcdefghij0123456789';

// https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html
test('a key is made with a value of its own or a given one, which is shown only to who asks for it', async () => {
  const { v1, environment } = keysStage();
  const made = await v1('CreateApiKey', { name: 'first', description: 'one', customerId: 'c', tags: { a: '1' } });
  assert.match(made.id, /^[a-z0-9]{10}$/);
  assert.match(made.value, /^[A-Za-z0-9]{40}$/);
  const now = new Date(environment.clock.now());
  const rest = { ...made };
  delete rest.value;
  assert.deepEqual(rest, { id: made.id, name: 'first', description: 'one', customerId: 'c', enabled: false, createdDate: now, lastUpdatedDate: now, stageKeys: [], tags: { a: '1' } });
  assert.deepEqual(await v1('GetApiKey', { apiKey: made.id }), rest);
  assert.deepEqual(await v1('GetApiKey', { apiKey: made.id, includeValue: true }), made);
  assert.equal((await v1('CreateApiKey', { value: VALUE, enabled: true })).value, VALUE);
  await assert.rejects(v1('CreateApiKey', { value: VALUE }), refusal('ConflictException', 'API Key already exists'));
  assert.equal((await v1('CreateApiKey', { value: VALUE }, { region: 'eu-west-1' })).value, VALUE);
  await assert.rejects(v1('CreateApiKey', { value: 'a'.repeat(19) }), refusal('BadRequestException', 'API Key value should be at least 20 characters'));
  await assert.rejects(v1('CreateApiKey', { value: 'a'.repeat(129) }), refusal('BadRequestException', 'API Key value exceeds maximum size of 128 characters'));
  for (const wrong of [`${VALUE}\n`, `${VALUE} x`, `${VALUE}é`]) await assert.rejects(v1('CreateApiKey', { value: wrong }), refusal('BadRequestException', /printable/));
  await assert.rejects(v1('CreateApiKey', { stageKeys: [{ restApiId: 'a', stageName: 'b' }] }), refusal('BadRequestException', /usage plans/));
  await assert.rejects(v1('CreateApiKey', { name: 'n'.repeat(1025) }), refusal('BadRequestException', /1024/));
});

test('a key without tags shows them empty where it is read or updated, and not where it is made or listed', async () => {
  const { v1 } = keysStage();
  const made = await v1('CreateApiKey', { name: 'bare' });
  assert.deepEqual([made.tags, (await v1('GetApiKeys')).items[0].tags], [undefined, undefined]);
  assert.deepEqual((await v1('GetApiKey', { apiKey: made.id })).tags, {});
  assert.deepEqual((await v1('UpdateApiKey', { apiKey: made.id })).tags, {});
});

test('keys of others are not there', async () => {
  const { v1 } = keysStage();
  const { id } = await v1('CreateApiKey');
  for (const call of [{ account: '111111111111' }, { region: 'eu-west-1' }]) {
    for (const operation of ['GetApiKey', 'UpdateApiKey', 'DeleteApiKey']) await assert.rejects(v1(operation, { apiKey: id }, call), refusal('NotFoundException', 'Invalid API Key identifier specified'));
    assert.deepEqual((await v1('GetApiKeys', {}, call)).items, []);
  }
});

// https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html
test('keys are listed by pages, by the beginning of their name, by customer', async () => {
  const { v1 } = keysStage();
  for (let at = 0; at < 30; at++) await v1('CreateApiKey', { name: `key-${at}`, ...(at % 2 === 0 ? { customerId: 'even' } : {}) });
  const first = await v1('GetApiKeys');
  assert.equal(first.items.length, 25);
  assert.equal(first.items[0].value, undefined);
  const second = await v1('GetApiKeys', { position: first.position, includeValues: true });
  assert.deepEqual([second.items.length, second.position, second.items[0].value.length], [5, undefined, 40]);
  assert.equal((await v1('GetApiKeys', { limit: 500, customerId: 'even' })).items.length, 15);
  assert.deepEqual((await v1('GetApiKeys', { nameQuery: 'key-2', limit: 3 })).items.map(({ name }: { readonly name: string }) => name), ['key-2', 'key-20', 'key-21']);
  await assert.rejects(async () => v1('GetApiKeys', { position: 'x' }), refusal('BadRequestException', 'Invalid position parameter specified'));
  await assert.rejects(async () => v1('GetApiKeys', { limit: 0 }), refusal('BadRequestException', /greater than 0/));
});

// https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
test('a key is patched: name, description, customer, whether it is enabled', async () => {
  const { v1, environment } = keysStage();
  const { id } = await v1('CreateApiKey', { name: 'a', description: 'b' });
  environment.clock.advance(1000);
  const replace = (path: string, value: string) => ({ op: 'replace', path, value });
  const patched = await v1('UpdateApiKey', { apiKey: id, patchOperations: [replace('/name', 'n'), replace('/description', ''), replace('/enabled', 'TRUE'), replace('/customerId', 'c')] });
  assert.deepEqual([patched.name, patched.description, patched.enabled, patched.customerId, patched.value, patched.lastUpdatedDate.getTime() - patched.createdDate.getTime()], ['n', undefined, true, 'c', undefined, 1000]);
  const patch = (operation: object) => v1('UpdateApiKey', { apiKey: id, patchOperations: [operation] });
  await assert.rejects(patch(replace('/value', 'x')), refusal('BadRequestException', "Invalid patch path  '/value' specified for op 'replace'. Must be one of: [/customerId, /description, /enabled, /name]"));
  await assert.rejects(patch({ op: 'remove', path: '/name' }), refusal('BadRequestException', "Invalid patch path  '/name' specified for op 'remove'. Please choose supported operations"));
  await assert.rejects(patch(replace('/enabled', 'yes')), refusal('BadRequestException', /true or false/));
});

test('a deleted key leaves its plans', async () => {
  const { v1, key } = keysStage();
  const id = await key('gone');
  const { id: plan } = await v1('CreateUsagePlan', { name: 'plan' });
  await v1('CreateUsagePlanKey', { usagePlanId: plan, keyId: id, keyType: 'API_KEY' });
  await v1('DeleteApiKey', { apiKey: id });
  assert.deepEqual(await v1('GetUsagePlanKeys', { usagePlanId: plan }), { items: [] });
  await assert.rejects(v1('DeleteApiKey', { apiKey: id }), refusal('NotFoundException', 'Invalid API Key identifier specified'));
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html
test('keys are imported from a file with their plans; one that is there is overwritten', async () => {
  const { v1 } = keysStage();
  const plans = await Promise.all(['p', 'q'].map(async (name) => (await v1('CreateUsagePlan', { name })).id as string));
  const body = `\uFEFFEnabled,Name,key,Ignored,Description,UsagePlanIds\r\nfalse,one,${VALUE},x,"says ""hi"", twice","${plans.join(',')}"\r\n,two,${VALUE}2,,,${plans[0]}\r\n`;
  const { ids, warnings } = await v1('ImportApiKeys', { body: Buffer.from(body), format: 'csv' });
  assert.deepEqual([ids.length, warnings], [2, []]);
  const { items } = await v1('GetApiKeys', { includeValues: true });
  assert.deepEqual(items.map(({ name, value, enabled, description }: Readonly<Record<string, unknown>>) => [name, value, enabled, description]), [['one', VALUE, false, 'says "hi", twice'], ['two', `${VALUE}2`, true, undefined]]);
  assert.deepEqual((await v1('GetUsagePlans', { keyId: ids[0] })).items.length, 2);
  assert.deepEqual(await v1('ImportApiKeys', { body: Buffer.from(`name,key\nnew,${VALUE}`), format: 'csv' }), { ids: [ids[0]], warnings: [] });
  const again = await v1('GetApiKey', { apiKey: ids[0] });
  assert.deepEqual([again.name, again.enabled], ['new', true]);
});

test('what cannot be imported is warned of, or ends the import where warnings are to fail', async () => {
  const { v1 } = keysStage();
  const body = Buffer.from(`name,key,usageplanids\nshort,abc,\nfine,${VALUE},absent\n`);
  await assert.rejects(v1('ImportApiKeys', { body, format: 'csv', failOnWarnings: true }), refusal('BadRequestException', /at least 20 characters/));
  assert.deepEqual((await v1('GetApiKeys')).items, []);
  const { ids, warnings } = await v1('ImportApiKeys', { body, format: 'csv' });
  assert.equal(ids.length, 1);
  assert.deepEqual(warnings, ['Line 2: API Key value should be at least 20 characters', 'Line 3: absent: Invalid Usage Plan ID specified']);
  // blank lines, and those within quotes, are lines of the file too
  const spread = Buffer.from(`\n\nname,key,description\n\n,,\nshort,abc,"a\nb"\r\n\r\nshorter,ab,\n`);
  assert.deepEqual((await v1('ImportApiKeys', { body: spread, format: 'csv' })).warnings.map((warning: string) => warning.slice(0, 7)), ['Line 6:', 'Line 9:']);
  for (const wrong of ['', 'name\nx', 'key\nx', 'name,key\n"open,x']) await assert.rejects(v1('ImportApiKeys', { body: Buffer.from(wrong), format: 'csv' }), refusal('BadRequestException', /Invalid API Key file/), wrong);
});
