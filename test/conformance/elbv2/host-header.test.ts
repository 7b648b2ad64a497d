/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#host-conditions */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { by, Installation, says, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
before(async () => {
  installation = await Installation.open();
  door = await installation.door(await installation.balancer());
  const host = (...Values: readonly string[]): object => ({ Field: 'host-header', HostHeaderConfig: { Values } });
  await installation.rule(door, 1, { when: [host('example.com')], action: says('exact') });
  await installation.rule(door, 2, { when: [host('*.Example.com')], action: says('subdomains') });
  await installation.rule(door, 3, { when: [host('test?.example.org', 'live.example.org')], action: says('several') });
  await installation.rule(door, 4, { when: [host('*.co.uk')], action: says('uk') });
});
after(() => installation[Symbol.asyncDispose]());

for (const [host, expected] of [
  ['example.com', 'exact'], ['EXAMPLE.com', 'exact'], ['example.com:8080', 'exact'],
  ['www.example.com', 'subdomains'], ['a.b.example.com', 'subdomains'], ['WWW.EXAMPLE.COM:80', 'subdomains'], ['badexample.com', 'default'],
  ['test1.example.org', 'several'], ['test.example.org', 'default'], ['test12.example.org', 'default'], ['LIVE.example.org', 'several'],
  ['shop.co.uk', 'uk'], ['co.uk', 'default'], ['192.0.2.1', 'default'],
] as const) {
  test(`${host} is served by ${expected}`, async () => {
    assert.equal(await by(door.port, { host }), expected);
  });
}
