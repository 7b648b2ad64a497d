import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { systemClock } from '../../kernel/index.ts';
import type { Kind, Resource } from '../resources/index.ts';
import { type ChangeSet, memoryStore, sqliteStore, type Store, type Transaction } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-store-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

const VPC = 'ec2/vpc' as Kind;
const SUBNET = 'ec2/subnet' as Kind;

function put(tx: Transaction, kind: Kind, more: Partial<Resource> & { id: string; [member: string]: unknown }): void {
  tx.put(kind, { account: '000000000000', region: 'us-east-1', parent: null, createdAt: 1, ...more } as never);
}

function ids(resources: readonly unknown[]): string[] {
  return (resources as readonly Resource[]).map((resource) => resource.id);
}

const drivers: Record<string, () => Store> = {
  memory: memoryStore,
  sqlite: () => sqliteStore({ path: join(folder, `${files++}`, 'turnpike.db'), clock: systemClock }),
};

for (const [name, open] of Object.entries(drivers)) {
  describe(`the ${name} store`, () => {
    test('lists in order of creation, by scope and by parent, also after a replacement', async (t) => {
      const store = open();
      t.after(() => store.close());
      await store.transact((tx) => {
        put(tx, SUBNET, { id: 'c', parent: 'vpc-1' });
        put(tx, SUBNET, { id: 'a', parent: 'vpc-1', region: 'eu-west-1' });
      });
      await store.transact((tx) => put(tx, SUBNET, { id: 'b', parent: 'vpc-2' }));
      await store.transact((tx) => put(tx, SUBNET, { id: 'c', parent: 'vpc-2', size: 2 }));
      assert.deepEqual(ids(store.world.list(SUBNET)), ['c', 'a', 'b']);
      assert.deepEqual(ids(store.world.list(SUBNET, { account: '000000000000', region: 'us-east-1' })), ['c', 'b']);
      assert.deepEqual(ids(store.world.children(SUBNET, 'vpc-1')), ['a']);
      assert.deepEqual(ids(store.world.children(SUBNET, 'vpc-2')), ['c', 'b']);
      assert.equal(store.world.revision, 3);
      await store.transact((tx) => tx.delete(SUBNET, 'c'));
      assert.deepEqual(ids(store.world.children(SUBNET, 'vpc-2')), ['b']);
      assert.equal(store.world.get(SUBNET, 'c'), undefined);
      await store.transact((tx) => put(tx, SUBNET, { id: 'c' }));
      assert.deepEqual(ids(store.world.list(SUBNET)), ['a', 'b', 'c']);
    });

    test('keeps the identity of what did not change, and a world stays as it was', async (t) => {
      const store = open();
      t.after(() => store.close());
      await store.transact((tx) => {
        put(tx, VPC, { id: 'vpc-1', tags: [{ key: 'a', value: '1' }] });
        put(tx, VPC, { id: 'vpc-2' });
      });
      const before = store.world;
      const first = before.get(VPC, 'vpc-1');
      await store.transact((tx) => put(tx, VPC, { id: 'vpc-2', cidr: '10.0.0.0/16' }));
      assert.equal(store.world.get(VPC, 'vpc-1'), first);
      assert.notEqual(store.world.get(VPC, 'vpc-2'), before.get(VPC, 'vpc-2'));
      assert.equal(before.revision, 1);
      assert.equal((before.get(VPC, 'vpc-2') as unknown as { cidr?: string }).cidr, undefined);
      const revision = store.world.revision;
      await store.transact((tx) => put(tx, VPC, { id: 'vpc-1', tags: [{ key: 'a', value: '1' }] }));
      assert.equal(store.world.revision, revision, 'putting an equal resource is no change');
      assert.equal(store.world.get(VPC, 'vpc-1'), first);
    });

    test('freezes deeply, drops undefined members and refuses what JSON cannot hold', async (t) => {
      const store = open();
      t.after(() => store.close());
      await store.transact((tx) => put(tx, VPC, { id: 'vpc-1', nested: { list: [{ x: 1, gone: undefined }] } }));
      const stored = store.world.get(VPC, 'vpc-1') as unknown as { nested: { list: { x: number }[] } };
      assert.ok(Object.isFrozen(stored) && Object.isFrozen(stored.nested.list) && Object.isFrozen(stored.nested.list[0]));
      assert.deepEqual(Object.keys(stored.nested.list[0]!), ['x']);
      await assert.rejects(store.transact((tx) => put(tx, VPC, { id: 'vpc-2', at: new Date(0) })), /ec2\/vpc vpc-2\.at is an instance of a class/);
      await assert.rejects(store.transact((tx) => put(tx, VPC, { id: 'vpc-2', size: Number.NaN })), /vpc-2\.size is NaN/);
      assert.equal(store.world.get(VPC, 'vpc-2'), undefined);
    });

    test('rolls back a change that throws, and only that one', async (t) => {
      const store = open();
      t.after(() => store.close());
      const outcomes = await Promise.allSettled([
        store.transact((tx) => put(tx, VPC, { id: 'one' })),
        store.transact((tx) => {
          put(tx, VPC, { id: 'two' });
          throw new Error('no');
        }),
        store.transact((tx) => {
          put(tx, VPC, { id: 'three' });
          return ids(tx.list(VPC));
        }),
      ]);
      assert.deepEqual(outcomes.map((outcome) => outcome.status), ['fulfilled', 'rejected', 'fulfilled']);
      assert.deepEqual((outcomes[2] as { value: unknown }).value, ['one', 'three']);
      assert.deepEqual(ids(store.world.list(VPC)), ['one', 'three']);
    });

    test('a list that was handed out does not change under the loop that reads it', async (t) => {
      const store = open();
      t.after(() => store.close());
      await store.transact((tx) => {
        for (let i = 0; i < 10; i++) put(tx, SUBNET, { id: `s-${i}`, parent: 'vpc-1' });
        for (const subnet of tx.children(SUBNET, 'vpc-1')) tx.delete(SUBNET, (subnet as Resource).id);
        assert.equal(tx.children(SUBNET, 'vpc-1').length, 0);
      });
      assert.equal(store.world.list(SUBNET).length, 0);
    });

    test('refuses a promise and a transaction used after its end', async (t) => {
      const store = open();
      t.after(() => store.close());
      await assert.rejects(store.transact(async (tx) => put(tx, VPC, { id: 'late' })), /must be synchronous/);
      assert.equal(store.world.get(VPC, 'late'), undefined);
      const kept = await store.transact((tx) => tx);
      assert.throws(() => put(kept, VPC, { id: 'late' }), /has ended/);
    });

    test('the feed coalesces commits and names what changed', async (t) => {
      const store = open();
      t.after(() => store.close());
      const { promise, resolve } = Promise.withResolvers<ChangeSet>();
      let calls = 0;
      const end = store.subscribe((changes) => {
        calls++;
        if (changes.changed.get(VPC)?.has('vpc-99')) resolve(changes);
      });
      await Promise.all(Array.from({ length: 100 }, (_, i) => store.transact((tx) => put(tx, VPC, { id: `vpc-${i}` }))));
      const changes = await promise;
      assert.equal(changes.revision, 100);
      assert.equal(store.world.revision, 100);
      assert.ok(calls < 20, `${calls} calls for 100 commits`);
      end();
      const before = calls;
      await store.transact((tx) => put(tx, VPC, { id: 'unheard' }));
      await new Promise((next) => setImmediate(next));
      assert.equal(calls, before);
    });

    test('reset empties it, tells so, and refuses work after close', async () => {
      const store = open();
      await store.transact((tx) => put(tx, VPC, { id: 'vpc-1' }));
      await store.reset();
      assert.equal(store.world.list(VPC).length, 0);
      assert.equal(store.world.revision, 2);
      await store.transact((tx) => put(tx, VPC, { id: 'vpc-2' }));
      assert.deepEqual(ids(store.world.list(VPC)), ['vpc-2']);
      store.close();
      await assert.rejects(store.transact(() => 1), /closed/);
    });
  });
}
