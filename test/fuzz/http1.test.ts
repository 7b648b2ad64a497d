import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fuzz } from './http1.ts';

it('twenty thousand generated and mutated streams break nothing (node test/fuzz/http1.ts for more)', () => {
  const { failures, reached } = fuzz({ cases: 20_000, seed: 20_260_101 });
  for (const reach of ['stream-compared', 'head-read', 'response-read', 'body-read', 'fields-copied'] as const) assert.ok((reached.get(reach) ?? 0) > 200, `${reach}: ${reached.get(reach)}`);
  assert.deepEqual(failures.map(({ seed, error }) => `seed ${seed}: ${error.message}`), []);
});
