/** Where Node has no node:ffi, or the kernel no ring to give, everything goes by libuv: what is asserted of exchanges is the same. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const run = (...parameters: string[]) => spawnSync(process.execPath, ['--no-experimental-ffi', ...parameters], { encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined } });

test('exchanges are the same without a ring of calls', () => {
  const { status, stdout } = run('--test', here('exchange.test.ts'));
  assert.equal(status, 0, stdout);
  const ring = run('--input-type=module', '--eval', `import { callRing } from ${JSON.stringify(here('../../../src/data-plane/sockets/call-ring.ts'))}; console.log(callRing());`);
  assert.equal(ring.stdout, 'null\n', ring.stderr);
});
