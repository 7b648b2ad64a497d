/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#query-string-conditions */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { by, Installation, says, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
before(async () => {
  installation = await Installation.open();
  door = await installation.door(await installation.balancer());
  const query = (...Values: readonly object[]): object => ({ Field: 'query-string', QueryStringConfig: { Values } });
  await installation.rule(door, 1, { when: [query({ Key: 'version', Value: 'v1' }, { Value: '*example*' })], action: says('guide') });
  await installation.rule(door, 2, { when: [query({ Key: 'a', Value: '1' }), query({ Key: 'b', Value: '2?' })], action: says('both') });
  await installation.rule(door, 3, { when: [query({ Key: 'lit', Value: '\\*\\?' })], action: says('escaped') });
});
after(() => installation[Symbol.asyncDispose]());

for (const [path, expected] of [
  ['/?version=v1', 'guide'], ['/?VERSION=V1', 'guide'], ['/?x=1&version=v1&y=2', 'guide'], ['/?version=v10', 'default'], ['/?version', 'default'],
  ['/?any=an-example-of', 'guide'], ['/?example=1', 'default'], ['/version=v1', 'default'],
  ['/?a=1&b=23', 'both'], ['/?b=23&a=1', 'both'], ['/?a=1', 'default'], ['/?a=1&b=2', 'default'], ['/?a=2&a=1&b=20', 'both'],
  ['/?lit=*?', 'escaped'], ['/?lit=ab', 'default'], ['/', 'default'], ['/?', 'default'],
] as const) {
  test(`${path} is served by ${expected}`, async () => {
    assert.equal(await by(door.port, { path }), expected);
  });
}
