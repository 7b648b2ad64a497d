import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describedWorld } from '../../../test/support/load-balancer-world.ts';
import { memoryStore, type Store } from '../store/index.ts';
import { Units } from './units.ts';

async function withGroups(...names: readonly string[]): Promise<Store> {
  const store = memoryStore();
  await put(store, names);
  return store;
}

async function put(store: Store, names: readonly string[]): Promise<void> {
  await store.transact((transaction) => {
    for (const name of names) for (const { kind, resource } of describedWorld({ groups: { [name]: {} } })) transaction.put(kind, resource);
  });
}

const id = (name: string): string => describedWorld({ groups: { [name]: {} } })[0]!.resource.id;

test('a unit is made again only when something that it read has changed, absence included', async () => {
  const store = await withGroups('a');
  const units = new Units();
  let runs = 0;
  const run = (): readonly boolean[] => units.round(store.world, 0).unit('both', (maker) => {
    runs++;
    return ['a', 'b'].map((name) => maker.get('elbv2/target-group', id(name)) !== undefined);
  });
  assert.deepEqual(run(), [true, false]);
  run();
  await put(store, ['c']);
  run();
  assert.equal(runs, 1);
  await put(store, ['b']);
  assert.deepEqual(run(), [true, true]);
  assert.equal(runs, 2);
});

test('in one round a unit is made once, and its diagnostics are told in every round', async () => {
  const units = new Units();
  const { world } = await withGroups();
  for (let i = 0; i < 3; i++) {
    const round = units.round(world, 0);
    for (let j = 0; j < 2; j++) round.unit('one', (maker) => maker.tell({ severity: 'warning', resource: 'r', field: 'f', message: 'm' }));
    assert.equal(round.diagnostics.length, 1);
  }
});

test('what cannot be made is named', async () => {
  const units = new Units();
  const { world } = await withGroups();
  const make = (): never => {
    throw new TypeError('it has no form');
  };
  assert.throws(() => units.round(world, 0).unit('function f', make), { message: 'function f could not be compiled: it has no form' });
});

test('what a round does not ask for is forgotten', async () => {
  const units = new Units();
  const { world } = await withGroups();
  let runs = 0;
  const make = (): number => ++runs;
  units.round(world, 0).unit('one', make);
  units.round(world, 0);
  units.round(world, 0).unit('one', make);
  assert.equal(runs, 2);
});

test('a question about time is asked again when the answer changes, and the round says when', async () => {
  const units = new Units();
  const { world } = await withGroups();
  const at = (now: number): readonly [boolean, number | null] => {
    const round = units.round(world, now);
    return [round.unit('one', (maker) => maker.isAhead(10)), round.validUntil];
  };
  assert.deepEqual(at(5), [true, 10]);
  assert.deepEqual(at(9), [true, 10]);
  assert.deepEqual(at(10), [false, null]);
  assert.deepEqual(at(5), [true, 10]);
});
