/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { by, Installation, says, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
before(async () => {
  installation = await Installation.open();
  door = await installation.door(await installation.balancer());
});
after(() => installation[Symbol.asyncDispose]());

const path = (...Values: readonly string[]): object => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
const host = (...Values: readonly string[]): object => ({ Field: 'host-header', HostHeaderConfig: { Values } });
const method = (...Values: readonly string[]): object => ({ Field: 'http-request-method', HttpRequestMethodConfig: { Values } });

test('rules are tried from the lowest priority to the highest, the default action last', async () => {
  const late = await installation.rule(door, 50_000, { when: [path('/*')], action: says('late') });
  const early = await installation.rule(door, 10, { when: [path('/a/*')], action: says('early') });
  assert.equal(await by(door.port, { path: '/a/b' }), 'early');
  assert.equal(await by(door.port, { path: '/b' }), 'late');
  await installation.aws('elbv2', 'SetRulePriorities', { RulePriorities: [{ RuleArn: late, Priority: 5 }] });
  assert.equal(await by(door.port, { path: '/a/b' }), 'late');
  await installation.aws('elbv2', 'DeleteRule', { RuleArn: late });
  assert.equal(await by(door.port, { path: '/a/b' }), 'early');
  assert.equal(await by(door.port, { path: '/b' }), 'default');
  await installation.aws('elbv2', 'DeleteRule', { RuleArn: early });
  assert.equal(await by(door.port, { path: '/a/b' }), 'default');
});

test('one value of each condition is enough, and every condition must hold', async () => {
  const rule = await installation.rule(door, 20, { when: [path('/x', '/y'), host('a.example', 'b.example'), method('GET')], action: says('all') });
  for (const [asked, expected] of [
    [{ path: '/x', host: 'a.example' }, 'all'],
    [{ path: '/y', host: 'b.example' }, 'all'],
    [{ path: '/y', host: 'c.example' }, 'default'],
    [{ path: '/z', host: 'a.example' }, 'default'],
    [{ path: '/x', host: 'a.example', method: 'PUT' }, 'default'],
  ] as const) assert.equal(await by(door.port, asked), expected, JSON.stringify(asked));
  await installation.aws('elbv2', 'ModifyRule', { RuleArn: rule, Actions: [says('changed')] });
  assert.equal(await by(door.port, { path: '/x', host: 'a.example' }), 'changed');
  await installation.aws('elbv2', 'DeleteRule', { RuleArn: rule });
});

test('the default action may be changed', async () => {
  await installation.aws('elbv2', 'ModifyListener', { ListenerArn: door.arn, DefaultActions: [says('new default')] });
  assert.equal(await by(door.port), 'new default');
});
