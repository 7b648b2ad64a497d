/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { by, Installation, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
let group: string;
before(async () => {
  installation = await Installation.open();
  const ports = await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (name, i) => (await installation.target((request, response) => {
      const checked = request.headers['user-agent'] === 'ELB-HealthChecker/2.0';
      response.writeHead(checked && i >= 2 ? 503 : 200).end(name);
    })).port),
  );
  group = await installation.group(ports, { more: { UnhealthyThresholdCount: 2, HealthyThresholdCount: 2 } });
  door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group });
  const states = async (): Promise<string> => Object.values(await installation.health(group)).map(([state]) => state).sort().join();
  await eventually('two are healthy, two are not', async () => (await states()) === 'healthy,healthy,unhealthy,unhealthy', 40_000);
});
after(() => installation[Symbol.asyncDispose]());

async function serving(attributes: Readonly<Record<string, string>>): Promise<string> {
  await installation.aws('elbv2', 'ModifyTargetGroupAttributes', {
    TargetGroupArn: group, Attributes: Object.entries(attributes).map(([key, Value]) => ({ Key: `target_group_health.unhealthy_state_routing.minimum_healthy_targets.${key}`, Value })),
  });
  const names = new Set<string>();
  for (let i = 0; i < 12; i++) names.add(await by(door.port));
  return [...names].sort().join('');
}

for (const [attributes, expected] of [
  [{ count: '1', percentage: 'off' }, 'ab'],
  [{ count: '2', percentage: 'off' }, 'ab'],
  [{ count: '3', percentage: 'off' }, 'abcd'],
  [{ count: '1', percentage: '50' }, 'ab'],
  [{ count: '1', percentage: '51' }, 'abcd'],
] as const) {
  test(`with two of four healthy, ${JSON.stringify(attributes)} has ${expected} serve`, async () => {
    assert.equal(await serving(attributes), expected);
  });
}
