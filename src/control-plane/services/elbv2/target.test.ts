import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeTargetHealthOutput, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ACCOUNT, elbStage, REGION, type Stage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';

async function health(stage: Stage, group: string, more: object = {}): Promise<TargetHealthDescription[]> {
  return (await stage.elb<DescribeTargetHealthOutput>('DescribeTargetHealth', { TargetGroupArn: group, ...more })).TargetHealthDescriptions ?? [];
}

/** State and reason of each target. */
async function states(stage: Stage, group: string): Promise<string[]> {
  return (await health(stage, group)).map((each) => `${each.Target?.Id}:${each.Target?.Port} ${each.TargetHealth?.State} ${each.TargetHealth?.Reason ?? '-'}`);
}

async function use(stage: Stage, group: string): Promise<void> {
  const balancer = await stage.balancer();
  await stage.elb('CreateListener', { LoadBalancerArn: balancer, Protocol: 'HTTP', Port: 80, DefaultActions: [{ Type: 'forward', TargetGroupArn: group }] });
}

const register = (stage: Stage, group: string, ...targets: object[]) => stage.elb('RegisterTargets', { TargetGroupArn: group, Targets: targets });
const deregister = (stage: Stage, group: string, ...targets: object[]) => stage.elb('DeregisterTargets', { TargetGroupArn: group, Targets: targets });

test('a target goes from unused through initial to what the data plane reports', async () => {
  const stage = await elbStage();
  const group = await stage.group();
  await register(stage, group, { Id: '10.0.0.7' }, { Id: '10.0.0.7', Port: 8080, AvailabilityZone: 'all' });
  assert.deepEqual(await states(stage, group), ['10.0.0.7:80 unused Target.NotInUse', '10.0.0.7:8080 unused Target.NotInUse']);
  await use(stage, group);
  assert.deepEqual(await states(stage, group), ['10.0.0.7:80 initial Elb.RegistrationInProgress', '10.0.0.7:8080 initial Elb.RegistrationInProgress']);
  stage.health.set(`${group} 10.0.0.7 80`, { state: 'healthy', reason: null, description: null });
  stage.health.set(`${group} 10.0.0.7 8080`, { state: 'unhealthy', reason: 'Target.ResponseCodeMismatch', description: 'Health checks failed with these codes: [500]' });
  const override = { State: 'no_override', Reason: 'AdministrativeOverride.NoOverride', Description: 'No override is currently active on target' };
  assert.deepEqual(await health(stage, group), [
    { Target: { Id: '10.0.0.7', Port: 80 }, HealthCheckPort: '80', TargetHealth: { State: 'healthy' }, AdministrativeOverride: override },
    {
      Target: { Id: '10.0.0.7', Port: 8080, AvailabilityZone: 'all' }, HealthCheckPort: '8080',
      TargetHealth: { State: 'unhealthy', Reason: 'Target.ResponseCodeMismatch', Description: 'Health checks failed with these codes: [500]' },
      AdministrativeOverride: override,
    },
  ]);
  stage.health.set(`${group} 10.0.0.7 80`, { state: 'unused', reason: 'Target.NotInUse', description: null });
  assert.match((await health(stage, group))[0]?.TargetHealth?.Description ?? '', /Availability Zone that is not enabled/);
  const [unknown] = await health(stage, group, { Targets: [{ Id: '10.0.0.9' }], Include: ['All'] });
  assert.deepEqual(unknown?.TargetHealth, { State: 'unused', Reason: 'Target.NotRegistered', Description: 'Target is not registered to the target group' });
});

