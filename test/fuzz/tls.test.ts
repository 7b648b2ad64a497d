import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hasOpensslClient } from '../support/openssl-client.ts';
import { fuzzTls } from './tls.ts';

it('four hundred rounds of connections with TLS, in order and not, disturb none of those that are (node test/fuzz/tls.ts for more)', { skip: !hasOpensslClient }, async () => {
  const { failures, whole, spoiled, refused } = await fuzzTls({ cases: 400, seed: 20_260_101 });
  assert.deepEqual(failures.map(({ seed, error }) => `seed ${seed}: ${error.message}`), []);
  assert.ok(whole > 700, String(whole));
  assert.ok(spoiled > 250, String(spoiled));
  assert.ok(refused > 150, String(refused));
});
