import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeTargetGroupAttributesOutput, DescribeTargetGroupsOutput, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { elbStage, type Stage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';

async function described(stage: Stage, input: object = {}): Promise<TargetGroup[]> {
  return (await stage.elb<DescribeTargetGroupsOutput>('DescribeTargetGroups', input)).TargetGroups ?? [];
}

test('a group of addresses has AWS\'s defaults', async () => {
  const stage = await elbStage();
  const arn = await stage.group();
  assert.match(arn, /^arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup\/targets\/[0-9a-f]{16}$/);
  assert.deepEqual(await described(stage), [{
    TargetGroupArn: arn, TargetGroupName: 'targets', Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1', HealthCheckProtocol: 'HTTP', HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true, HealthCheckIntervalSeconds: 30, HealthCheckTimeoutSeconds: 5, HealthyThresholdCount: 5, UnhealthyThresholdCount: 2,
    HealthCheckPath: '/', Matcher: { HttpCode: '200' }, LoadBalancerArns: [], TargetType: 'ip', ProtocolVersion: 'HTTP1', IpAddressType: 'ipv4',
  }]);
});

test('a group for a function has no wire, and health checks off', async () => {
  const stage = await elbStage();
  const create = (more: object) => stage.elb<DescribeTargetGroupsOutput>('CreateTargetGroup', { Name: 'fn', TargetType: 'lambda', ...more });
  const [group] = (await create({})).TargetGroups ?? [];
  assert.deepEqual({ ...group, TargetGroupArn: '' }, {
    TargetGroupArn: '', TargetGroupName: 'fn', HealthCheckEnabled: false, HealthCheckIntervalSeconds: 35, HealthCheckTimeoutSeconds: 30, HealthyThresholdCount: 5,
    UnhealthyThresholdCount: 2, HealthCheckPath: '/', Matcher: { HttpCode: '200' }, LoadBalancerArns: [], TargetType: 'lambda', IpAddressType: 'ipv4',
  });
  await assert.rejects(create({ Name: 'x', IpAddressType: 'ipv6' }), awsError('InvalidConfigurationRequest', "Target type 'lambda' is not supported with an IPv6 target group"));
  await assert.rejects(create({ Name: 'x', Port: 80 }), awsError('ValidationError', "Port cannot be specified for target groups with target type 'lambda'"));
  await assert.rejects(create({ Name: 'x', HealthCheckPort: '80' }), awsError('ValidationError', 'Health check port cannot be specified'));
});

test('settings are refused as AWS refuses them, and what is not served by name', async () => {
  const stage = await elbStage();
  const group = (more: object) => stage.group('g', more);
  await assert.rejects(stage.group('a_b'), awsError('ValidationError', "Target group name 'a_b' can only contain"));
  await assert.rejects(stage.group('a'.repeat(33)), awsError('ValidationError', "'32'"));
  await assert.rejects(stage.group('a-'), awsError('ValidationError', "cannot begin or end with '-'"));
  await assert.rejects(group({ Protocol: undefined }), awsError('ValidationError', 'A protocol must be specified'));
  await assert.rejects(group({ Port: undefined }), awsError('ValidationError', 'A port must be specified'));
  await assert.rejects(group({ VpcId: undefined }), awsError('ValidationError', 'A VPC ID must be specified'));
  await assert.rejects(group({ VpcId: 'vpc-x' }), awsError('ValidationError', "The VPC ID 'vpc-x' is not found"));
  await assert.rejects(group({ Protocol: 'TCP' }), awsError('InvalidConfigurationRequest', 'Network or Gateway'));
  await assert.rejects(group({ ProtocolVersion: 'HTTP3' }), awsError('ValidationError', "Target group protocol version 'HTTP3' must be one of '[HTTP2, HTTP1, GRPC]'"));
  await assert.rejects(group({ Matcher: { GrpcCode: '0' } }), awsError('ValidationError', 'Health check matcher HTTP code cannot be empty'));
  await assert.rejects(group({ ProtocolVersion: 'GRPC', Matcher: { HttpCode: '200' } }), awsError('ValidationError', 'An HTTP code cannot be specified'));
  for (const GrpcCode of ['100', '-1', '5-1', 'x', '']) await assert.rejects(group({ ProtocolVersion: 'GRPC', Matcher: { GrpcCode } }), awsError('ValidationError', 'GRPC code'));
  await assert.rejects(group({ HealthCheckEnabled: false }), awsError('ValidationError', 'Health check enabled must be true'));
  await assert.rejects(group({ HealthCheckProtocol: 'TCP' }), awsError('ValidationError', 'Health check protocol'));
  await assert.rejects(group({ HealthCheckPort: '0' }), awsError('ValidationError', 'Health check port'));
  await assert.rejects(group({ HealthCheckPath: 'x' }), awsError('ValidationError', "begin with a '/'"));
  await assert.rejects(group({ HealthCheckPath: '/a\r\nb' }), awsError('ValidationError', 'not valid'));
  await assert.rejects(group({ HealthCheckTimeoutSeconds: 30 }), awsError('ValidationError', 'Health check interval must be greater than the timeout.'));
  for (const HttpCode of ['199', '200-500', '300-200', '2xx', '200,', '']) await assert.rejects(group({ Matcher: { HttpCode } }), awsError('ValidationError', 'matcher'));
});

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-protocol-version
test('targets are spoken to in the protocol version that is asked for, with its defaults', async () => {
  const stage = await elbStage();
  const described = async (arn: string) => ((await stage.elb('DescribeTargetGroups', { TargetGroupArns: [arn] })) as DescribeTargetGroupsOutput).TargetGroups![0]!;
  const grpc = await described(await stage.group('grpc', { ProtocolVersion: 'GRPC' }));
  assert.equal(grpc.ProtocolVersion, 'GRPC');
  assert.equal(grpc.HealthCheckPath, '/AWS.ALB/healthcheck');
  assert.deepEqual(grpc.Matcher, { GrpcCode: '12' });
  const http2 = await described(await stage.group('http2', { ProtocolVersion: 'HTTP2' }));
  assert.equal(http2.ProtocolVersion, 'HTTP2');
  assert.deepEqual(http2.Matcher, { HttpCode: '200' });
  await stage.elb('ModifyTargetGroup', { TargetGroupArn: grpc.TargetGroupArn, Matcher: { GrpcCode: '0-5,12' }, HealthCheckPath: '/grpc.health.v1.Health/Check' });
  assert.deepEqual((await described(grpc.TargetGroupArn!)).Matcher, { GrpcCode: '0-5,12' });
});

test('creation is idempotent with the same settings, and a duplicate with others', async () => {
  const stage = await elbStage();
  const arn = await stage.group();
  assert.equal(await stage.group(), arn);
  assert.equal(await stage.group('targets', { ProtocolVersion: '', HealthCheckPath: '/' }), arn, 'what is spelled out is the default');
  await assert.rejects(stage.group('targets', { Port: 81 }), awsError('DuplicateTargetGroupName', 'exists, but with different settings'));
});

test('health checks are modified, what is not given stays', async () => {
  const stage = await elbStage();
  const arn = await stage.group();
  await stage.elb('ModifyTargetGroup', { TargetGroupArn: arn, HealthCheckPath: '/ok', Matcher: { HttpCode: '200,204-299' } });
  await stage.elb('ModifyTargetGroup', { TargetGroupArn: arn, HealthCheckIntervalSeconds: 10 });
  const [group] = await described(stage);
  assert.deepEqual([group?.HealthCheckPath, group?.Matcher?.HttpCode, group?.HealthCheckIntervalSeconds], ['/ok', '200,204-299', 10]);
});

test('a group is described by name, ARN or balancer, and not deleted while it is used', async () => {
  const stage = await elbStage();
  const [used, free] = [await stage.group('used'), await stage.group('free')];
  const balancer = await stage.balancer();
  const out = await stage.elb<{ Listeners: [{ ListenerArn: string }] }>('CreateListener', {
    LoadBalancerArn: balancer, Protocol: 'HTTP', Port: 80, DefaultActions: [{ Type: 'forward', TargetGroupArn: used }],
  });
  assert.deepEqual((await described(stage, { LoadBalancerArn: balancer })).map((group) => group.TargetGroupName), ['used']);
  assert.deepEqual((await described(stage, { Names: ['used'] }))[0]?.LoadBalancerArns, [balancer]);
  assert.deepEqual((await described(stage, { TargetGroupArns: [free] }))[0]?.LoadBalancerArns, []);
  await assert.rejects(described(stage, { Names: ['nope'] }), awsError('TargetGroupNotFound', 'One or more target groups not found'));
  await assert.rejects(described(stage, { Names: ['used'], TargetGroupArns: [used] }), awsError('ValidationError', 'at the same time'));
  await assert.rejects(stage.elb('DeleteTargetGroup', { TargetGroupArn: used }), awsError('ResourceInUse', 'is currently in use by a listener or a rule'));
  await stage.elb('DeleteListener', { ListenerArn: out.Listeners[0].ListenerArn });
  await stage.elb('DeleteTargetGroup', { TargetGroupArn: used });
  await stage.elb('DeleteTargetGroup', { TargetGroupArn: used });
  assert.deepEqual((await described(stage)).map((group) => group.TargetGroupName), ['free']);
});

test('attributes have defaults by type, are changed, and are refused where they would be ignored', async () => {
  const stage = await elbStage();
  const arn = await stage.group();
  const modify = (Key: string, Value: string, group = arn) => stage.elb<DescribeTargetGroupAttributesOutput>('ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: [{ Key, Value }] });
  await modify('deregistration_delay.timeout_seconds', '5');
  const { Attributes: attributes = [] } = await stage.elb<DescribeTargetGroupAttributesOutput>('DescribeTargetGroupAttributes', { TargetGroupArn: arn });
  const value = Object.fromEntries(attributes.map((each) => [each.Key, each.Value]));
  assert.equal(value['deregistration_delay.timeout_seconds'], '5');
  assert.equal(value['load_balancing.algorithm.type'], 'round_robin');
  assert.equal(value['load_balancing.cross_zone.enabled'], 'use_load_balancer_configuration');
  await assert.rejects(modify('deregistration_delay.timeout_seconds', '3601'), awsError('ValidationError', "must be between '0-3600' inclusive"));
  await assert.rejects(modify('load_balancing.algorithm.anomaly_mitigation', 'on'), awsError('InvalidConfigurationRequest', 'You cannot enable both anomaly mitigation and round robin algorithm on a target group'));
  await assert.rejects(modify('load_balancing.algorithm.type', 'nope'), awsError('ValidationError', 'must be one of'));
  await assert.rejects(modify('slow_start.duration_seconds', '29'), awsError('ValidationError', "'30-900'"));
  await modify('slow_start.duration_seconds', '30');
  await assert.rejects(modify('load_balancing.algorithm.type', 'least_outstanding_requests'), awsError('InvalidConfigurationRequest', 'Slow start mode'));
  await modify('slow_start.duration_seconds', '0');
  await modify('load_balancing.algorithm.type', 'least_outstanding_requests');
  await modify('stickiness.type', 'app_cookie');
  await assert.rejects(modify('stickiness.enabled', 'true'), awsError('InvalidConfigurationRequest', "You must set an application cookie name to enable stickiness of type 'app_cookie'"));
  await assert.rejects(modify('stickiness.app_cookie.cookie_name', 'AWSALBX'), awsError('ValidationError', 'reserved'));
  await modify('stickiness.app_cookie.cookie_name', 'SESSION');
  await modify('stickiness.enabled', 'true');
  await assert.rejects(modify('load_balancing.cross_zone.enabled', 'false'), awsError('InvalidConfigurationRequest', 'Stickiness'));
  await assert.rejects(modify('load_balancing.algorithm.type', 'weighted_random'), awsError('InvalidConfigurationRequest', 'You cannot have both stickiness and weighted random algorithm enabled on the same target group.'));
  await assert.rejects(modify('stickiness.type', 'source_ip'), awsError('InvalidConfigurationRequest', "Stickiness type 'source_ip' is not supported for target groups with the HTTP protocol"));
  await assert.rejects(modify('stickiness.type', 'source_ip_dest_ip'), awsError('ValidationError', "'Stickiness type' must be one of [app_cookie, lb_cookie, source_ip]"));
  const [dns, routing] = ['dns_failover', 'unhealthy_state_routing'].map((action) => `target_group_health.${action}.minimum_healthy_targets`) as [string, string];
  const THRESHOLDS = 'DNS failover threshold must be greater than or equal to unhealthy state routing threshold';
  await modify(`${routing}.count`, '2');
  await modify(`${dns}.count`, '3');
  await assert.rejects(modify(`${dns}.count`, '1'), awsError('InvalidConfigurationRequest', THRESHOLDS));
  await assert.rejects(modify(`${routing}.count`, '4'), awsError('InvalidConfigurationRequest', THRESHOLDS));
  await modify(`${dns}.count`, 'off');
  await modify(`${dns}.percentage`, '50');
  await assert.rejects(modify(`${routing}.percentage`, '51'), awsError('InvalidConfigurationRequest', THRESHOLDS));
  await assert.rejects(modify(`${dns}.count`, '0'), awsError('ValidationError', `The value of '${dns}.count' must be 'off' or a positive integer`));
  await assert.rejects(modify(`${dns}.percentage`, '101'), awsError('ValidationError', `'${dns}.percentage' must be 'off' or an integer from 1 to 100 inclusive`));
  await assert.rejects(modify('nope', '1'), awsError('ValidationError', "Target group attribute key 'nope' is not recognized"));
  await assert.rejects(modify('proxy_protocol_v2.enabled', 'true'), awsError('InvalidConfigurationRequest', 'A target group with HTTP protocol does not support the attribute proxy_protocol_v2.enabled'));
  const out = await stage.elb<DescribeTargetGroupsOutput>('CreateTargetGroup', { Name: 'fn', TargetType: 'lambda' });
  const lambda = out.TargetGroups?.[0]?.TargetGroupArn ?? '';
  await assert.rejects(modify('deregistration_delay.timeout_seconds', '5', lambda), awsError('InvalidConfigurationRequest', "target type 'lambda' does not support"));
  assert.ok((await modify('lambda.multi_value_headers.enabled', 'true', lambda)).Attributes?.some((each) => each.Key === 'lambda.multi_value_headers.enabled' && each.Value === 'true'));
});
