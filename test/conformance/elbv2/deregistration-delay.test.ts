/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { get, Installation } from './installation.ts';

/** The installation's own drain time is long, so that it shows where that counts instead of the group's. */
async function stage(delay: string) {
  const installation = await Installation.open({ 'drain-seconds': '60' });
  const held: ServerResponse[] = [];
  const target = await installation.target((request, response) => (request.headers['user-agent'] === 'ELB-HealthChecker/2.0' ? void response.end() : void held.push(response)));
  const group = await installation.group([target.port], { attributes: { 'deregistration_delay.timeout_seconds': delay } });
  const door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group });
  const begun = performance.now();
  const answer = get(door.port).then((got) => ({ status: got.status, ms: performance.now() - begun }));
  while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await installation.deregister(group, [target.port]);
  return { installation, held, answer, group, door, port: target.port };
}

test('a request in flight ends while its target drains, and nothing new goes there', async () => {
  const { installation, held, answer, group, door, port } = await stage('30');
  await using _ = installation;
  assert.deepEqual((await installation.health(group))[port]?.slice(0, 2), ['draining', 'Target.DeregistrationInProgress']);
  assert.equal((await get(door.port)).status, 503);
  held[0]!.end('late');
  assert.equal((await answer).status, 200);
});

test('one that lasts longer than the delay is cut when it is over, not later', async () => {
  const { installation, answer } = await stage('1');
  await using _ = installation;
  const { status, ms } = await answer;
  assert.equal(status, 502);
  assert.ok(ms > 900 && ms < 10_000, `${ms}`);
});

test('without a delay it is cut at once', async () => {
  const { installation, answer } = await stage('0');
  await using _ = installation;
  const { status, ms } = await answer;
  assert.equal(status, 502);
  assert.ok(ms < 10_000, `${ms}`);
});
