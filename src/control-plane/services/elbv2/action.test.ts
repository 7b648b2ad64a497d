import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Action, CreateListenerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { elbStage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';

async function tryActions() {
  const stage = await elbStage();
  const balancer = await stage.balancer();
  let port = 1000;
  const create = (actions: readonly object[]): Promise<CreateListenerOutput> =>
    stage.elb('CreateListener', { LoadBalancerArn: balancer, Protocol: 'HTTP', Port: port++, DefaultActions: actions });
  const stored = async (action: object): Promise<Action | undefined> => (await create([action])).Listeners?.[0]?.DefaultActions?.[0];
  return { stage, balancer, create, stored };
}

test('a weighted forward keeps its weights, and shows no single target group', async () => {
  const { stage, stored } = await tryActions();
  const groups = [await stage.group('one'), await stage.group('two')];
  const action = await stored({ Type: 'forward', Order: 1, ForwardConfig: { TargetGroups: [{ TargetGroupArn: groups[0], Weight: 9 }, { TargetGroupArn: groups[1], Weight: 0 }] } });
  assert.deepEqual(action, {
    Type: 'forward', Order: 1,
    ForwardConfig: {
      TargetGroups: [{ TargetGroupArn: groups[0], Weight: 9 }, { TargetGroupArn: groups[1], Weight: 0 }],
      TargetGroupStickinessConfig: { Enabled: false },
    },
  });
});

test('forwards are refused as AWS refuses them', async () => {
  const { stage, balancer, create } = await tryActions();
  const group = await stage.group('one');
  const forward = (config: object) => create([{ Type: 'forward', ...config }]);
  const groups = (...tuples: object[]) => forward({ ForwardConfig: { TargetGroups: tuples } });
  await assert.rejects(create([]), awsError('ValidationError', 'At least one action'));
  await assert.rejects(forward({}), awsError('ValidationError', 'A target group ARN must be specified'));
  await assert.rejects(forward({ TargetGroupArn: group.replace(/.$/, 'z') }), awsError('TargetGroupNotFound'));
  await assert.rejects(groups({ TargetGroupArn: group, Weight: 1000 }), awsError('ValidationError', 'The weight for the target group must be between 1 and 999, inclusive'));
  await assert.rejects(groups({ TargetGroupArn: group, Weight: 1 }, { TargetGroupArn: await stage.group('two') }), awsError('ValidationError', 'The weight for each target group must be between 0 and 999, inclusive'));
  await assert.rejects(groups({ TargetGroupArn: group, Weight: 1 }, { TargetGroupArn: group, Weight: 1 }), awsError('ValidationError', 'more than once'));
  await assert.rejects(groups(...Array.from({ length: 6 }, () => ({ TargetGroupArn: group }))), awsError('TooManyTargetGroups', 'You cannot specify more than 5 target groups per action'));
  await assert.rejects(forward({ TargetGroupArn: group, ForwardConfig: { TargetGroups: [{ TargetGroupArn: await stage.group('two') }] } }), awsError('ValidationError', 'You can specify both a target group list and a top-level target group ARN only if the ARNs match'));
  await assert.rejects(
    forward({ ForwardConfig: { TargetGroups: [{ TargetGroupArn: group }], TargetGroupStickinessConfig: { Enabled: true } } }),
    awsError('ValidationError', 'You must provide a duration when enabling target group stickiness'),
  );
  // the words are AWS's, as its callers quote them
  for (const ProtocolVersion of ['HTTP2', 'GRPC']) {
    const newer = await stage.group(ProtocolVersion, { ProtocolVersion });
    await assert.rejects(
      forward({ TargetGroupArn: newer }),
      awsError('InvalidLoadBalancerAction', `Listener protocol 'HTTP' is not supported with a target group with the protocol-version '${ProtocolVersion}'`),
    );
  }
  const [four, six] = [await stage.group('four'), await stage.group('six', { IpAddressType: 'ipv6' })];
  await assert.rejects(forward({ TargetGroupArn: six }), awsError('InvalidConfigurationRequest', "You cannot associate an IPv6 target group with a load balancer that has an 'ipv4' IP address type"));
  await stage.environment.store.transact((transaction) => {
    const row = transaction.get('elbv2/load-balancer', balancer)!;
    transaction.put('elbv2/load-balancer', { ...row, ipAddressType: 'dualstack' });
  });
  await assert.rejects(groups({ TargetGroupArn: four, Weight: 1 }, { TargetGroupArn: six, Weight: 1 }), awsError('InvalidConfigurationRequest', 'The IP address types of the target groups for a single action must be the same'));
  await create([{ Type: 'forward', TargetGroupArn: six }]);
  await assert.rejects(stage.elb('SetIpAddressType', { LoadBalancerArn: balancer, IpAddressType: 'ipv4' }), awsError('InvalidConfigurationRequest', 'IPv6 target group'));
  const foreign = await stage.group('foreign', { VpcId: 'vpc-2' });
  await assert.rejects(forward({ TargetGroupArn: foreign }), awsError('InvalidConfigurationRequest', 'The following target groups are in a different VPC than load balancer'));
});

test('a target group serves one load balancer', async () => {
  const { stage, create } = await tryActions();
  const group = await stage.group();
  await create([{ Type: 'forward', TargetGroupArn: group }]);
  const other = await stage.balancer('other');
  await assert.rejects(
    stage.elb('CreateListener', { LoadBalancerArn: other, Protocol: 'HTTP', Port: 80, DefaultActions: [{ Type: 'forward', TargetGroupArn: group }] }),
    awsError('TargetGroupAssociationLimit', 'more than one load balancer'),
  );
});

test('a redirect is answered with every default, and refused where it loops', async () => {
  const { create, stored } = await tryActions();
  const redirect = (config: object) => ({ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', ...config } });
  assert.deepEqual(await stored(redirect({ Protocol: 'HTTPS', Port: '443' })), {
    Type: 'redirect',
    RedirectConfig: { Protocol: 'HTTPS', Port: '443', Host: '#{host}', Path: '/#{path}', Query: '#{query}', StatusCode: 'HTTP_301' },
  });
  await assert.rejects(create([redirect({})]), awsError('InvalidLoadBalancerAction', 'because it creates a loop.'));
  await assert.rejects(create([redirect({ Protocol: 'HTTP', Query: 'a=b' })]), awsError('InvalidLoadBalancerAction', 'loop'));
  await assert.rejects(create([redirect({ Protocol: 'FTP' })]), awsError('ValidationError', 'Redirect protocol'));
  await assert.rejects(create([redirect({ Port: '0' })]), awsError('ValidationError', 'The Port parameter must be either an integer between 1 and 65535'));
  await assert.rejects(create([redirect({ Path: 'a' })]), awsError('ValidationError', "should start with a '/'"));
  await assert.rejects(create([redirect({ Host: '#{hots}' })]), awsError('ValidationError', "'#{hots}'"));
  await assert.rejects(create([redirect({ Path: '/a\r\nSet-Cookie: x' })]), awsError('ValidationError', 'not valid'));
  await assert.rejects(create([redirect({ Query: '?a' })]), awsError('ValidationError', "leading '?'"));
});

test('a fixed response is kept as given, and its parts are checked', async () => {
  const { create, stored } = await tryActions();
  const fixed = (config: object) => ({ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', ...config } });
  const full = fixed({ ContentType: 'text/plain', MessageBody: 'nothing here' });
  assert.deepEqual(await stored(full), full);
  await assert.rejects(create([fixed({ StatusCode: '302' })]), awsError('ValidationError', '^(2|4|5)\\d\\d$'));
  await assert.rejects(create([fixed({ ContentType: 'image/png' })]), awsError('InvalidLoadBalancerAction', 'The ContentType must be one of'));
  await assert.rejects(create([fixed({ MessageBody: 'ä'.repeat(513) })]), awsError('InvalidLoadBalancerAction', '1024 bytes'));
});

test('an authentication that cannot be served is refused, never skipped', async () => {
  const { create } = await tryActions();
  const response = { Type: 'fixed-response', Order: 2, FixedResponseConfig: { StatusCode: '200' } };
  for (const Type of ['authenticate-oidc', 'authenticate-cognito', 'jwt-validation']) {
    await assert.rejects(create([{ Type, Order: 1 }, response]), awsError('InvalidLoadBalancerAction', 'supported only on HTTPS listeners'));
  }
  await assert.rejects(create([response, { ...response, Order: 3 }]), awsError('InvalidLoadBalancerAction', "Action types 'fixed-response,fixed-response' cannot be specified together"));
  await assert.rejects(create([{ ...response, Order: undefined }, response]), awsError('ValidationError', 'you must specify an order for each action'));
  await assert.rejects(create([{ ...response, TargetGroupArn: 'x' }]), awsError('ValidationError', "'TargetGroupArn' cannot be specified"));
});
