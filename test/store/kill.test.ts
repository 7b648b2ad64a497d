import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '../../src/kernel/index.ts';
import type { Kind } from '../../src/control-plane/resources/index.ts';
import { sqliteStore } from '../../src/control-plane/store/index.ts';

const ROUNDS = 50;
const KIND = 'elbv2/rule' as Kind;
const folder = mkdtempSync(join(tmpdir(), 'turnpike-kill-'));
after(() => rmSync(folder, { recursive: true }));

/** Runs a writer until it is killed `afterMs` after its first acknowledgement; the highest number that it acknowledged, by lane. */
async function writeUntilKilled(path: string, afterMs: number): Promise<Map<string, number>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-writer.ts'), path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let armed = false;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (armed || !output.includes(' ')) return;
    armed = true;
    setTimeout(() => child.kill('SIGKILL'), afterMs);
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL', 'the writer ended by itself');
  const acknowledged = new Map<string, number>();
  // A last line without its end was not read as an acknowledgement by anybody.
  for (const line of output.slice(0, output.lastIndexOf('\n')).split('\n')) {
    const [lane, number] = line.split(' ');
    if (number) acknowledged.set(lane!, Number(number));
  }
  return acknowledged;
}

test(`killed ${ROUNDS} times while writing, the store loses nothing that it acknowledged`, async (t) => {
  let commits = 0;
  const round = async (index: number): Promise<void> => {
    // A file serves two rounds, so that one also recovers onto existing rows and a left-over log.
    const path = join(folder, `${index >> 1}.db`);
    const acknowledged = await writeUntilKilled(path, Math.random() * 40);
    const store = sqliteStore({ path, clock: systemClock });
    assert.ok(acknowledged.size > 0, 'nothing was acknowledged before the kill');
    for (const [lane, number] of acknowledged) {
      const left = store.world.get(KIND, `left-${lane}`) as { createdAt: number } | undefined;
      const right = store.world.get(KIND, `right-${lane}`) as { createdAt: number } | undefined;
      assert.equal(left?.createdAt, right?.createdAt, 'half a transaction');
      assert.ok(left!.createdAt >= number, `acknowledged ${number}, found ${left!.createdAt}`);
      commits += number;
    }
    store.close();
  };
  // Two files at a time, each file's rounds one after the other.
  const lanes = [0, 1].map(async (lane) => {
    for (let index = lane * 2; index < ROUNDS; index += 4) {
      await round(index);
      if (index + 1 < ROUNDS) await round(index + 1);
    }
  });
  await Promise.all(lanes);
  t.diagnostic(`${ROUNDS} kills, ${commits} acknowledged commits, all found`);
});
