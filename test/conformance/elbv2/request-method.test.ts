/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#http-request-method-conditions */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, Installation, says, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
before(async () => {
  installation = await Installation.open();
  door = await installation.door(await installation.balancer());
  const method = (...Values: readonly string[]): object => ({ Field: 'http-request-method', HttpRequestMethodConfig: { Values } });
  await installation.rule(door, 1, { when: [method('GET')], action: says('reads') });
  await installation.rule(door, 2, { when: [method('POST', 'CUSTOM')], action: says('writes') });
});
after(() => installation[Symbol.asyncDispose]());

for (const [method, expected] of [['GET', 'reads'], ['POST', 'writes'], ['CUSTOM', 'writes'], ['PUT', 'default'], ['DELETE', 'default'], ['CUSTOM-TWO', 'default']] as const) {
  test(`${method} is served by ${expected}`, async () => {
    assert.equal((await get(door.port, { method })).body, expected);
  });
}

test('HEAD is a method of its own: a rule for GET does not take it', async () => {
  assert.equal((await get(door.port, { method: 'HEAD' })).status, 404);
});

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#classification-reasons (BadMethod) */
test('a method in small letters is none, unless the desync mitigation mode only looks on', async () => {
  assert.equal((await get(door.port, { method: 'custom' })).status, 400);
});
