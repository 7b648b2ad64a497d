/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/disable-cross-zone.html */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, Installation } from './installation.ts';

test('each zone gets its share of the connections, however many targets it has', async () => {
  await using installation = await Installation.open();
  const names = ['a', 'b1', 'b2', 'b3'];
  const ports = await Promise.all(names.map(async (name) => (await installation.target((_request, response) => void response.end(name))).port));
  const group = await installation.group([], { attributes: { 'load_balancing.cross_zone.enabled': 'false' } });
  await installation.aws('elbv2', 'RegisterTargets', { TargetGroupArn: group, Targets: ports.map((Port, i) => ({ Id: '127.0.0.1', Port, AvailabilityZone: i === 0 ? 'us-east-1a' : 'us-east-1b' })) });
  const door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group });
  const share = async (): Promise<number> => {
    let count = 0;
    for (let i = 0; i < 40; i++) if ((await get(door.port)).body === 'a') count++;
    return count / 40;
  };
  await installation.allHealthy(group);
  assert.equal(await share(), 0.5);
  await installation.aws('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: [{ Key: 'load_balancing.cross_zone.enabled', Value: 'true' }] });
  assert.equal(await share(), 0.25);
  // a zone that has lost its targets gets no clients by DNS
  await installation.aws('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: [{ Key: 'load_balancing.cross_zone.enabled', Value: 'false' }] });
  await installation.deregister(group, [ports[0]!]);
  for (let i = 0; i < 10; i++) assert.match((await get(door.port)).body, /^b/);
});
