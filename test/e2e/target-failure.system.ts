/**
 * Targets that die, fall silent, leave and come back while they are under load: what may be retried does not fail, nothing is done twice that must
 * not be, and DescribeTargetHealth says what AWS would say. Groups of one balancer, at the same time: a health check takes 5 s at least.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DeregisterTargetsCommand, RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Backend } from '../support/load/backend.ts';
import { Balancer, fixed, forward, target } from '../support/load/balancer.ts';
import { describeLoad, startLoad } from '../support/load/load.ts';
import { startTurnpike, type RunningTurnpike } from '../support/turnpike.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-targets-'));
const INTERVAL_MS = 5000;
/** Two checks that fail, each up to its timeout, an interval apart, and the time of who asks, on a machine that has other work. */
const NOTICED_WITHIN_MS = 2 * INTERVAL_MS + 2000 + 10_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

describe('targets', { concurrency: true, timeout: 300_000 }, () => {
  let turnpike: RunningTurnpike;
  let balancer: Balancer;
  const backends = new Set<Backend>();

  const start = async (name: string, more: { readonly port?: number; readonly ids?: string } = {}): Promise<Backend> => {
    const backend = await Backend.start({ name, ...more });
    backends.add(backend);
    return backend;
  };
  /** Who answers, by name of the backend, or the status where that is not 200. */
  const ask = async (path: string, times: number): Promise<Readonly<Record<string, number>>> => {
    const answers: Record<string, number> = {};
    for (let n = 0; n < times; n++) {
      const answer = await fetch(`${balancer.url}${path}`);
      const text = await answer.text();
      const who = answer.status === 200 ? text.split(' ')[0]! : String(answer.status);
      answers[who] = (answers[who] ?? 0) + 1;
    }
    return answers;
  };

  before(async () => {
    turnpike = await startTurnpike({ dataFolder: join(folder, 'data'), options: ['--workers', '2'] });
    balancer = await Balancer.create(turnpike.endpoint, fixed('404', 'no rule'));
  });
  after(async () => {
    await turnpike?.stop();
    for (const backend of backends) await backend.kill();
    rmSync(folder, { recursive: true });
  });

  test('one is killed under load, noticed, and comes back', async (t) => {
    const names = ['killed-a', 'killed-b', 'killed-c'];
    const ids = (name: string): string => join(folder, `${name}.ids`);
    const [a, b, c] = (await Promise.all(names.map((name) => start(name, { ids: ids(name) })))) as [Backend, Backend, Backend];
    const group = await balancer.group('killed', [a.port, b.port, c.port]);
    await balancer.rule(1, '/killed/*', forward(group));
    await balancer.becomes(group, { [a.port]: 'healthy', [b.port]: 'healthy', [c.port]: 'healthy' });
    const post = { method: 'POST', path: '/killed/do', body: 'x'.repeat(500), ids: true, expect: [200, 502] };
    await using load = await startLoad({
      name: 'killed', port: balancer.port, connections: 64, pauseMs: 20,
      shots: [{ method: 'GET', path: '/killed/see' }, post, { method: 'GET', path: '/killed/chunked' }, { ...post, chunked: true }],
    });
    await pause(1000);
    await b.kill();
    const noticed = await balancer.becomes(group, { [b.port]: 'unhealthy' }, NOTICED_WITHIN_MS);
    const told = await balancer.health(group);
    assert.deepEqual(told.get(b.port), { State: 'unhealthy', Reason: 'Target.FailedHealthChecks', Description: 'Health checks failed' });
    assert.deepEqual(told.get(a.port), { State: 'healthy' });
    assert.deepEqual(Object.keys(await ask('/killed/who', 20)).sort(), ['killed-a', 'killed-c']);
    const again = await start('killed-b', { port: b.port, ids: ids('killed-b') });
    const back = await balancer.becomes(group, { [again.port]: 'healthy' }, NOTICED_WITHIN_MS);
    // two successes in a row, an interval apart: HealthyThresholdCount is 2
    assert.ok(back >= INTERVAL_MS * 0.9, `healthy again after ${back.toFixed(0)} ms: one success was enough`);
    assert.deepEqual(Object.keys(await ask('/killed/who', 30)).sort(), names);
    const result = await load.end();
    t.diagnostic(`${describeLoad(result)}; noticed after ${(noticed / 1000).toFixed(1)} s, back after ${(back / 1000).toFixed(1)} s`);
    assert.deepEqual(result.failures, []);
    const done = new Map<string, number>();
    for (const name of names) for (const id of readFileSync(ids(name), 'latin1').split('\n')) if (id !== '') done.set(id, (done.get(id) ?? 0) + 1);
    const statuses = Object.entries(result.ids);
    assert.ok(statuses.length > 1000, `only ${statuses.length} POSTs were sent`);
    assert.deepEqual(statuses.filter(([id]) => (done.get(id) ?? 0) > 1), [], 'done twice');
    assert.deepEqual(statuses.filter(([id, status]) => status === 200 && done.get(id) !== 1), [], 'answered 200 and not done');
    t.diagnostic(`${statuses.length} POSTs, ${statuses.filter(([, status]) => status === 502).length} answered 502`);
  });

  test('reasons, fail-open, nobody left', async (t) => {
    const [a, b, c] = (await Promise.all(['open-a', 'open-b', 'open-c'].map((name) => start(name)))) as [Backend, Backend, Backend];
    const group = await balancer.group('open', [a.port, b.port, c.port], { deregistrationDelaySeconds: 0 });
    await balancer.rule(2, '/open/*', forward(group));
    await balancer.becomes(group, { [a.port]: 'healthy', [b.port]: 'healthy', [c.port]: 'healthy' });
    await a.setHealth(503);
    await b.setHealth('silent');
    await balancer.becomes(group, { [a.port]: 'unhealthy', [b.port]: 'unhealthy' }, NOTICED_WITHIN_MS);
    let told = await balancer.health(group);
    assert.deepEqual(told.get(a.port), { State: 'unhealthy', Reason: 'Target.ResponseCodeMismatch', Description: 'Health checks failed with these codes: [503]' });
    assert.deepEqual(told.get(b.port), { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' });
    assert.deepEqual(await ask('/open/who', 20), { 'open-c': 20 });
    // nobody is healthy: all are asked (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html)
    await c.setHealth(500);
    await balancer.becomes(group, { [c.port]: 'unhealthy' }, NOTICED_WITHIN_MS);
    assert.deepEqual(Object.keys(await ask('/open/who', 30)).sort(), ['open-a', 'open-b', 'open-c']);
    for (const backend of [a, b, c]) await backend.kill();
    assert.deepEqual(await ask('/open/who', 5), { 502: 5 });
    told = await balancer.health(group);
    assert.deepEqual([...told.values()].map(({ State }) => State), ['unhealthy', 'unhealthy', 'unhealthy']);
    await balancer.elb.send(new DeregisterTargetsCommand({ TargetGroupArn: group, Targets: [a, b, c].map(({ port }) => target(port)) }));
    assert.deepEqual(await ask('/open/who', 5), { 503: 5 });
    assert.equal((await balancer.health(group)).size, 0);
    const again = await start('open-d');
    await balancer.elb.send(new RegisterTargetsCommand({ TargetGroupArn: group, Targets: [target(again.port)] }));
    assert.deepEqual(await ask('/open/who', 5), { 'open-d': 5 });
    t.diagnostic('503, silent, 500; all unhealthy: all are asked; all dead: 502; none registered: 503');
  });

  test('one that is deregistered finishes what it has, gets nothing new, and is gone after the delay', async () => {
    const [a, b] = (await Promise.all(['leaves', 'stays'].map((name) => start(name)))) as [Backend, Backend];
    const group = await balancer.group('drain', [a.port], { deregistrationDelaySeconds: 4 });
    await balancer.rule(3, '/slow/*', forward(group));
    await balancer.becomes(group, { [a.port]: 'healthy' });
    const inFlight = fetch(`${balancer.url}/slow/2500`);
    await pause(200);
    await balancer.elb.send(new RegisterTargetsCommand({ TargetGroupArn: group, Targets: [target(b.port)] }));
    await balancer.becomes(group, { [b.port]: 'healthy' });
    await balancer.elb.send(new DeregisterTargetsCommand({ TargetGroupArn: group, Targets: [target(a.port)] }));
    const left = performance.now();
    assert.deepEqual((await balancer.health(group)).get(a.port), { State: 'draining', Reason: 'Target.DeregistrationInProgress', Description: 'Target deregistration is in progress' });
    assert.deepEqual(await ask('/slow/0', 20), { stays: 20 });
    const answer = await inFlight;
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), 'leaves GET 0\n');
    while ((await balancer.health(group)).has(a.port)) await pause(50);
    const took = performance.now() - left;
    assert.ok(took > 3900 && took < 20_000, `gone after ${took.toFixed(0)} ms, with a delay of 4 s`);
    assert.deepEqual(await ask('/slow/0', 10), { stays: 10 });
  });

  test('all are replaced under load', async (t) => {
    const old = await Promise.all([1, 2, 3].map((n) => start(`old-${n}`)));
    const group = await balancer.group('rolling', old.map(({ port }) => port), { deregistrationDelaySeconds: 2 });
    await balancer.rule(4, '/rolling/*', forward(group));
    await balancer.becomes(group, Object.fromEntries(old.map(({ port }) => [port, 'healthy'])));
    await using load = await startLoad({
      name: 'rolling', port: balancer.port, connections: 32, pauseMs: 10,
      shots: [{ method: 'GET', path: '/rolling/see' }, { method: 'POST', path: '/rolling/do', body: 'x'.repeat(100) }],
    });
    for (const [index, leaving] of old.entries()) {
      const fresh = await start(`new-${index + 1}`);
      await balancer.elb.send(new RegisterTargetsCommand({ TargetGroupArn: group, Targets: [target(fresh.port)] }));
      await balancer.becomes(group, { [fresh.port]: 'healthy' });
      await balancer.elb.send(new DeregisterTargetsCommand({ TargetGroupArn: group, Targets: [target(leaving.port)] }));
      while ((await balancer.health(group)).has(leaving.port)) await pause(50);
      await leaving.kill();
    }
    assert.deepEqual(Object.keys(await ask('/rolling/who', 30)).sort(), ['new-1', 'new-2', 'new-3']);
    const result = await load.end();
    t.diagnostic(describeLoad(result));
    assert.deepEqual(result.failures, []);
    assert.deepEqual(Object.keys(result.byStatus), ['200']);
  });
});
