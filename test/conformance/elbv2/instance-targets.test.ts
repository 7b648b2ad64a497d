/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { by, get, Installation, type Door, type Target } from './installation.ts';

let installation: Installation;
let door: Door;
let group: string;
let target: Target;
let id: string;
before(async () => {
  installation = await Installation.open();
  target = await installation.target();
  const vpc = await installation.aws<{ Vpcs: { VpcId: string; IsDefault: boolean }[] }>('ec2', 'DescribeVpcs', {});
  const VpcId = vpc.Vpcs.find(({ IsDefault }) => !IsDefault)!.VpcId;
  const { Subnets } = await installation.aws<{ Subnets: { SubnetId: string }[] }>('ec2', 'DescribeSubnets', { Filters: [{ Name: 'vpc-id', Values: [VpcId] }] });
  const launched = await installation.aws<{ Instances: { InstanceId: string }[] }>('ec2', 'RunInstances', { ImageId: 'ami-12345678', MinCount: 1, MaxCount: 1, SubnetId: Subnets[0]!.SubnetId });
  id = launched.Instances[0]!.InstanceId;
  group = await installation.group([], { more: { TargetType: 'instance', Port: target.port } });
  door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group });
});
after(() => installation[Symbol.asyncDispose]());

interface Health {
  readonly Target: { readonly Id: string; readonly Port: number };
  readonly TargetHealth: { readonly State: string; readonly Reason?: string };
}

async function health(): Promise<readonly Health[]> {
  return (await installation.aws<{ TargetHealthDescriptions: Health[] }>('elbv2', 'DescribeTargetHealth', { TargetGroupArn: group })).TargetHealthDescriptions;
}

test('an instance is registered by its id, on the port of the group or one of its own, as many ports as there are', async () => {
  await installation.aws('elbv2', 'RegisterTargets', { TargetGroupArn: group, Targets: [{ Id: id }] });
  assert.deepEqual((await health()).map(({ Target }) => Target), [{ Id: id, Port: target.port }]);
  await eventually('the instance is healthy', async () => (await health())[0]!.TargetHealth.State === 'healthy', 15_000);
  assert.equal(await by(door.port), 'target');
  const other = await installation.target((_request, response) => void response.end('other'));
  await installation.aws('elbv2', 'RegisterTargets', { TargetGroupArn: group, Targets: [{ Id: id, Port: other.port }] });
  await eventually('both ports are healthy', async () => (await health()).every(({ TargetHealth }) => TargetHealth.State === 'healthy'), 15_000);
  assert.deepEqual(new Set([await by(door.port), await by(door.port)]), new Set(['target', 'other']));
  await installation.aws('elbv2', 'DeregisterTargets', { TargetGroupArn: group, Targets: [{ Id: id, Port: other.port }] });
});

test('addresses are no instances, and instances that are not there are refused', async () => {
  const register = (Id: string): Promise<unknown> => installation.aws('elbv2', 'RegisterTargets', { TargetGroupArn: group, Targets: [{ Id }] });
  await assert.rejects(register('10.0.0.9'), { code: 'ValidationError' });
  await assert.rejects(register('i-0123456789abcdef0'), { code: 'InvalidTarget' });
});

test('a stopped instance is unused and gets nothing, and is refused when it is registered', async () => {
  await installation.aws('ec2', 'StopInstances', { InstanceIds: [id] });
  const { State, Reason } = (await health()).find(({ Target }) => Target.Port === target.port)!.TargetHealth;
  assert.deepEqual([State, Reason], ['unused', 'Target.InvalidState']);
  assert.equal((await get(door.port)).status, 503);
  await assert.rejects(installation.aws('elbv2', 'RegisterTargets', { TargetGroupArn: group, Targets: [{ Id: id, Port: 1 }] }), { code: 'InvalidTarget' });
});

test('a terminated instance is let go: it is listed no longer, and drains for whoever asks for it', async () => {
  await installation.aws('ec2', 'TerminateInstances', { InstanceIds: [id] });
  assert.deepEqual(await health(), []);
  const { TargetHealthDescriptions: asked } = await installation.aws<{ TargetHealthDescriptions: Health[] }>('elbv2', 'DescribeTargetHealth', { TargetGroupArn: group, Targets: [{ Id: id }] });
  assert.deepEqual(asked.map(({ TargetHealth }) => [TargetHealth.State, TargetHealth.Reason]), [['draining', 'Target.DeregistrationInProgress']]);
});
