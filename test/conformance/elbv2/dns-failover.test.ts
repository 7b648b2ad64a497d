/**
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health.html: a zone with too few healthy targets is taken out of DNS. Here a connection stands for a client
 * that has been given the address of one zone or the other, which matters with cross-zone load balancing off.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { by, Installation, type Door } from './installation.ts';

/** Two of the three in the first zone are not healthy, and one of the two in the second. */
const TARGETS = { a1: true, a2: false, a3: false, b1: true, b2: false } as const;

let installation: Installation;
let door: Door;
let group: string;
before(async () => {
  installation = await Installation.open();
  const targets = await Promise.all(Object.entries(TARGETS).map(async ([name, healthy]) => {
    const { port: Port } = await installation.target((request, response) => {
      const checked = request.headers['user-agent'] === 'ELB-HealthChecker/2.0';
      response.writeHead(checked && !healthy ? 503 : 200).end(name);
    });
    return { Id: '127.0.0.1', Port, AvailabilityZone: `us-east-1${name[0]}` };
  }));
  group = await installation.group([], { attributes: { 'load_balancing.cross_zone.enabled': 'false' }, more: { UnhealthyThresholdCount: 2, HealthyThresholdCount: 2 } });
  await installation.aws('elbv2', 'RegisterTargets', { TargetGroupArn: group, Targets: targets });
  door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group });
  const states = async (): Promise<string> => Object.values(await installation.health(group)).map(([state]) => state).sort().join();
  await eventually('two are healthy, three are not', async () => (await states()) === 'healthy,healthy,unhealthy,unhealthy,unhealthy', 40_000);
});
after(() => installation[Symbol.asyncDispose]());

async function serving(attributes: Readonly<Record<string, string>>): Promise<string> {
  await installation.aws('elbv2', 'ModifyTargetGroupAttributes', {
    TargetGroupArn: group, Attributes: Object.entries(attributes).map(([key, Value]) => ({ Key: `target_group_health.dns_failover.minimum_healthy_targets.${key}`, Value })),
  });
  const names = new Set<string>();
  for (let i = 0; i < 12; i++) names.add(await by(door.port));
  return [...names].sort().join();
}

for (const [attributes, expected] of [
  [{ count: '1', percentage: 'off' }, 'a1,b1'],
  [{ count: 'off', percentage: 'off' }, 'a1,b1'],
  // a third of the first zone is healthy, half of the second
  [{ count: '1', percentage: '34' }, 'b1'],
  [{ count: 'off', percentage: '50' }, 'b1'],
  [{ count: '1', percentage: '33' }, 'a1,b1'],
  // no zone has enough: all of them are in DNS
  [{ count: '2', percentage: 'off' }, 'a1,b1'],
  [{ count: '1', percentage: '51' }, 'a1,b1'],
] as const) {
  test(`with one of three and one of two healthy, ${JSON.stringify(attributes)} has ${expected} serve`, async () => {
    assert.equal(await serving(attributes), expected);
  });
}
