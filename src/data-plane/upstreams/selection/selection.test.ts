import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { seededRandom } from '../../../kernel/index.ts';
import type { Endpoint } from '../../../snapshot/index.ts';
import { allocateLedger, HEALTHY, Ledger, NO_SLOT, UNHEALTHY, UNKNOWN } from '../../ledger/index.ts';
import type { Selectable } from './eligible.ts';
import { RoundRobin } from './round-robin.ts';
import { NOTHING_TRIED } from './selection.ts';
import { WeightedChoice } from './weighted-choice.ts';

interface Named extends Selectable {
  readonly name: string;
}

function endpoint(name: string, healthSlot: number, changes: Partial<Endpoint> = {}): Named {
  return { name, healthSlot, snapshot: { target: name, address: '10.0.0.1', port: 80, zone: 'a', unusable: null, drainingUntil: null, ...changes } };
}

function setting(endpoints: readonly Named[]): { readonly ledger: Ledger; readonly robin: RoundRobin<Named> } {
  const ledger = new Ledger(allocateLedger({ endpoints: 16, counters: 1 }));
  return { ledger, robin: new RoundRobin(endpoints, ledger, { random: seededRandom(1) }) };
}

const many = (robin: RoundRobin<Named>, count: number): string => Array.from({ length: count }, () => robin.pick(NOTHING_TRIED)?.name ?? '-').join('');

const sorted = (text: string): string => [...text].sort().join('');

test('healthy endpoints in turn, each as often', () => {
  const { ledger, robin } = setting([endpoint('a', 0), endpoint('b', 1), endpoint('c', 2), endpoint('d', 3)]);
  for (const slot of [0, 1, 3]) ledger.setHealth(slot, HEALTHY);
  ledger.setHealth(2, UNHEALTHY);
  const six = many(robin, 6);
  assert.equal(six.slice(0, 3), six.slice(3));
  assert.equal(sorted(six), 'aabbdd');
});

test('a change of health is seen at the next request', () => {
  const { ledger, robin } = setting([endpoint('a', 0), endpoint('b', 1)]);
  ledger.setHealth(0, HEALTHY);
  assert.equal(many(robin, 3), 'aaa');
  ledger.setHealth(1, HEALTHY);
  assert.equal(sorted(many(robin, 4)), 'aabb');
  ledger.setHealth(0, UNHEALTHY);
  assert.equal(many(robin, 3), 'bbb');
  assert.equal(robin.failingOpen, false);
});

test('none healthy: all registered ones serve, but not the draining and the unusable', () => {
  const { ledger, robin } = setting([
    endpoint('a', 0), endpoint('b', 1), endpoint('d', 2, { drainingUntil: 1 }), endpoint('u', 3, { unusable: 'Target.InvalidState' }), endpoint('n', 4, { address: null }),
  ]);
  ledger.setHealth(0, UNHEALTHY);
  ledger.setHealth(2, HEALTHY);
  ledger.setHealth(3, HEALTHY);
  assert.equal(ledger.health(1), UNKNOWN);
  assert.equal(sorted(many(robin, 4)), 'aabb');
  assert.equal(robin.failingOpen, true);
  ledger.setHealth(1, HEALTHY);
  assert.equal(many(robin, 2), 'bb');
});

test('an endpoint in its initial checks serves only when there is no healthy one', () => {
  const { ledger, robin } = setting([endpoint('a', 0), endpoint('b', 1)]);
  assert.equal(sorted(many(robin, 2)), 'ab');
  ledger.setHealth(1, HEALTHY);
  assert.equal(many(robin, 2), 'bb');
});

test('an endpoint without a slot serves as if healthy', () => {
  const { robin } = setting([endpoint('a', 0), endpoint('b', NO_SLOT)]);
  assert.equal(many(robin, 2), 'bb');
});

test('nothing registered: nothing', () => {
  assert.equal(setting([]).robin.pick(NOTHING_TRIED), null);
  assert.equal(setting([endpoint('d', 0, { drainingUntil: 5 })]).robin.pick(NOTHING_TRIED), null);
});

test('a retry takes another, and nothing when all have been tried', () => {
  const { robin } = setting([endpoint('a', 0), endpoint('b', 1), endpoint('c', 2)]);
  const tried: Named[] = [];
  for (let i = 0; i < 3; i++) tried.push(robin.pick(tried)!);
  assert.equal(new Set(tried).size, 3);
  assert.equal(robin.pick(tried), null);
  assert.notEqual(robin.pick(NOTHING_TRIED), null);
});

test('weights are met exactly in every cycle, wherever it begins', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 5 }), fc.integer(), (weights, seed) => {
      const choice = new WeightedChoice(weights.map((weight, item) => ({ item, weight })), seededRandom(seed));
      const sum = weights.reduce((a, b) => a + b, 0);
      const counts = weights.map(() => 0);
      for (let i = 0; i < sum; i++) counts[choice.pick()!]!++;
      assert.deepEqual(counts, weights);
      if (sum === 0) assert.equal(choice.pick(), null);
    }),
  );
});

test('weights are spread, not served in blocks', () => {
  const choice = new WeightedChoice([{ item: 'a', weight: 500 }, { item: 'b', weight: 100 }, { item: 'c', weight: 100 }], { ...seededRandom(1), number: () => 0 });
  assert.equal(Array.from({ length: 7 }, () => choice.pick()).join(''), 'aabacaa');
});
