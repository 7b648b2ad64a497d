import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BroadcastChannel } from 'node:worker_threads';
import { Compiler } from '../control-plane/compiler/index.ts';
import { allocateLedger } from '../data-plane/ledger/index.ts';
import { systemClock } from '../kernel/index.ts';
import { exposition } from '../observe/index.ts';
import { elbStage } from '../../test/support/elb-stage.ts';
import { freePort } from '../../test/support/load/port.ts';
import { DataWorkers } from './data-workers.ts';
import type { FunctionThread } from './function-thread.ts';
import { LiveReports } from './live-reports.ts';

const SLAB = { balancers: 4, pools: 4 };
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

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

test('a worker that dies is told, replaced and served the newest; the other goes on; what it counted stays', { timeout: 30_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-workers-'));
  const stage = await elbStage();
  const port = await freePort();
  await stage.listener(await stage.balancer(), port);
  const { snapshot } = new Compiler().compile(stage.environment.store.world, { addresses: ['127.0.0.1'], internalAddresses: ['127.0.0.1'], addressPool: false, portOffset: 0, now: stage.clock.now() });
  const balancerSlots = new Map(Object.values(snapshot.listeners).map(({ ownerLabel }) => [ownerLabel, 0]));
  const reports = new LiveReports(systemClock);
  const told: string[] = [];
  // none of these requests needs a function
  const functions = { connect: () => {} } as unknown as FunctionThread;
  const workers = new DataWorkers({
    entry: new URL('../../test/support/mortal-data-worker.ts', import.meta.url), count: 2, ledger: allocateLedger({ endpoints: 4, counters: 4 }), slabShape: SLAB, logRoot: folder,
    connectionLimit: 100, drainMs: 1000, clock: systemClock, functions, reports, onFailure: (worker, error) => told.push(`${worker}: ${error.message}`),
  });
  t.after(async () => {
    await workers.stop(1000);
    rmSync(folder, { recursive: true });
  });
  const counted = (): number => {
    const lines = exposition(workers.metrics, { balancers: balancerSlots, pools: new Map() }).split('\n');
    return lines.filter((line) => line.startsWith('turnpike_requests_total{')).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  const NOT_FOUND = Array.from({ length: 20 }, () => 404);

  workers.serve({ snapshot, endpointSlots: new Map(), balancerSlots, poolSlots: new Map() });
  assert.equal(await reports.served(snapshot.revision, 10_000), true);
  assert.deepEqual(await ask(port, 20), NOT_FOUND);
  await pause(20);
  assert.equal(counted(), 20);

  const channel = new BroadcastChannel('mortal-data-worker');
  channel.postMessage(0);
  while (workers.count === 2) await pause(1);
  channel.close();
  assert.equal(workers.states()[0]!.state, 'stopped');
  assert.deepEqual(told, ['0: it was told to die', '0: the worker ended and is started again']);
  assert.deepEqual(await ask(port, 20), NOT_FOUND, 'the other worker has the address alone');
  while (reports.revisionOf(0) !== snapshot.revision || workers.count < 2) await pause(5);
  assert.deepEqual(workers.states().map(({ state, revision }) => ({ state, revision })), [{ state: 'serving', revision: snapshot.revision }, { state: 'serving', revision: snapshot.revision }]);
  assert.deepEqual(await ask(port, 20), NOT_FOUND);
  await pause(20);
  assert.equal(counted(), 60);
});
