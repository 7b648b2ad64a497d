import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { allocateBuckets, TokenBuckets } from './token-buckets.ts';

test('a full bucket gives its burst at once, then tokens at its rate', () => {
  const buckets = new TokenBuckets(allocateBuckets(4));
  const shape = { rate: 10, burst: 5 };
  const start = 1_000_000;
  const taken = (now: number): number => {
    let count = 0;
    while (buckets.take(2, shape, now)) count++;
    return count;
  };
  assert.equal(taken(start), 5);
  assert.equal(taken(start + 99), 0);
  assert.equal(taken(start + 100), 1);
  assert.equal(taken(start + 10_000), 5);
});

test('over a long time it admits the rate, within a token, whatever the fractions', () => {
  for (const rate of [0.5, 3, 7.7, 333, 12_345]) {
    const buckets = new TokenBuckets(allocateBuckets(1));
    let taken = 0;
    const seconds = 20;
    for (let ms = 0; ms < seconds * 1000; ms += 0.5) for (let i = 0; i < 10; i++) if (buckets.take(0, { rate, burst: 1 + rate / 10 }, 5_000_000 + ms)) taken++;
    const expected = rate * seconds + 1 + rate / 10;
    assert.ok(Math.abs(taken - expected) <= Math.max(2, expected / 100), `${rate}/s: ${taken} of ${expected}`);
  }
});

test('nothing is let through where nothing is allowed, and a clock set back does not block', () => {
  const buckets = new TokenBuckets(allocateBuckets(1));
  assert.equal(buckets.take(0, { rate: 0, burst: 5 }, 1), false);
  assert.equal(buckets.take(0, { rate: 5, burst: 0 }, 1), false);
  assert.equal(buckets.take(-1, { rate: 0, burst: 0 }, 1), true);
  const shape = { rate: 1, burst: 2 };
  assert.ok(buckets.take(0, shape, 10_000_000));
  assert.ok(buckets.take(0, shape, 1000));
});

test('a thread whose time lags behind gains nothing, and what it lags is not lost', () => {
  const buckets = new TokenBuckets(allocateBuckets(1));
  const shape = { rate: 10_000, burst: 100 };
  let taken = 0;
  for (let ms = 0; ms < 1000; ms++) for (const lag of [0, 7, 900]) for (let i = 0; i < 20; i++) if (buckets.take(0, shape, 5_000_000 + ms - lag)) taken++;
  assert.equal(taken, 100 + 999 * 10);
});

test('a bucket that gets another shape goes on from what is in it', () => {
  const buckets = new TokenBuckets(allocateBuckets(1));
  const start = 5_000_000;
  for (let i = 0; i < 10; i++) buckets.take(0, { rate: 0.01, burst: 5 }, start);
  const shape = { rate: 100, burst: 5 };
  assert.equal(buckets.take(0, shape, start), false);
  assert.equal(buckets.take(0, shape, start + 10), true);
});

test('threads take from one bucket, exactly', async () => {
  const memory = allocateBuckets(1);
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    import(workerData.module).then(({ TokenBuckets }) => {
      const buckets = new TokenBuckets(workerData.memory);
      let taken = 0;
      for (let i = 0; i < 50000; i++) if (buckets.take(0, { rate: 0.001, burst: 1000 }, 1000000)) taken++;
      parentPort.postMessage(taken);
    });`;
  const counts = await Promise.all(
    [1, 2].map(() => new Promise<number>((resolve, reject) => {
      const worker = new Worker(code, { eval: true, workerData: { memory, module: new URL('./token-buckets.ts', import.meta.url).href } });
      worker.once('message', resolve);
      worker.once('error', reject);
    })),
  );
  assert.equal(counts[0]! + counts[1]!, 1000);
});
