/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { by, Installation, says } from './installation.ts';

const values = (count: number): readonly object[] => [{ Field: 'path-pattern', PathPatternConfig: { Values: Array.from({ length: count }, (_value, i) => `/${i}`) } }];

test("AWS's quotas are in force", async () => {
  await using installation = await Installation.open();
  const door = await installation.door(await installation.balancer());
  await installation.rule(door, 1, { when: values(5), action: says('five') });
  assert.equal(await by(door.port, { path: '/4' }), 'five');
  await assert.rejects(installation.rule(door, 2, { when: values(6), action: says('six') }), { code: 'ValidationError' });
  const groups = await Promise.all([1, 2, 3, 4, 5, 6].map(() => installation.group([])));
  const forward = (count: number): object => ({ Type: 'forward', ForwardConfig: { TargetGroups: groups.slice(0, count).map((TargetGroupArn) => ({ TargetGroupArn, Weight: 1 })) } });
  await installation.rule(door, 2, { when: values(1), action: forward(5) as Readonly<Record<string, unknown>> });
  await assert.rejects(installation.rule(door, 3, { when: values(1), action: forward(6) as Readonly<Record<string, unknown>> }), (error: Error & { code?: string }) => /TargetGroups|target groups/i.test(error.message));
});

test('settings of the installation lift them, and are told by DescribeAccountLimits', async () => {
  await using installation = await Installation.open({ limits: 'condition-values-per-alb-rule=7' });
  const door = await installation.door(await installation.balancer());
  await installation.rule(door, 1, { when: values(7), action: says('seven') });
  assert.equal(await by(door.port, { path: '/6' }), 'seven');
  const { Limits } = await installation.aws<{ Limits: { Name: string; Max: string }[] }>('elbv2', 'DescribeAccountLimits', {});
  assert.equal(Limits.find(({ Name }) => Name === 'condition-values-per-alb-rule')!.Max, '7');
});
