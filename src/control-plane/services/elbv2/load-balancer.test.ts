import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeLoadBalancersOutput, LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import { freeAddress } from '../../resources/elbv2/index.ts';
import { call, elbStage, type Stage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';

async function described(stage: Stage, input: object = {}): Promise<LoadBalancer[]> {
  return (await stage.elb<DescribeLoadBalancersOutput>('DescribeLoadBalancers', input)).LoadBalancers ?? [];
}

test('a balancer is created with AWS\'s names, zones and default security group', async () => {
  const stage = await elbStage();
  const arn = await stage.balancer();
  assert.match(arn, /^arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer\/app\/web\/[0-9a-f]{16}$/);
  const [balancer] = await described(stage);
  assert.match(balancer?.DNSName ?? '', /^web-\d{9,10}\.us-east-1\.elb\.localhost$/);
  assert.deepEqual({ ...balancer, DNSName: '', LoadBalancerArn: '' }, {
    LoadBalancerArn: '', DNSName: '', CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K', CreatedTime: new Date(Date.UTC(2026, 0, 1)), LoadBalancerName: 'web',
    Scheme: 'internet-facing', VpcId: 'vpc-1', State: { Code: 'active' }, Type: 'application',
    AvailabilityZones: [
      { ZoneName: 'us-east-1a', SubnetId: 'subnet-a', LoadBalancerAddresses: [] },
      { ZoneName: 'us-east-1b', SubnetId: 'subnet-b', LoadBalancerAddresses: [] },
    ],
    SecurityGroups: ['sg-vpc-1'], IpAddressType: 'ipv4',
  });
  const stored = stage.environment.store.world.get('elbv2/load-balancer', arn);
  assert.equal(stored?.address, '127.0.1.1');
});

test('an internal balancer says so in its name', async () => {
  const stage = await elbStage();
  await stage.balancer('web', { Scheme: 'internal' });
  assert.match((await described(stage))[0]?.DNSName ?? '', /^internal-web-\d+\.us-east-1\.elb\.localhost$/);
});

test('names, subnets and security groups are refused as AWS refuses them', async () => {
  const stage = await elbStage();
  const create = (more: object) => stage.elb('CreateLoadBalancer', { Name: 'web', Subnets: ['subnet-a', 'subnet-b'], ...more });
  await assert.rejects(create({ Name: 'a'.repeat(33) }), awsError('ValidationError', "cannot be longer than '32' characters"));
  await assert.rejects(create({ Name: 'a_b' }), awsError('ValidationError', 'alphanumeric characters and hyphens(-)'));
  await assert.rejects(create({ Name: '-a' }), awsError('ValidationError', 'cannot begin or end'));
  await assert.rejects(create({ Name: 'internal-a' }), awsError('ValidationError', "cannot begin with 'internal-'"));
  await assert.rejects(create({ Subnets: [] }), awsError('ValidationError', 'At least two subnets in two different Availability Zones must be specified'));
  await assert.rejects(create({ Subnets: ['subnet-a'] }), awsError('ValidationError', 'At least two subnets'));
  await assert.rejects(create({ Subnets: ['subnet-a', 'subnet-a2'] }), awsError('InvalidConfigurationRequest', 'same Availability Zone'));
  await assert.rejects(create({ Subnets: ['subnet-a', 'subnet-x'] }), awsError('SubnetNotFound', "'subnet-x'"));
  await assert.rejects(create({ Subnets: ['subnet-a', 'subnet-other'] }), awsError('InvalidConfigurationRequest', 'same VPC'));
  await assert.rejects(create({ SubnetMappings: [{ SubnetId: 'subnet-c' }] }), awsError('ValidationError', 'but not both'));
  await assert.rejects(create({ SecurityGroups: ['sg-nope'] }), awsError('InvalidSecurityGroup', 'sg-nope'));
  await assert.rejects(create({ SecurityGroups: ['sg-vpc-2'] }), awsError('InvalidConfigurationRequest', 'One or more security groups are invalid'));
  await assert.rejects(create({ SecurityGroups: ['web'] }), awsError('ValidationError', "Security group 'web' is not valid"));
  await assert.rejects(create({ Type: 'network' }), awsError('OperationNotPermitted', 'no TCP, UDP or TLS listeners'));
  await assert.rejects(create({ Tags: [{ Key: 'aws:x', Value: '' }] }), awsError('ValidationError', 'aws:'));
  assert.deepEqual(await described(stage), []);
});

test('creation is idempotent with the same settings, and a duplicate with others', async () => {
  const stage = await elbStage();
  const arn = await stage.balancer();
  assert.equal(await stage.balancer('web', { Subnets: ['subnet-b', 'subnet-a'] }), arn);
  await assert.rejects(stage.balancer('web', { Scheme: 'internal' }), awsError('DuplicateLoadBalancerName', 'exists, but with different settings'));
});

test('the quota of balancers holds', async () => {
  const stage = await elbStage({ value: (name, otherwise) => (name === 'application-load-balancers' ? 1 : otherwise) });
  await stage.balancer('one');
  await assert.rejects(stage.balancer('two'), awsError('TooManyLoadBalancers'));
});

test('describe filters by name and ARN, pages, and knows nothing of other accounts', async () => {
  const stage = await elbStage();
  const arns = [await stage.balancer('a'), await stage.balancer('b'), await stage.balancer('c')];
  assert.deepEqual((await described(stage, { Names: ['c', 'a'] })).map((each) => each.LoadBalancerName), ['a', 'c']);
  assert.deepEqual((await described(stage, { LoadBalancerArns: [arns[1]] })).map((each) => each.LoadBalancerName), ['b']);
  await assert.rejects(described(stage, { Names: ['nope'] }), awsError('LoadBalancerNotFound', "'[nope]' not found"));
  await assert.rejects(described(stage, { LoadBalancerArns: ['nonsense'] }), awsError('ValidationError', "'nonsense' is not a valid load balancer ARN"));
  const first = await stage.elb<DescribeLoadBalancersOutput>('DescribeLoadBalancers', { PageSize: 2 });
  assert.equal(first.LoadBalancers?.length, 2);
  await stage.elb('DeleteLoadBalancer', { LoadBalancerArn: arns[0] });
  const second = await stage.elb<DescribeLoadBalancersOutput>('DescribeLoadBalancers', { PageSize: 2, Marker: first.NextMarker });
  assert.deepEqual(second.LoadBalancers?.map((each) => each.LoadBalancerName), ['c']);
  assert.equal(second.NextMarker, undefined);
  const stranger = { ...call, account: '999999999999' };
  await assert.rejects(stage.elb('DescribeLoadBalancers', { LoadBalancerArns: [arns[1]] }, stranger), awsError('LoadBalancerNotFound'));
});

test('deletion takes listeners, rules and network interfaces along, unless it is protected', async () => {
  const stage = await elbStage();
  const arn = await stage.balancer();
  const listener = await stage.listener(arn);
  await stage.elb('CreateRule', {
    ListenerArn: listener, Priority: 1, Conditions: [{ Field: 'path-pattern', Values: ['/a'] }],
    Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
  });
  const { world } = stage.environment.store;
  const [label] = /app\/web\/[0-9a-f]{16}/.exec(arn) ?? [];
  assert.deepEqual(world.list('ec2/network-interface').map((each) => [each.description, each.parent]), [[`ELB ${label}`, 'subnet-a'], [`ELB ${label}`, 'subnet-b']]);
  await stage.elb('ModifyLoadBalancerAttributes', { LoadBalancerArn: arn, Attributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }] });
  await assert.rejects(stage.elb('DeleteLoadBalancer', { LoadBalancerArn: arn }), awsError('OperationNotPermitted', 'deletion protection is enabled'));
  await stage.elb('ModifyLoadBalancerAttributes', { LoadBalancerArn: arn, Attributes: [{ Key: 'deletion_protection.enabled', Value: 'false' }] });
  await stage.elb('DeleteLoadBalancer', { LoadBalancerArn: arn });
  const after = stage.environment.store.world;
  assert.equal(after.list('elbv2/listener').length + after.list('elbv2/rule').length + after.list('ec2/network-interface').length, 0);
  await stage.elb('DeleteLoadBalancer', { LoadBalancerArn: arn });
});

