import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fuzzHttp2 } from './http2.ts';

it('five thousand connections of generated and mutated frames break nothing (node test/fuzz/http2.ts for more)', () => {
  const { failures, served, goneAway } = fuzzHttp2({ cases: 5_000, seed: 20_260_101 });
  assert.deepEqual(failures.map(({ seed, error }) => `seed ${seed}: ${error.message}`), []);
  assert.ok(served > 2_000, String(served));
  assert.ok(goneAway > 500, String(goneAway));
});
