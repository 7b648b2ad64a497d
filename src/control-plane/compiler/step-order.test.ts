import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byPlace, inOrder } from './step-order.ts';

const places = {
  limit: { at: 30, because: 'only who may call uses up the limit' },
  authenticate: { at: 10, because: 'everything else asks who is calling' },
  log: { at: 20, because: 'refusals of the limit are logged with the caller' },
};

test('policies run by their place; those of one kind as they were configured', () => {
  const policies = [{ kind: 'limit', n: 1 }, { kind: 'log', n: 2 }, { kind: 'authenticate', n: 3 }, { kind: 'limit', n: 4 }, { kind: 'log', n: 5 }];
  assert.deepEqual(byPlace(policies, places).map((policy) => policy.n), [3, 2, 5, 1, 4]);
});

test('a kind without a place is a mistake that is told', () => {
  assert.throws(() => byPlace([{ kind: 'new' }, { kind: 'log' }], places), /Policy kind new has no place in the order of steps/);
});

test('a route without policies has none', () => {
  assert.deepEqual(inOrder([]), []);
});
