import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Tag } from '../../resources/index.ts';
import { memoryStore, type Store } from '../index.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Makes a row and deletes it again, so often. */
async function comeAndGo(store: Store, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    const id = `row-${n}`;
    await store.transact((tx) => tx.put('ec2/subnet', { id, parent: 'vpc', account: '000000000000', region: 'us-east-1', createdAt: n, tags: [] as readonly Tag[] } as unknown as Parameters<typeof tx.put<'ec2/subnet'>>[1]));
    await store.transact((tx) => tx.delete('ec2/subnet', id));
  }
}

test('what came and went is not kept: no image holds on to the drafts that made its parts', async () => {
  const store = memoryStore();
  await comeAndGo(store, 300);
  collect();
  const before = process.memoryUsage().heapUsed;
  await comeAndGo(store, 1500);
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  assert.ok(grown < 1_000_000, `3000 commits left ${(grown / 1e6).toFixed(1)} MB behind`);
  store.close();
});
