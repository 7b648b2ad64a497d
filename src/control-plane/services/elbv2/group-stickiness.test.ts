/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elbStage, type Stage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';

const HAS_APPLICATION_COOKIE = "When configuring a rule with multiple target groups, none of them can have stickiness of type 'app_cookie' enabled.";

interface Scene {
  readonly stage: Stage;
  readonly listener: string;
  readonly groups: readonly [string, string];
}

async function scene(): Promise<Scene> {
  const stage = await elbStage();
  return { stage, listener: await stage.listener(await stage.balancer()), groups: [await stage.group('one'), await stage.group('two')] };
}

const stick = (stage: Stage, TargetGroupArn: string, attributes: Readonly<Record<string, string>>) =>
  stage.elb('ModifyTargetGroupAttributes', { TargetGroupArn, Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })) });
const BY_BALANCER = { 'stickiness.enabled': 'true' };
const BY_APPLICATION = { 'stickiness.enabled': 'true', 'stickiness.type': 'app_cookie', 'stickiness.app_cookie.cookie_name': 'SESSION' };

async function forward({ stage, listener, groups }: Scene, sticky: boolean): Promise<string> {
  const made = await stage.elb<{ Rules: [{ RuleArn: string }] }>('CreateRule', {
    ListenerArn: listener, Priority: 1, Conditions: [{ Field: 'path-pattern', Values: ['/a'] }],
    Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: groups.map((TargetGroupArn) => ({ TargetGroupArn, Weight: 1 })), TargetGroupStickinessConfig: { Enabled: sticky, DurationSeconds: 60 } } }],
  });
  return made.Rules[0].RuleArn;
}

test('several target groups are forwarded to together where they are sticky by the balancer\'s cookie, and the rule keeps clients with a group', async () => {
  const at = await scene();
  await stick(at.stage, at.groups[1], BY_BALANCER);
  await assert.rejects(forward(at, false), awsError('InvalidLoadBalancerAction', 'You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups'));
  await forward(at, true);
  await stick(at.stage, at.groups[0], BY_BALANCER);
});

test('one that is sticky by a cookie of the application is alone', async () => {
  const at = await scene();
  await stick(at.stage, at.groups[0], BY_APPLICATION);
  await assert.rejects(forward(at, true), awsError('InvalidLoadBalancerAction', HAS_APPLICATION_COOKIE));
  await at.stage.elb('ModifyListener', { ListenerArn: at.listener, DefaultActions: [{ Type: 'forward', TargetGroupArn: at.groups[0] }] });
});

test('a group of several is not made sticky behind the back of the rule', async () => {
  const at = await scene();
  const rule = await forward(at, false);
  await assert.rejects(
    stick(at.stage, at.groups[0], BY_BALANCER),
    awsError('InvalidConfigurationRequest', `This target group appears behind a rule with group stickiness disabled (${rule}). You must enable group stickiness before enabling target stickiness`),
  );
  await assert.rejects(stick(at.stage, at.groups[0], BY_APPLICATION), awsError('InvalidConfigurationRequest', HAS_APPLICATION_COOKIE));
  await stick(at.stage, at.groups[0], { 'slow_start.duration_seconds': '30' });
  await at.stage.elb('DeleteRule', { RuleArn: rule });
  await stick(at.stage, at.groups[0], BY_BALANCER);
});
