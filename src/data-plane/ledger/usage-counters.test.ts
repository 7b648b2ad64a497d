import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { allocateUsage, UsageCounters } from './usage-counters.ts';

test('a limit lets so many through in a period, and as many in the next', () => {
  const counters = new UsageCounters(allocateUsage(4));
  const taken = (period: number, times: number): number => Array.from({ length: times }, () => counters.take(1, period, 3)).filter(Boolean).length;
  assert.equal(taken(10, 5), 3);
  assert.equal(taken(11, 5), 3);
  // a thread whose clock lags behind counts into the present period
  assert.equal(taken(10, 5), 0);
  assert.deepEqual(counters.read(1), { used: 3, period: 11, granted: 0, total: 6 });
  assert.deepEqual(counters.read(0), { used: 0, period: 0, granted: 0, total: 0 });
});

test('more is granted, or less, for the running period only', () => {
  const counters = new UsageCounters(allocateUsage(1));
  const taken = (period: number): number => Array.from({ length: 20 }, () => counters.take(0, period, 3)).filter(Boolean).length;
  assert.equal(taken(1), 3);
  counters.setLeft(0, { period: 1, limit: 3, left: 5 });
  assert.equal(taken(1), 5);
  counters.setLeft(0, { period: 2, limit: 3, left: 1 });
  assert.equal(taken(2), 1);
  assert.equal(taken(3), 3);
});

test('what has no slot passes only without a limit; cleared slots are empty, restored ones go on', () => {
  const counters = new UsageCounters(allocateUsage(1));
  assert.deepEqual([counters.take(-1, 1, 5), counters.take(-1, 1, Infinity)], [false, true]);
  counters.restore(0, { used: 4, period: 7, granted: 1 }, 0);
  assert.deepEqual([counters.take(0, 7, 4), counters.take(0, 7, 4)], [true, false]);
  counters.clear(0);
  assert.deepEqual(counters.read(0), { used: 0, period: 0, granted: 0, total: 0 });
});

test('what is restored late is added to what has been used since, and to nothing that is in it already', () => {
  const counters = new UsageCounters(allocateUsage(1));
  const take = (times: number, period: number): void => {
    for (let i = 0; i < times; i++) assert.ok(counters.take(0, period, 100));
  };
  take(3, 7);
  counters.restore(0, { used: 4, period: 7, granted: 1 }, 0);
  assert.deepEqual(counters.read(0), { used: 7, period: 7, granted: 1, total: 3 });
  take(2, 7);
  counters.restore(0, { used: 7, period: 7, granted: 1 }, 5);
  assert.equal(counters.read(0).used, 9, 'the file knew less');
  take(1, 8);
  counters.restore(0, { used: 50, period: 7, granted: 9 }, 6);
  assert.deepEqual(counters.read(0), { used: 1, period: 8, granted: 0, total: 6 }, 'that period is over');
});

test('threads together let exactly as many through as the limit says', async () => {
  const memory = allocateUsage(1);
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { UsageCounters } = await import(workerData.module);
    const counters = new UsageCounters(workerData.memory);
    let taken = 0;
    for (let i = 0; i < 20_000; i++) if (counters.take(0, 1, 25_001)) taken++;
    parentPort.postMessage(taken);`;
  const taken = await Promise.all(Array.from({ length: 3 }, () => new Promise<number>((resolve, reject) => {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: { memory, module: new URL('usage-counters.ts', import.meta.url).href } });
    worker.once('message', resolve);
    worker.once('error', reject);
  })));
  assert.equal(taken.reduce((sum, one) => sum + one, 0), 25_001);
});
