/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import type { ServerResponse } from 'node:http';
import { freePort } from '../../support/free-port.ts';
import { by, get, Installation, type Balancer } from './installation.ts';

let installation: Installation;
let balancer: Balancer;
before(async () => {
  installation = await Installation.open();
  balancer = await installation.balancer();
});
after(() => installation[Symbol.asyncDispose]());

const forward = (TargetGroupArn: string): Readonly<Record<string, unknown>> => ({ Type: 'forward', TargetGroupArn });

async function becomes(group: string, port: number, expected: readonly unknown[], ms = 40_000): Promise<number> {
  const from = performance.now();
  for (;;) {
    const health = (await installation.health(group))[port];
    if (JSON.stringify(health) === JSON.stringify(expected)) return performance.now() - from;
    if (performance.now() - from > ms) assert.deepEqual(health, expected);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const HEALTHY = ['healthy', undefined, undefined];

test('states and reason codes', { concurrency: true }, async (t) => {
  let healthy = true;
  const checks: string[] = [];
  const target = await installation.target((request, response) => {
    const status = request.url === '/warm' ? (healthy ? 204 : 500) : request.url === '/teapot' ? 418 : 200;
    const checker = request.headers['user-agent'] === 'ELB-HealthChecker/2.0';
    if (checker) checks.push(`${request.method} ${request.url} ${request.headers['host']} ${request.headers['connection']}`);
    if (request.url === '/hang') return;
    response.writeHead(status).end('target');
  });
  const nobody = await freePort();
  const make = async (port: number, more: object): Promise<string> => {
    const group = await installation.group([port], { more: { UnhealthyThresholdCount: 2, HealthyThresholdCount: 2, ...more } });
    assert.deepEqual((await installation.health(group))[port], ['unused', 'Target.NotInUse', 'Target group is not configured to receive traffic from the load balancer']);
    return group;
  };
  await Promise.all([
    t.test('one passed check makes a new target healthy; a failed one does not end it, two do; two passes bring it back', async () => {
      const group = await make(target.port, { HealthCheckPath: '/warm', Matcher: { HttpCode: '200-299' } });
      const door = await installation.door(balancer, forward(group));
      assert.ok((await becomes(group, target.port, HEALTHY)) < 4_500, 'the next check is five seconds later');
      healthy = false;
      const downAfter = await becomes(group, target.port, ['unhealthy', 'Target.ResponseCodeMismatch', 'Health checks failed with these codes: [500]']);
      assert.ok(downAfter > 4_500, `two checks are five seconds apart: ${downAfter.toFixed(0)} ms`);
      assert.equal(await by(door.port), 'target', 'no target is healthy, so all are used');
      healthy = true;
      assert.ok((await becomes(group, target.port, HEALTHY)) > 4_500);
      assert.ok(checks.some((check) => check === `GET /warm 127.0.0.1:${target.port} close`), checks[0] ?? 'no check was seen');
    }),
    t.test('a status out of the matcher', async () => {
      const group = await make(target.port, { HealthCheckPath: '/teapot', Matcher: { HttpCode: '200,202' } });
      await installation.door(balancer, forward(group));
      await becomes(group, target.port, ['unhealthy', 'Target.ResponseCodeMismatch', 'Health checks failed with these codes: [418]']);
      await installation.aws('elbv2', 'ModifyTargetGroup', { TargetGroupArn: group, Matcher: { HttpCode: '200,418' } });
      await becomes(group, target.port, HEALTHY);
    }),
    t.test('no answer in time', async () => {
      const group = await make(target.port, { HealthCheckPath: '/hang' });
      await installation.door(balancer, forward(group));
      await becomes(group, target.port, ['unhealthy', 'Target.Timeout', 'Request timed out']);
    }),
    t.test('nobody there', async () => {
      const group = await make(nobody, {});
      const door = await installation.door(balancer, forward(group));
      await becomes(group, nobody, ['unhealthy', 'Target.FailedHealthChecks', 'Health checks failed']);
      assert.equal((await get(door.port)).status, 502);
    }),
    t.test('a port of its own', async () => {
      const group = await make(nobody, { HealthCheckPort: String(target.port) });
      await installation.door(balancer, forward(group));
      await becomes(group, nobody, HEALTHY);
    }),
    t.test('the healthy ones serve, and only they', async () => {
      const group = await make(target.port, {});
      const door = await installation.door(balancer, forward(group));
      await installation.register(group, [nobody]);
      await becomes(group, nobody, ['unhealthy', 'Target.FailedHealthChecks', 'Health checks failed']);
      await becomes(group, target.port, HEALTHY);
      for (let i = 0; i < 10; i++) assert.equal(await by(door.port), 'target');
    }),
  ]);
});

test('a target that is not registered is told so', async () => {
  const group = await installation.group([]);
  const { TargetHealthDescriptions } = await installation.aws<{ TargetHealthDescriptions: { TargetHealth: object }[] }>('elbv2', 'DescribeTargetHealth', { TargetGroupArn: group, Targets: [{ Id: '127.0.0.1', Port: 9 }] });
  assert.deepEqual(TargetHealthDescriptions[0]!.TargetHealth, { State: 'unused', Reason: 'Target.NotRegistered', Description: 'Target is not registered to the target group' });
});

test('a group without targets answers 503', async () => {
  const door = await installation.door(balancer, forward(await installation.group([])));
  const answer = await get(door.port);
  assert.equal(answer.status, 503);
  assert.match(answer.body, /<h1>503 Service Temporarily Unavailable<\/h1>/);
});

test('deregistered: what is under way is finished, nothing new comes, and after the delay it is gone', async () => {
  const waiting: ServerResponse[] = [];
  const target = await installation.target((request, response) => {
    if (request.url === '/slow') waiting.push(response);
    else response.end('one');
  });
  const other = await installation.target((_request, response) => void response.end('other'));
  const group = await installation.group([target.port, other.port], { attributes: { 'deregistration_delay.timeout_seconds': '4' } });
  const door = await installation.door(balancer, forward(group));
  const slow: Promise<string>[] = [];
  // round robin: one of two goes to each
  while (waiting.length === 0) {
    slow.push(by(door.port, { path: '/slow' }));
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await installation.deregister(group, [target.port]);
  const health = await installation.health(group);
  assert.deepEqual(health[target.port], ['draining', 'Target.DeregistrationInProgress', 'Target deregistration is in progress']);
  for (let i = 0; i < 6; i++) assert.equal(await by(door.port), 'other');
  for (const response of waiting) response.end('finished');
  assert.ok((await Promise.all(slow)).includes('finished'));
  await eventually('it is gone', async () => (await installation.health(group))[target.port] === undefined);
});
