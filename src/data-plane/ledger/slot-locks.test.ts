import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { SlotLocks } from './slot-locks.ts';

const DOUBLES = 2;

test('a lock is not taken from a thread that has lost its core for a while, and is from one that has ended', async () => {
  const memory = new SharedArrayBuffer(DOUBLES * Float64Array.BYTES_PER_ELEMENT * 2);
  const locks = new SlotLocks(memory, DOUBLES);
  const cells = new Float64Array(memory);
  assert.equal(locks.slots, 2);
  // holds the second lock for a fifth of a second, which is thousands of times as long as anybody works under it
  const code = `const { SlotLocks } = await import(${JSON.stringify(new URL('./slot-locks.ts', import.meta.url).href)});
    const { parentPort, workerData } = await import('node:worker_threads');
    new SlotLocks(workerData, ${DOUBLES}).hold(1);
    parentPort.postMessage('held');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    new Float64Array(workerData)[3] = 1;
    new SlotLocks(workerData, ${DOUBLES}).free(1);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { workerData: memory });
  await once(worker, 'message');
  locks.hold(1);
  assert.equal(cells[3], 1, 'it was taken while its holder was at work');
  locks.hold(0);
  locks.free(0);
  const begun = performance.now();
  // its holder, this time, never frees it
  locks.hold(1);
  assert.ok(performance.now() - begun > 900, 'its holder was not waited for');
  await worker.terminate();
});
