/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeTargetGroupAttributesOutput, DescribeTargetGroupsOutput, DescribeTargetHealthOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { call, elbStage, type Stage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';

const group = (stage: Stage, name = 'front', more: object = {}) => stage.group(name, { TargetType: 'alb', Protocol: 'TCP', ...more });
const register = (stage: Stage, arn: string, ...Targets: object[]) => stage.elb('RegisterTargets', { TargetGroupArn: arn, Targets });
const deregister = (stage: Stage, arn: string, ...Targets: object[]) => stage.elb('DeregisterTargets', { TargetGroupArn: arn, Targets });
const states = async (stage: Stage, arn: string, more: object = {}) =>
  (await stage.elb<DescribeTargetHealthOutput>('DescribeTargetHealth', { TargetGroupArn: arn, ...more })).TargetHealthDescriptions!.map((each) => [each.Target, each.HealthCheckPort, each.TargetHealth?.State, each.TargetHealth?.Reason]);

test('a group of a load balancer has AWS\'s defaults', async () => {
  const stage = await elbStage();
  const arn = await group(stage);
  assert.equal(await group(stage), arn, 'creation is idempotent');
  const { TargetGroups } = await stage.elb<DescribeTargetGroupsOutput>('DescribeTargetGroups', {});
  assert.deepEqual(TargetGroups, [{
    TargetGroupArn: arn, TargetGroupName: 'front', Protocol: 'TCP', Port: 80, VpcId: 'vpc-1', HealthCheckProtocol: 'HTTP', HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true, HealthCheckIntervalSeconds: 30, HealthCheckTimeoutSeconds: 6, HealthyThresholdCount: 5, UnhealthyThresholdCount: 2,
    HealthCheckPath: '/', Matcher: { HttpCode: '200-399' }, LoadBalancerArns: [], TargetType: 'alb', IpAddressType: 'ipv4',
  }]);
});

test('it speaks TCP, and its health checks HTTP or HTTPS', async () => {
  const stage = await elbStage();
  const out = await stage.elb<DescribeTargetGroupsOutput>('CreateTargetGroup', { Name: 'secure', TargetType: 'alb', Protocol: 'TCP', Port: 443, VpcId: 'vpc-1', HealthCheckProtocol: 'HTTPS' });
  assert.equal(out.TargetGroups![0]!.HealthCheckTimeoutSeconds, 10);
  for (const Protocol of ['HTTP', 'HTTPS', 'TLS', 'UDP']) await assert.rejects(group(stage, 'x', { Protocol }), awsError('InvalidConfigurationRequest', `Target type 'alb' is not supported for target groups with ${Protocol} protocol`));
  await assert.rejects(group(stage, 'x', { Protocol: undefined }), awsError('ValidationError', 'A protocol must be specified'));
  await assert.rejects(group(stage, 'x', { Port: undefined }), awsError('ValidationError', 'A port must be specified'));
  await assert.rejects(group(stage, 'x', { VpcId: undefined }), awsError('ValidationError', 'A VPC ID must be specified'));
  await assert.rejects(group(stage, 'x', { ProtocolVersion: 'HTTP1' }), awsError('ValidationError', "You cannot specify the protocol version for a target group with the 'TCP' protocol"));
  await assert.rejects(group(stage, 'x', { IpAddressType: 'ipv6' }), awsError('InvalidConfigurationRequest', "Target type 'alb' is not supported with an IPv6 target group"));
  await assert.rejects(group(stage, 'x', { HealthCheckProtocol: 'TCP' }), awsError('ValidationError', "Health check protocol 'TCP' must be one of 'HTTP, HTTPS'"));
  await assert.rejects(group(stage, 'x', { HealthCheckEnabled: false }), awsError('ValidationError', "must be true for target groups with target type 'alb'"));
  await assert.rejects(group(stage, 'x', { Matcher: { HttpCode: '200-600' } }), awsError('ValidationError', "within '200-599'"));
  const TargetGroupArn = await group(stage);
  const changed = await stage.elb<DescribeTargetGroupsOutput>('ModifyTargetGroup', { TargetGroupArn, HealthCheckPath: '/up', HealthCheckPort: '8080', UnhealthyThresholdCount: 3, Matcher: { HttpCode: '200,503-599' } });
  const { HealthCheckPath, HealthCheckPort, UnhealthyThresholdCount, Matcher } = changed.TargetGroups![0]!;
  assert.deepEqual([HealthCheckPath, HealthCheckPort, UnhealthyThresholdCount, Matcher], ['/up', '8080', 3, { HttpCode: '200,503-599' }]);
});

test('its attributes keep their default values', async () => {
  const stage = await elbStage();
  const TargetGroupArn = await group(stage);
  const { Attributes } = await stage.elb<DescribeTargetGroupAttributesOutput>('DescribeTargetGroupAttributes', { TargetGroupArn });
  const value = Object.fromEntries(Attributes!.map((each) => [each.Key, each.Value]));
  assert.deepEqual([value['deregistration_delay.timeout_seconds'], value['stickiness.type'], value['proxy_protocol_v2.enabled'], value['load_balancing.algorithm.type']], ['300', 'source_ip', 'false', undefined]);
  const modify = (Key: string, Value: string) => stage.elb('ModifyTargetGroupAttributes', { TargetGroupArn, Attributes: [{ Key, Value }] });
  for (const [key, to] of [['deregistration_delay.timeout_seconds', '10'], ['stickiness.type', 'source_ip'], ['preserve_client_ip.enabled', 'false'], ['lambda.multi_value_headers.enabled', 'true']] as const) {
    await assert.rejects(modify(key, to), awsError('InvalidConfigurationRequest', `target type 'alb' does not support the attribute ${key}`));
  }
  await assert.rejects(modify('nope', '1'), awsError('ValidationError', 'is not recognized'));
});

test('its target is one load balancer of the VPC that listens on the port, and unused', async () => {
  const stage = await elbStage();
  const arn = await group(stage);
  const balancer = await stage.balancer();
  await assert.rejects(register(stage, arn, { Id: '10.0.0.7' }), awsError('ValidationError', "'10.0.0.7' is not a valid load balancer ARN"));
  await assert.rejects(register(stage, arn, { Id: balancer }), awsError('ValidationError', /^If the target type is ALB, the target must have at least one listener that matches the target group port/));
  await stage.listener(balancer);
  await stage.listener(balancer, 8080);
  const elsewhere = await group(stage, 'elsewhere', { VpcId: 'vpc-2' });
  await assert.rejects(register(stage, elsewhere, { Id: balancer }), awsError('InvalidTarget', "not in the target group VPC 'vpc-2'"));
  await assert.rejects(stage.elb('RegisterTargets', { TargetGroupArn: arn, Targets: [{ Id: balancer.replace('123456789012', '210987654321') }] }), awsError('LoadBalancerNotFound'));
  await assert.rejects(register(stage, arn, { Id: balancer, AvailabilityZone: 'all' }), awsError('ValidationError', "target type 'alb'"));
  await assert.rejects(register(stage, arn, { Id: balancer }, { Id: balancer, Port: 8080 }), awsError('ValidationError', "Up to '1' Application Load Balancer target(s) can be registered, but '2' were specified"));
  await register(stage, arn, { Id: balancer });
  await register(stage, arn, { Id: balancer, Port: 80 });
  const other = await stage.balancer('other');
  await stage.listener(other);
  await assert.rejects(register(stage, arn, { Id: other }), awsError('TooManyTargets'));
  assert.deepEqual(await states(stage, arn), [[{ Id: balancer, Port: 80 }, '80', 'unused', 'Target.NotInUse']]);
  assert.deepEqual(await states(stage, arn, { Targets: [{ Id: other }] }), [[{ Id: other, Port: 80 }, '80', 'unused', 'Target.NotRegistered']]);
  await deregister(stage, arn, { Id: other });
  await deregister(stage, arn, { Id: balancer });
  assert.deepEqual(await states(stage, arn), []);
  await register(stage, arn, { Id: balancer, Port: 8080 });
  assert.deepEqual(await states(stage, arn), [[{ Id: balancer, Port: 8080 }, '8080', 'unused', 'Target.NotInUse']]);
  await stage.elb('DeleteTargetGroup', { TargetGroupArn: arn });
  assert.deepEqual(stage.environment.store.world.list('elbv2/target'), []);
  await assert.rejects(stage.elb('DeregisterTargets', { TargetGroupArn: elsewhere, Targets: [{ Id: `${balancer}0` }] }, call), awsError('LoadBalancerNotFound'));
});

test('a load balancer that is a target is not deleted, nor the listener on that port, nor given another port', async () => {
  const stage = await elbStage();
  const arn = await group(stage);
  const LoadBalancerArn = await stage.balancer();
  const [ListenerArn, free] = [await stage.listener(LoadBalancerArn), await stage.listener(LoadBalancerArn, 81)];
  await register(stage, arn, { Id: LoadBalancerArn });
  const inUse = awsError('ResourceInUse', `Listener port '80' is in use by registered target '${LoadBalancerArn}' and cannot be removed.`);
  await assert.rejects(stage.elb('DeleteListener', { ListenerArn }), inUse);
  await assert.rejects(stage.elb('ModifyListener', { ListenerArn, Port: 8080 }), inUse);
  await assert.rejects(stage.elb('DeleteLoadBalancer', { LoadBalancerArn }), awsError('ResourceInUse', `Load balancer '${LoadBalancerArn}' cannot be deleted because it is currently associated with another service`));
  await stage.elb('ModifyListener', { ListenerArn, Port: 80 });
  await stage.elb('DeleteListener', { ListenerArn: free });
  await deregister(stage, arn, { Id: LoadBalancerArn });
  await stage.elb('ModifyListener', { ListenerArn, Port: 8080 });
  await stage.elb('DeleteListener', { ListenerArn });
  await stage.elb('DeleteLoadBalancer', { LoadBalancerArn });
});

test('an application load balancer forwards to none of them', async () => {
  const stage = await elbStage();
  const arn = await group(stage);
  const balancer = await stage.balancer();
  const forward = { Type: 'forward', TargetGroupArn: arn };
  const refusal = awsError('IncompatibleProtocols', `The listener and the following target groups have incompatible protocols: ${arn}`);
  await assert.rejects(stage.elb('CreateListener', { LoadBalancerArn: balancer, Protocol: 'HTTP', Port: 80, DefaultActions: [forward] }), refusal);
  const ListenerArn = await stage.listener(balancer);
  await assert.rejects(stage.elb('CreateRule', { ListenerArn, Priority: 1, Conditions: [{ Field: 'path-pattern', Values: ['/a'] }], Actions: [forward] }), refusal);
  await assert.rejects(stage.elb('ModifyListener', { ListenerArn, DefaultActions: [forward] }), refusal);
});
