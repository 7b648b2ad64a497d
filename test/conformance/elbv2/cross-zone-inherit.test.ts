/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#target-group-cross-zone (use_load_balancer_configuration) */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, Installation, type Balancer, type Door } from './installation.ts';

const CROSS_ZONE = 'load_balancing.cross_zone.enabled';

let installation: Installation;
let balancer: Balancer;
let door: Door;
let group: string;
before(async () => {
  installation = await Installation.open();
  balancer = await installation.balancer();
  const ports = await Promise.all(['a', 'b1', 'b2', 'b3'].map(async (name) => (await installation.target((_request, response) => void response.end(name))).port));
  group = await installation.group([]);
  await installation.aws('elbv2', 'RegisterTargets', { TargetGroupArn: group, Targets: ports.map((Port, i) => ({ Id: '127.0.0.1', Port, AvailabilityZone: i === 0 ? 'us-east-1a' : 'us-east-1b' })) });
  door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: group });
  await installation.allHealthy(group);
});
after(() => installation[Symbol.asyncDispose]());

/** How much of the requests the one target of zone a gets. */
async function shareOfA(): Promise<number> {
  let count = 0;
  for (let i = 0; i < 40; i++) if ((await get(door.port)).body === 'a') count++;
  return count / 40;
}

async function described(operation: string, input: object): Promise<string | undefined> {
  const { Attributes } = await installation.aws<{ Attributes: { Key: string; Value: string }[] }>('elbv2', operation, input);
  return Attributes.find(({ Key }) => Key === CROSS_ZONE)?.Value;
}

test('a new group does as its load balancer does, which always balances across zones', async () => {
  assert.equal(await described('DescribeTargetGroupAttributes', { TargetGroupArn: group }), 'use_load_balancer_configuration');
  assert.equal(await described('DescribeLoadBalancerAttributes', { LoadBalancerArn: balancer.arn }), 'true');
  assert.equal(await shareOfA(), 0.25);
});

test('the load balancer\'s own cannot be turned off', async () => {
  await assert.rejects(installation.attributes(balancer, { [CROSS_ZONE]: 'false' }), { code: 'InvalidConfigurationRequest' });
});

test('off for the group, and back to what the load balancer does', async () => {
  const set = (Value: string): Promise<unknown> => installation.aws('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: [{ Key: CROSS_ZONE, Value }] });
  await set('false');
  assert.equal(await shareOfA(), 0.5);
  await set('use_load_balancer_configuration');
  assert.equal(await described('DescribeTargetGroupAttributes', { TargetGroupArn: group }), 'use_load_balancer_configuration');
  assert.equal(await shareOfA(), 0.25);
});
