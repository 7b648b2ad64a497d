import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { it } from 'node:test';
import { which } from './process.ts';

const RUN = fileURLToPath(new URL('run.ts', import.meta.url));
const missing = ['wrk', 'nginx', 'haproxy', 'openssl'].filter((program) => which(program) === null);
const skip = missing.length > 0 ? `needs ${missing.join(', ')}` : false;

interface Output {
  readonly rows: readonly { readonly name: string; readonly measurements: readonly { readonly label: string; readonly median: { readonly cost: number; readonly errors: number } | null }[] }[];
}

it('measures the peers, whatever else there is', { skip, timeout: 400_000 }, () => {
  const run = spawnSync(process.execPath, [RUN, '--only', 'keepalive,upload-1m,tls-resumed', '--rounds', '1', '--seconds', '1', '--json'], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  const { rows } = JSON.parse(run.stdout) as Output;
  assert.deepEqual(rows.map((row) => row.name), ['keepalive', 'upload-1m', 'tls-resumed']);
  for (const row of rows) {
    for (const label of ['haproxy', 'nginx']) {
      const { median } = row.measurements.find((measurement) => measurement.label === label)!;
      assert.ok(median !== null && median.cost > 0 && Number.isFinite(median.cost), `${row.name} ${label}: ${run.stderr}`);
      assert.equal(median.errors, 0, `${row.name} ${label}: ${run.stderr}`);
    }
  }
});

it('refuses a row that it does not have, and says which there are', () => {
  const run = spawnSync(process.execPath, [RUN, '--only', 'keepalives'], { encoding: 'utf8' });
  assert.equal(run.status, 2);
  assert.match(run.stderr, /no row is called keepalives; there are keepalive, .*\brules, /);
});
