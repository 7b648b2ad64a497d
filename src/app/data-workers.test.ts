import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../test/support/eventually.ts';
import { BroadcastChannel, MessageChannel } from 'node:worker_threads';
import { freePort } from '../../test/support/free-port.ts';
import { Compiler, localInstallation } from '../control-plane/compiler/index.ts';
import type { RequestToExplain } from '../data-plane/generation/index.ts';
import { allocateLedger } from '../data-plane/ledger/index.ts';
import { opensslServes, WriteTurn } from '../data-plane/sockets/index.ts';
import { systemClock } from '../kernel/index.ts';
import { exposition } from '../observe/index.ts';
import type { ApiStage, Listener, Route, Snapshot } from '../snapshot/index.ts';
import { elbStage, NOT_FOUND } from '../../test/support/elb-stage.ts';
import { policySecrets } from './policy-secrets.ts';
import { DataThreads } from './data-threads.ts';
import { DataWorkers } from './data-workers.ts';
import type { Order } from '../../test/support/mortal-data-worker.ts';
import type { FunctionThread } from './function-thread.ts';
import { LiveReports } from './live-reports.ts';
import { NO_SLOTS, type SharedSlots } from './shared-slots.ts';

const SLAB = { balancers: 4, pools: 4 };

/** The statuses of so many requests, each over a connection of its own. */
async function ask(port: number, times: number): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < times; n++) {
    statuses.push(await new Promise<number>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, agent: false, headers: { connection: 'close' } }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode!)));
      sent.on('error', reject);
      sent.end();
    }));
  }
  return statuses;
}

test('a worker that dies is told, replaced and served the newest; the other goes on; what it counted stays', { timeout: 240_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-workers-'));
  const stage = await elbStage();
  const port = await freePort();
  const arn = await stage.listener(await stage.balancer(), port);
  const condition = { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-a', Values: ['1'] } };
  await stage.elb('CreateRule', { ListenerArn: arn, Priority: 1, Conditions: [condition], Actions: [NOT_FOUND] });
  const { snapshot } = new Compiler().compile(stage.environment.store.world, { ...localInstallation(stage.clock.now()), addressPool: false });
  const balancerSlots = new Map(Object.values(snapshot.listeners).map(({ ownerLabel }) => [ownerLabel, 0]));
  const slots: SharedSlots = { ...NO_SLOTS, balancers: balancerSlots };
  const reports = new LiveReports(systemClock);
  const told: string[] = [];
  // none of these requests needs a function
  const functions = { connect: () => ({ port: new MessageChannel().port2, leave: () => {} }) } as unknown as FunctionThread;
  const workers = new DataWorkers({
    threads: new DataThreads(new URL('../../test/support/mortal-data-worker.ts', import.meta.url)), count: 2, sharePorts: false, ledger: allocateLedger({ endpoints: 4, counters: 4 }), slabShape: SLAB, logRoot: folder,
    secrets: policySecrets(folder), traces: null, authorities: null, verifyTargets: false,
    connectionLimit: 100, drainMs: 1000, clock: systemClock, functions, reports, onLogFinished: () => {}, onFailure: (worker, error) => told.push(`${worker}: ${error.message}`),
  });
  t.after(async () => {
    await workers.stop(1000);
    rmSync(folder, { recursive: true });
  });
  const counted = (): number => {
    const lines = exposition(workers.metrics, { balancers: balancerSlots, pools: new Map() }).split('\n');
    return lines.filter((line) => line.startsWith('turnpike_requests_total{')).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  const statuses: number[] = [];
  const ANSWERS = Array.from({ length: 20 }, () => 404);

  workers.serve({ snapshot, slots });
  assert.equal(await reports.served(snapshot.revision, 60_000), true);
  assert.deepEqual(await ask(port, 20), ANSWERS);
  await eventually('all are counted', () => counted() === 20);

  // what it cannot answer, or link, is told and ends nothing
  await assert.rejects(workers.explain({ protocol: 'http', port, host: 'localhost', address: null } as RequestToExplain));
  const [listener] = Object.values(snapshot.listeners);
  const broken: Listener = { ...listener!, fallback: { ...listener!.fallback, action: { ...listener!.fallback.action, kind: 'unheard-of' } as unknown as Route['action'] } };
  const brokenStage = { id: 'stage', kind: 'http', label: 'a/s', authorizers: {}, integrations: null, routes: [] } as unknown as ApiStage;
  const worse: Snapshot = { ...snapshot, revision: snapshot.revision + 1, listeners: { [broken.id]: broken }, stages: { [brokenStage.id]: brokenStage } };
  workers.serve({ snapshot: worse, slots });
  assert.equal(await reports.served(worse.revision, 60_000), true);
  for (const id of [broken.id, brokenStage.id]) assert.match(reports.part(id)!.failures.join(), /cannot be linked/);
  assert.deepEqual(await ask(port, 20), ANSWERS);
  const better: Snapshot = { ...snapshot, revision: worse.revision + 1 };
  workers.serve({ snapshot: better, slots });
  assert.equal(await reports.served(better.revision, 60_000), true);
  assert.deepEqual(reports.part(broken.id)!.failures, []);
  assert.equal(workers.count, 2);

  // what throws at a request costs that one, and is counted and shown
  const channel = new BroadcastChannel('mortal-data-worker');
  for (const index of [0, 1]) channel.postMessage({ index, how: 'stumble' } satisfies Order);
  await eventually('both have stumbled', async () => {
    statuses.push(...(await ask(port, 1)));
    return workers.mishaps.get('client') === 2;
  });
  assert.deepEqual(statuses.filter((status) => status !== 404), [500, 500]);
  assert.match(exposition(workers.metrics, { balancers: new Map(), pools: new Map(), mishaps: workers.mishaps }), /^turnpike_mishaps_total\{place="client"\} 2$/m);
  assert.deepEqual(told.splice(0).map((text) => /^\d: something was thrown \(client\)/.test(text)), [true, true]);
  assert.equal(workers.count, 2);

  // so many that each worker has some
  const kept = await Promise.all(Array.from({ length: 24 }, async () => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => {}).write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const [head] = (await once(socket, 'data')) as [Buffer];
    assert.match(head.toString(), /^HTTP\/1.1 404/);
    return socket.resume();
  }));
  t.after(() => kept.forEach((socket) => socket.destroy()));

  channel.postMessage({ index: 0, how: 'die' } satisfies Order);
  await eventually('it is told', () => told.length === 2);
  channel.close();
  await eventually('its clients are left', () => kept.some(({ closed, readableEnded }) => closed || readableEnded));
  assert.ok(!kept.every(({ closed, readableEnded }) => closed || readableEnded), 'and those of the other are not');
  assert.equal(workers.states()[0]!.state, 'stopped');
  assert.deepEqual(told, ['0: it was told to die', '0: the worker ended and is started again']);
  assert.deepEqual(await ask(port, 20), ANSWERS, 'the other worker has the address alone');
  await eventually('it serves again', () => reports.revisionOf(0) === better.revision && workers.count === 2);
  const [ioUring, openssl] = [new WriteTurn().ring !== null, opensslServes()];
  assert.deepEqual(workers.states(), [{ id: 0, state: 'serving', revision: better.revision, ioUring, openssl }, { id: 1, state: 'serving', revision: better.revision, ioUring, openssl }]);
  assert.deepEqual(await ask(port, 20), ANSWERS);
  await eventually('all are counted', () => counted() === 80 + kept.length + statuses.length);
});
