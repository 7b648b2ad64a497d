import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeCapacityReservationOutput, DescribeLoadBalancersOutput, ModifyIpPoolsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { elbStage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';

test('capacity is reserved by zone, decreased twice a day, and reset', async () => {
  const stage = await elbStage();
  const LoadBalancerArn = await stage.balancer();
  const modify = (CapacityUnits: number) => stage.elb<DescribeCapacityReservationOutput>('ModifyCapacityReservation', { LoadBalancerArn, MinimumLoadBalancerCapacity: { CapacityUnits } });
  const described = () => stage.elb<DescribeCapacityReservationOutput>('DescribeCapacityReservation', { LoadBalancerArn });
  assert.deepEqual(await described(), { CapacityReservationState: [] });
  const first = await modify(300);
  assert.deepEqual(first.MinimumLoadBalancerCapacity, { CapacityUnits: 300 });
  assert.equal(first.DecreaseRequestsRemaining, 2);
  assert.deepEqual(first.CapacityReservationState?.map(({ AvailabilityZone, State, EffectiveCapacityUnits }) => [AvailabilityZone, State?.Code, EffectiveCapacityUnits]), [
    ['us-east-1a', 'provisioned', 150], ['us-east-1b', 'provisioned', 150],
  ]);
  assert.deepEqual(await described(), first);
  await modify(200);
  assert.equal((await modify(150)).DecreaseRequestsRemaining, 0);
  await assert.rejects(modify(120), awsError('CapacityDecreaseRequestLimitExceeded'));
  assert.equal((await modify(400)).DecreaseRequestsRemaining, 0);
  stage.clock.advance(86_400_001);
  assert.equal((await modify(100)).DecreaseRequestsRemaining, 1);
  await assert.rejects(modify(99), awsError('InvalidConfigurationRequest', "'100'"));
  await assert.rejects(modify(1501), awsError('CapacityUnitsLimitExceeded', "'1500'"));
  await assert.rejects(stage.elb('ModifyCapacityReservation', { LoadBalancerArn }), awsError('ValidationError', 'either MinimumLoadBalancerCapacity or ResetCapacityReservation'));
  assert.deepEqual(await stage.elb('ModifyCapacityReservation', { LoadBalancerArn, ResetCapacityReservation: true }), { CapacityReservationState: [] });
  assert.deepEqual(await described(), { CapacityReservationState: [] });
});

test('an IPAM pool is kept, replaced and removed', async () => {
  const stage = await elbStage();
  const LoadBalancerArn = await stage.balancer('web', { IpamPools: { Ipv4IpamPoolId: 'ipam-pool-1' } });
  const pool = async () => (await stage.elb<DescribeLoadBalancersOutput>('DescribeLoadBalancers', { LoadBalancerArns: [LoadBalancerArn] })).LoadBalancers?.[0]?.IpamPools;
  assert.deepEqual(await pool(), { Ipv4IpamPoolId: 'ipam-pool-1' });
  assert.deepEqual(await stage.elb<ModifyIpPoolsOutput>('ModifyIpPools', { LoadBalancerArn, IpamPools: { Ipv4IpamPoolId: 'ipam-pool-2' } }), { IpamPools: { Ipv4IpamPoolId: 'ipam-pool-2' } });
  assert.deepEqual(await stage.elb('ModifyIpPools', { LoadBalancerArn, RemoveIpamPools: ['ipv4'] }), {});
  assert.equal(await pool(), undefined);
  await assert.rejects(stage.elb('ModifyIpPools', { LoadBalancerArn }), awsError('ValidationError'));
  await assert.rejects(stage.balancer('inner', { Scheme: 'internal', IpamPools: { Ipv4IpamPoolId: 'ipam-pool-1' } }), awsError('InvalidConfigurationRequest', 'internet-facing'));
});
