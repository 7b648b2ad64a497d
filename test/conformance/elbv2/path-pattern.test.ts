/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { by, Installation, says, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
before(async () => {
  installation = await Installation.open();
  door = await installation.door(await installation.balancer());
  const path = (...Values: readonly string[]): object => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
  await installation.rule(door, 1, { when: [path('/img/*')], action: says('img') });
  await installation.rule(door, 2, { when: [path('/img/*/pics')], action: says('never: /img/* is before') });
  await installation.rule(door, 3, { when: [path('/a?c')], action: says('a?c') });
  await installation.rule(door, 4, { when: [path('/one', '/two/*', '*.png')], action: says('several') });
  await installation.rule(door, 5, { when: [path('/Exact')], action: says('exact') });
  await installation.rule(door, 6, { when: [path("/_-.$/~\"'@:+&")], action: says('signs') });
  await installation.rule(door, 7, { when: [path('/*/x/*/y')], action: says('stars') });
});
after(() => installation[Symbol.asyncDispose]());

for (const [path, expected] of [
  ['/img/', 'img'], ['/img/a/pics', 'img'], ['/img', 'default'], ['/IMG/a', 'default'],
  ['/abc', 'a?c'], ['/ac', 'default'], ['/abbc', 'default'], ['/a/c', 'a?c'],
  ['/one', 'several'], ['/two/', 'several'], ['/two', 'default'], ['/deep/er.png', 'several'], ['/er.PNG', 'default'], ['/one/', 'default'],
  ['/Exact', 'exact'], ['/exact', 'default'], ['/Exact?query=1', 'exact'], ['/other?/Exact', 'default'],
  ['/%45xact', 'default'], ["/_-.$/~\"'@:+&", 'signs'],
  ['/1/x/2/y', 'stars'], ['/1/x/y', 'default'], ['/1/x/2/3/y', 'stars'],
] as const) {
  test(`${path} is served by ${expected}`, async () => {
    assert.equal(await by(door.port, { path }), expected);
  });
}
