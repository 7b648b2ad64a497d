/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#http-header-conditions */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { by, Installation, says, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
before(async () => {
  installation = await Installation.open();
  door = await installation.door(await installation.balancer());
  const header = (HttpHeaderName: string, ...Values: readonly string[]): object => ({ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName, Values } });
  await installation.rule(door, 1, { when: [header('User-Agent', '*Chrome*', '*Safari*')], action: says('browser') });
  await installation.rule(door, 2, { when: [header('X-Two', 'yes'), header('X-Three', 'v?')], action: says('both') });
  await installation.rule(door, 3, { when: [header('X-Exact', 'Mixed Case')], action: says('exact') });
});
after(() => installation[Symbol.asyncDispose]());

for (const [headers, expected] of [
  ['User-Agent: Mozilla Chrome/1\r\n', 'browser'], ['user-agent: mozilla SAFARI\r\n', 'browser'], ['User-Agent: curl\r\n', 'default'], ['X-User-Agent: Chrome\r\n', 'default'],
  ['X-Two: yes\r\nX-Three: v1\r\n', 'both'], ['X-Two: yes\r\n', 'default'], ['X-Two: yes\r\nX-Three: v12\r\n', 'default'],
  ['X-Two: no\r\nX-Two: yes\r\nX-Three: v1\r\n', 'both'], ['X-Two: no, yes\r\nX-Three: v1\r\n', 'default'],
  ['x-exact:   mixed case  \r\n', 'exact'], ['X-Exact: mixed  case\r\n', 'default'], ['X-Exact: \r\n', 'default'],
] as const) {
  test(`${JSON.stringify(headers)} is served by ${expected}`, async () => {
    assert.equal(await by(door.port, { headers }), expected);
  });
}
