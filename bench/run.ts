/**
 * The published harness: Turnpike beside its peers on this machine. README.md says how it measures.
 *   node bench/run.ts [--quick] [--only keepalive,rules] [--rounds N] [--seconds N] [--json] [--write]
 *                     [--serve 'words for turnpike serve'] [--stand-in 'command {port} {backend}'] [--backend-port N] [--fail-over-budget]
 *                     [--beside /another/checkout,...] [--programs turnpike,haproxy]
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from '../test/support/free-port.ts';
import { startBackend, startIndexingTarget } from './backend.ts';
import { budgets } from './budgets.ts';
import { makeCertificate } from './certificate.ts';
import type { RowResult } from './measurement.ts';
import { OPEN_FILES, which } from './process.ts';
import { pairs, withCheckouts } from './rows/checkouts.ts';
import { rowList, type RowSettings } from './rows/list.ts';
import { runRow, type Row } from './rows/row.ts';
import { budgetTable, markdown } from './table.ts';

const RESULTS = fileURLToPath(new URL('RESULTS.md', import.meta.url));

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean' },
    serve: { type: 'string', default: '' },
    'stand-in': { type: 'string' },
    'backend-port': { type: 'string' },
    'fail-over-budget': { type: 'boolean', default: false },
    beside: { type: 'string' },
    programs: { type: 'string' },
  },
});

const rounds = positive('rounds', values.rounds, values.quick ? 2 : 5);
const seconds = positive('seconds', values.seconds, values.quick ? 2 : 4);
const settings: RowSettings = {
  serve: values.serve.split(' ').filter(Boolean),
  standIn: values['stand-in'] ?? null,
  // those to the backend are files too
  idleConnections: OPEN_FILES - 1_000,
  quick: values.quick,
};
const programs = values.programs?.split(',') ?? null;
const rows = (await withCheckouts(chosen(rowList(settings), values.only), values.beside?.split(',') ?? [], settings)).map((row) => ({
  ...row,
  contenders: row.contenders.filter(({ program }) => programs === null || programs.includes(program)),
}));

for (const program of ['wrk', 'nginx', 'openssl'] as const) {
  if (which(program) === null) {
    console.error(`the bench needs ${program}, which is not on this machine: apt-get install wrk nginx haproxy caddy openssl`);
    process.exit(2);
  }
}
if (which('taskset') === null) console.error('taskset is not on this machine: nothing is pinned, so rates and latencies say little');

const folder = await mkdtemp(join(tmpdir(), 'turnpike-bench-'));
const backendPort = values['backend-port'] === undefined ? await freePort() : positive('backend-port', values['backend-port'], 0);
const grpcPort = await freePort();
const indexingPort = await freePort();
const loadBefore = loadavg()[0]!;
const results: RowResult[] = [];
try {
  await mkdir(`${folder}/backend`);
  const backend = await startBackend(`${folder}/backend`, backendPort, grpcPort);
  const indexing = await startIndexingTarget(`${folder}/backend`, indexingPort);
  try {
    const bench = { folder, backendPort, grpcPort, indexingPort, certificate: await makeCertificate(folder), grpcMessage: await grpcMessage(folder), rounds, seconds, log: (line: string) => console.error(line) };
    for (const row of rows) {
      console.error(row.title);
      try {
        const result = await runRow(row, bench);
        results.push(result);
        if (values.beside !== undefined) for (const line of pairs(result)) console.error(`  ${line}`);
      } catch (error) {
        console.error(`  ${row.name} failed: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = 1;
      }
    }
  } finally {
    await backend.stop();
    await indexing?.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

const circumstances = {
  date: new Date().toISOString().slice(0, 10),
  command: ['npm run bench --', ...process.argv.slice(2)].join(' ').replace(/ --$/, ''),
  machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.version}`,
  load: `${loadBefore.toFixed(2)}, ${loadavg()[0]!.toFixed(2)}`,
  rounds,
  seconds,
};
const text = markdown(results, circumstances);
if (values.json) console.log(JSON.stringify({ circumstances, rows: results, budgets: verdicts(results) }, null, 2));
else console.log(text);
// a partial or hasty run does not replace the published table unless it is asked to
if (values.write ?? (values.only === undefined && !values.quick)) await writeFile(RESULTS, text);
const over = budgetTable(results).filter((line) => line.includes('OVER'));
if (over.length > 0) {
  console.error(`over budget:\n${over.join('\n')}`);
  if (values['fail-over-budget']) process.exitCode = 1;
}

/** A message of 100 octets behind its head of five. */
async function grpcMessage(into: string): Promise<string> {
  const file = `${into}/grpc-message`;
  await writeFile(file, Buffer.concat([Buffer.from([0, 0, 0, 0, 100]), Buffer.alloc(100, 'x')]));
  return file;
}

function verdicts(all: readonly RowResult[]): readonly object[] {
  const byName = new Map(all.map((row) => [row.name, row]));
  return budgets.map((budget) => ({ what: budget.what, limit: budget.limit, unit: budget.unit, measured: budget.measured(byName) }));
}

function chosen(all: readonly Row[], only: string | undefined): readonly Row[] {
  if (only === undefined) return all;
  const names = only.split(',');
  const unknown = names.filter((name) => !all.some((row) => row.name === name));
  if (unknown.length > 0) {
    console.error(`--only: no row is called ${unknown.join(', ')}; there are ${all.map((row) => row.name).join(', ')}`);
    process.exit(2);
  }
  return all.filter((row) => names.includes(row.name));
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name}: got "${text}", takes a whole number above 0`);
  process.exit(2);
}
