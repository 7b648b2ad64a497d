/** What an idle program costs, and what an idle connection adds. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Balancer, fixed } from '../support/load/balancer.ts';
import { idleConnections } from '../support/load/idle.ts';
import { HEAP_PROBE, sum, usedHeaps } from '../support/load/heap.ts';
import { cpuSeconds, descriptorCount, descriptorLimit, residentBytes } from '../support/load/process-state.ts';
import { startTurnpike } from '../support/turnpike.ts';

const WANTED = 10_000;
const AIM_BYTES = 6 * 1024;
const MOST_BYTES = 12 * 1024;
const IDLE_SECONDS = 4;
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const skip = existsSync('/proc/self/status') ? false : 'needs /proc: memory of another process is read there';

test('ten thousand idle connections: bounded while they are there, given back when they are gone', { timeout: 400_000, skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-memory-'));
  const turnpike = await startTurnpike({ dataFolder: folder, options: ['--workers', '2'], nodeOptions: HEAP_PROBE });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true });
  });
  const balancer = await Balancer.create(turnpike.endpoint);
  await balancer.rule(1, '/x', fixed('200', 'x'));
  await using idle = idleConnections(balancer.port, '/x');
  // descriptors of the client's process and of ours are counted apart; 500 are for everything else
  const count = Math.min(WANTED, descriptorLimit() - 500);
  if (count < WANTED) t.diagnostic(`only ${count} connections: a process may have ${descriptorLimit()} files open here (ulimit -n)`);
  // the code is compiled and the lists have their first sizes
  assert.equal(await idle.open(500), 500);
  await idle.close();
  await pause(2000);
  const files = descriptorCount(turnpike.pid);
  const cpuBefore = cpuSeconds(turnpike.pid);
  await pause(IDLE_SECONDS * 1000);
  const cpu = (100 * (cpuSeconds(turnpike.pid) - cpuBefore)) / IDLE_SECONDS;
  const before = residentBytes(turnpike.pid);
  t.diagnostic(`idle: ${(before / 2 ** 20).toFixed(0)} MB resident, ${cpu.toFixed(2)} % of a core`);
  assert.ok(cpu < 3, `it uses ${cpu.toFixed(2)} % of a core with nothing to do`);

  const closeAll = async (): Promise<void> => {
    assert.deepEqual(await idle.close(), { closed: count, lost: 0 });
    for (let waited = 0; descriptorCount(turnpike.pid) > files && waited < 1200; waited++) await pause(50);
    assert.ok(descriptorCount(turnpike.pid) <= files, `${descriptorCount(turnpike.pid)} descriptors are open, ${files} were`);
  };

  assert.equal(await idle.open(count), count);
  await pause(1500);
  assert.ok(descriptorCount(turnpike.pid) >= files + count);
  const resident = (residentBytes(turnpike.pid) - before) / count;
  await closeAll();
  // only now: the heap probe makes the process larger
  const used = sum(await usedHeaps(turnpike));
  assert.equal(await idle.open(count), count);
  const held = (sum(await usedHeaps(turnpike)) - used) / count;
  await closeAll();
  const left = (sum(await usedHeaps(turnpike)) - used) / count;
  t.diagnostic(`${count} idle connections: ${(resident / 1024).toFixed(2)} KB resident each (aim ${AIM_BYTES / 1024}), of it ${(held / 1024).toFixed(2)} KB JavaScript objects; ${left.toFixed(0)} bytes each in use after they closed`);
  assert.ok(resident < MOST_BYTES, `an idle connection costs ${(resident / 1024).toFixed(1)} KB`);
  assert.ok(left < 50, `${left.toFixed(0)} bytes of each of ${count} connections are kept after it closed`);
});