test('subnets, security groups and address type are set by their operations', async () => {
  const stage = await elbStage();
  const arn = await stage.balancer();
  await stage.elb('SetSubnets', { LoadBalancerArn: arn, Subnets: ['subnet-b', 'subnet-c'] });
  assert.deepEqual(stage.environment.store.world.list('ec2/network-interface').map((each) => each.parent), ['subnet-b', 'subnet-c']);
  assert.deepEqual(await stage.elb('SetSecurityGroups', { LoadBalancerArn: arn, SecurityGroups: ['sg-web'] }), { SecurityGroupIds: ['sg-web'] });
  assert.deepEqual(stage.environment.store.world.list('ec2/network-interface').map((each) => each.groupIds), [['sg-web'], ['sg-web']]);
  assert.deepEqual(await stage.elb('SetIpAddressType', { LoadBalancerArn: arn, IpAddressType: 'ipv4' }), { IpAddressType: 'ipv4' });
  await assert.rejects(stage.elb('SetSubnets', { LoadBalancerArn: arn, Subnets: ['subnet-other'] }), awsError('ValidationError', 'At least two subnets'));
  await assert.rejects(stage.elb('SetSecurityGroups', { LoadBalancerArn: arn, SecurityGroups: [] }), awsError('ValidationError', 'At least one security group'));
});

test('a deleted balancer gives its address back', async () => {
  const stage = await elbStage();
  const arns = [await stage.balancer('a'), await stage.balancer('b')];
  const address = (arn: string | undefined) => stage.environment.store.world.get('elbv2/load-balancer', arn ?? '')?.address;
  assert.deepEqual(arns.map(address), ['127.0.1.1', '127.0.1.2']);
  await stage.elb('DeleteLoadBalancer', { LoadBalancerArn: arns[0] });
  assert.equal(address(await stage.balancer('c')), '127.0.1.1');
});

test('the pool of addresses has an end', () => {
  const used = new Set<string>();
  for (let i = 0; i < 254; i++) used.add(freeAddress(used) ?? '');
  assert.equal(used.size, 254);
  assert.ok(used.has('127.0.1.254'));
  assert.equal(freeAddress(used), null);
});
