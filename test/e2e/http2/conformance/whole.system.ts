/** The cases of conformance.test.ts against the whole program, as its users have it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CASES } from './cases.ts';
import { failures } from './judge.ts';
import { wholeProgram } from './program.ts';

test('a listener of HTTP/2 conforms', { timeout: 300_000 }, async (t) => {
  const places = await wholeProgram(t);
  const failed: string[] = [];
  for (const each of CASES) for (const place of places) for (const failure of await failures(each, place)) failed.push(`${each.section} ${each.what}: ${failure}`);
  t.diagnostic(`${CASES.length} cases in ${places.length} places`);
  assert.deepEqual(failed, []);
});
