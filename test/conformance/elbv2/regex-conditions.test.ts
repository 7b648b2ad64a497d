/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { by, Installation, NOTHING, says, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
before(async () => {
  installation = await Installation.open();
  door = await installation.door(await installation.balancer(), NOTHING);
  const rule = (priority: number, condition: object): Promise<string> => installation.rule(door, priority, { when: [condition], action: says(String(priority)) });
  await rule(1, { Field: 'host-header', HostHeaderConfig: { RegexValues: ['^(.+)\\.(dev|test)\\.example\\.com$'] } });
  await rule(2, { Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/api/v[0-9]{1,30}/', '\\.(png|jpg)$'] } });
  await rule(3, { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'User-Agent', RegexValues: ['chrome/(9|1[0-9])[0-9]\\b'] } });
});
after(() => installation[Symbol.asyncDispose]());

for (const [asked, expected] of [
  [{ host: 'shop.dev.example.com' }, '1'],
  [{ host: 'SHOP.Test.Example.com:8080' }, '1'],
  [{ host: 'shop.prod.example.com' }, 'default'],
  [{ path: '/api/v12/users?x=1' }, '2'],
  [{ path: '/API/v12/users' }, 'default'],
  [{ path: '/x?img.png' }, 'default'],
  [{ path: '/img/a.jpg' }, '2'],
  [{ headers: 'User-Agent: Mozilla/5.0 Chrome/123.0\r\n' }, '3'],
  [{ headers: 'User-Agent: Mozilla/5.0 Chrome/80.0\r\n' }, 'default'],
] as const) {
  test(`${JSON.stringify(asked)} is served by ${expected}`, async () => {
    assert.equal(await by(door.port, asked), expected);
  });
}

test('a text made to make an expression run away does not', async () => {
  await installation.rule(door, 4, { when: [{ Field: 'path-pattern', RegexValues: ['^/((a+)+)+$'] }], action: says('4') });
  const begun = performance.now();
  assert.equal(await by(door.port, { path: `/${'a'.repeat(10_000)}b` }), 'default');
  assert.ok(performance.now() - begun < 20_000);
});
