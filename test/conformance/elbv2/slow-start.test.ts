/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#slow-start-mode */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { by, Installation, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
let group: string;
let late: number;
before(async () => {
  installation = await Installation.open();
  const [old, fresh] = await Promise.all(['old', 'fresh'].map((text) => installation.target((_request, response) => void response.end(text))));
  late = fresh!.port;
  group = await installation.group([old!.port], { attributes: { 'slow_start.duration_seconds': '900' } });
  door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group });
});
after(() => installation[Symbol.asyncDispose]());

async function shareOf(text: string, requests: number): Promise<number> {
  let count = 0;
  for (let i = 0; i < requests; i++) if ((await by(door.port)) === text) count++;
  return count / requests;
}

test('a target that becomes healthy beside another one begins with a small share, which it has in full without slow start', async () => {
  await eventually('the first target is healthy', async () => Object.values(await installation.health(group)).every(([state]) => state === 'healthy'), 15_000);
  await installation.register(group, [late]);
  await eventually('the late one is healthy', async () => (await installation.health(group))[late]![0] === 'healthy', 15_000);
  // in the first seconds of nine hundred its share is next to nothing
  const share = await shareOf('fresh', 60);
  assert.ok(share < 0.1, `${share} of the requests`);
  await installation.aws('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: [{ Key: 'slow_start.duration_seconds', Value: '0' }] });
  assert.equal(await shareOf('fresh', 20), 0.5);
});

test('it is 30 to 900 seconds, and goes with round robin only', async () => {
  const set = (attributes: Readonly<Record<string, string>>): Promise<unknown> =>
    installation.aws('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })) });
  for (const seconds of ['29', '901', 'x']) await assert.rejects(set({ 'slow_start.duration_seconds': seconds }), { code: 'ValidationError' });
  for (const type of ['least_outstanding_requests', 'weighted_random']) {
    await assert.rejects(set({ 'slow_start.duration_seconds': '30', 'load_balancing.algorithm.type': type }), { code: 'InvalidConfigurationRequest' });
  }
});