test('a deregistered target drains for the delay, then it is gone', async () => {
  const stage = await elbStage();
  const group = await stage.group();
  await use(stage, group);
  await stage.elb('ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '10' }] });
  await register(stage, group, { Id: '10.0.0.7' }, { Id: '10.0.0.8' });
  await deregister(stage, group, { Id: '10.0.0.7' }, { Id: '10.9.9.9' });
  assert.deepEqual(await states(stage, group), ['10.0.0.7:80 draining Target.DeregistrationInProgress', '10.0.0.8:80 initial Elb.RegistrationInProgress']);
  await deregister(stage, group, { Id: '10.0.0.8' });
  await register(stage, group, { Id: '10.0.0.8' });
  stage.clock.advance(10_000);
  assert.deepEqual(await states(stage, group), ['10.0.0.8:80 initial Elb.RegistrationInProgress'], 'a target registered again does not go');
  assert.deepEqual(stage.environment.store.world.list('elbv2/target').map((target) => target.targetId), ['10.0.0.8'], 'the row is removed');
});

test('a target of a group that nothing uses goes at once, as it does without a delay', async () => {
  const stage = await elbStage();
  const group = await stage.group();
  await register(stage, group, { Id: '10.0.0.7' });
  await deregister(stage, group, { Id: '10.0.0.7' });
  assert.deepEqual(await states(stage, group), []);
  await use(stage, group);
  await stage.elb('ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '0' }] });
  await register(stage, group, { Id: '10.0.0.7' });
  await deregister(stage, group, { Id: '10.0.0.7' });
  assert.deepEqual(await states(stage, group), []);
});

test('addresses are private, shared or loopback ones of the group\'s family', async () => {
  const stage = await elbStage();
  const group = await stage.group();
  await register(stage, group, { Id: '10.1.2.3' }, { Id: '172.16.0.1' }, { Id: '192.168.0.1' }, { Id: '100.64.0.1' }, { Id: '127.0.0.1', Port: 8081 });
  for (const address of ['8.8.8.8', '169.254.169.254', '0.0.0.0', '255.255.255.255', '224.0.0.1']) {
    await assert.rejects(register(stage, group, { Id: address }), awsError('ValidationError', `The IP address '${address}' is not allowed, as it must be an address from a VPC subnet, RFC1918, or RFC6598`));
  }
  for (const address of ['10.1', 'localhost', '::1', 'i-00000001', '10.0.0.256']) {
    await assert.rejects(register(stage, group, { Id: address }), awsError('ValidationError', 'is not a valid IPv4 address'));
  }
  const six = await stage.group('six', { IpAddressType: 'ipv6' });
  await register(stage, six, { Id: '::1' }, { Id: 'fd00::1' });
  await assert.rejects(register(stage, six, { Id: 'fe80::1' }), awsError('ValidationError', 'is not allowed'));
  await assert.rejects(register(stage, group, { Id: '10.0.0.1', Port: 70000 }), awsError('ValidationError', '65535'));
  await assert.rejects(register(stage, group, { Id: '10.0.0.1', AvailabilityZone: 'moon' }), awsError('ValidationError', "'moon'"));
  await assert.rejects(register(stage, group), awsError('ValidationError', 'At least one target'));
});

test('an address of the VPC is in the zone of its subnet', async () => {
  const stage = await elbStage();
  const group = await stage.group();
  for (const zone of ['all', `${REGION}b`]) {
    await assert.rejects(
      register(stage, group, { Id: '10.0.97.7', AvailabilityZone: zone }),
      awsError('ValidationError', `The IP address '10.0.97.7' is within the VPC, and cannot have its Availability Zone overridden to '${zone}' from '${REGION}a'`),
    );
  }
  await register(stage, group, { Id: '10.0.97.7', AvailabilityZone: `${REGION}a` }, { Id: '10.0.200.7', AvailabilityZone: 'all' }, { Id: '127.0.0.1', AvailabilityZone: `${REGION}b` });
});

test('instances must exist, run, and be in the VPC; one that stops is unused', async () => {
  const stage = await elbStage();
  const group = await stage.group('instances', { TargetType: 'instance' });
  await assert.rejects(register(stage, group, { Id: '10.0.0.1' }), awsError('ValidationError', "Instance ID '10.0.0.1' is not valid"));
  await assert.rejects(register(stage, group, { Id: 'i-00000009' }), awsError('InvalidTarget', "do not exist: 'i-00000009'"));
  await assert.rejects(register(stage, group, { Id: 'i-00000001' }, { Id: 'i-00000002' }), awsError('InvalidTarget', "not in a running state and cannot be registered: 'i-00000002'"));
  await assert.rejects(register(stage, group, { Id: 'i-00000003' }), awsError('InvalidTarget', "'vpc-1'"));
  assert.deepEqual(await states(stage, group), [], 'one bad target registers none');
  await register(stage, group, { Id: 'i-00000001' });
  await use(stage, group);
  assert.deepEqual(await states(stage, group), ['i-00000001:80 initial Elb.RegistrationInProgress']);
  await stage.environment.store.transact((transaction) => {
    const instance = transaction.get('ec2/instance', 'i-00000001');
    if (instance) transaction.put('ec2/instance', { ...instance, state: 'stopped' });
  });
  const [stopped] = await health(stage, group);
  assert.deepEqual(stopped?.TargetHealth, { State: 'unused', Reason: 'Target.InvalidState', Description: 'Target is in the stopped state' });
});

test('a function needs to exist and to let the balancer in, and is alone in its group', async () => {
  const stage = await elbStage();
  const group = await stage.group('fn', { TargetType: 'lambda', Protocol: undefined, Port: undefined, VpcId: undefined });
  const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders`;
  await assert.rejects(register(stage, group, { Id: 'orders' }), awsError('ValidationError', 'is not a valid function ARN'));
  await assert.rejects(register(stage, group, { Id: arn }), awsError('InvalidTarget', 'do not exist'));
  const own = { account: ACCOUNT, region: REGION, createdAt: 0 };
  const put = (name: string) =>
    stage.environment.store.transact((transaction) => {
      transaction.put('lambda/function', {
        ...own, id: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`, parent: null, name, version: '$LATEST', runtime: 'nodejs22.x', handler: 'index.handler', role: '',
        description: '', timeout: 3, memorySize: 128, environment: {}, code: '', codeSize: 0, architectures: ['x86_64'], ephemeralStorage: 512, tracing: 'PassThrough',
        vpc: null, logging: { format: 'Text', applicationLevel: null, systemLevel: null, group: '' }, lastModified: 0, revisionId: '', tags: [],
        reservedConcurrency: null, lastVersion: 0, recursiveLoop: 'Terminate', codeSigningConfig: null, unzippedSize: 0, folder: null, layers: [],
      });
    });
  await put('orders');
  await put('other');
  await assert.rejects(register(stage, group, { Id: arn }), awsError('AccessDenied', `elasticloadbalancing principal does not have permission to invoke ${arn} from target group ${group}`));
  await stage.environment.store.transact((transaction) => {
    transaction.put('lambda/policy', {
      ...own, id: arn, parent: arn,
      statements: [{
        Sid: 'elb', Effect: 'Allow', Principal: { Service: 'elasticloadbalancing.amazonaws.com' }, Action: 'lambda:InvokeFunction', Resource: arn,
        Condition: { ArnLike: { 'AWS:SourceArn': group } },
      }],
    });
  });
  await assert.rejects(register(stage, group, { Id: arn, Port: 80 }), awsError('ValidationError', 'A port cannot be specified'));
  await register(stage, group, { Id: arn });
  await assert.rejects(register(stage, group, { Id: arn.replace('orders', 'other') }), awsError('TooManyTargets'));
  await use(stage, group);
  const [target] = await health(stage, group);
  assert.deepEqual(target?.Target, { Id: arn });
  assert.equal(target?.HealthCheckPort, undefined);
  assert.deepEqual(target?.TargetHealth, { State: 'unavailable', Reason: 'Target.HealthCheckDisabled', Description: 'Health checks are not enabled for this target' });
  await deregister(stage, group, { Id: arn });
  assert.deepEqual(await health(stage, group), []);
});

test('the quota of targets holds', async () => {
  const stage = await elbStage({ value: (name, otherwise) => (name === 'targets-per-target-group' ? 1 : otherwise) });
  const group = await stage.group();
  await assert.rejects(register(stage, group, { Id: '10.0.0.1' }, { Id: '10.0.0.2' }), awsError('TooManyTargets'));
  assert.deepEqual(await states(stage, group), []);
});
