import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fuzzTargets } from './http2-targets.ts';

/** Seeds that have found something: DATA and trailers behind the end of a stream whose client is slow; DATA before a head. */
const FOUND = [94, 147, 243, 1607];

it('two thousand connections to targets that say generated and mutated frames break nothing (node test/fuzz/http2-targets.ts for more)', () => {
  const { failures, whole, broken, refused } = fuzzTargets({ cases: 2_000, seed: 20_260_101 });
  assert.deepEqual(failures.map(({ seed, error }) => `seed ${seed}: ${error.message}`), []);
  assert.ok(whole > 4_000, String(whole));
  assert.ok(broken > 1_500, String(broken));
  assert.ok(refused > 250, String(refused));
});

it('what was found once', () => {
  for (const seed of FOUND) assert.deepEqual(fuzzTargets({ cases: 1, seed }).failures, []);
});
