import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../test/support/eventually.ts';
import { alive, FunctionBench } from '../../test/support/function-bench.ts';
import { findPython } from './interpreters.ts';

const SEEN = `const { execFileSync } = require('node:child_process');
exports.handler = async () => ({
  pid: process.pid, cwd: process.cwd(), own: Object.keys(process.env).sort(), inherited: execFileSync(process.execPath, ['-p', 'Object.keys(process.env).sort().join()']).toString().trim().split(','),
  handler: process.env._HANDLER, stream: process.env.AWS_LAMBDA_LOG_STREAM_NAME, value: process.env.VALUE,
});`;

interface Seen {
  readonly pid: number;
  readonly own: readonly string[];
  readonly inherited: readonly string[];
  readonly value: string;
  readonly stream: string;
}

async function spareOf(bench: FunctionBench): Promise<number> {
  await eventually('a spare process is there', () => bench.host.spares().length === 1);
  return bench.host.spares()[0]!;
}

test('a cold start takes the process that was started ahead, which becomes that function\'s and nobody else\'s', async () => {
  await using bench = new FunctionBench({ spares: 1 });
  await using plain = new FunctionBench();
  const id = bench.put('f', SEEN, { environment: { VALUE: 'mine', NODE_ENV: 'production' } });
  const spare = await spareOf(bench);
  const seen = (await bench.answer(id)) as Seen;
  assert.equal(seen.pid, spare);
  const expected = (await plain.answer(plain.put('f', SEEN, { environment: { VALUE: 'mine', NODE_ENV: 'production' } }))) as Seen;
  assert.deepEqual([seen.own, seen.inherited, seen.value], [expected.own, expected.inherited, expected.value]);
  assert.equal(seen.stream, bench.host.environments()[0]!.logStream);
  const other = bench.put('other', { 'index.mjs': 'export const handler = async () => [process.pid, process.env.VALUE ?? null];' });
  const next = await spareOf(bench);
  assert.notEqual(next, spare);
  assert.deepEqual(await bench.answer(other), [next, null]);
});

test('what a process reads when it starts, and a layer, ask for a process of their own', async () => {
  await using bench = new FunctionBench({ spares: 1 });
  bench.put('plain', 'exports.handler = async () => 1;');
  const spare = await spareOf(bench);
  const options = bench.put('options', 'exports.handler = async () => [process.pid, process.execArgv.length, Error.stackTraceLimit];', { environment: { NODE_OPTIONS: '--stack-trace-limit=3' } });
  const [pid, , limit] = (await bench.answer(options)) as number[];
  assert.notEqual(pid, spare);
  assert.equal(limit, 3);
  const larger = bench.put('larger', 'exports.handler = async () => process.pid;', { memoryMb: 1024 });
  assert.notEqual(await bench.answer(larger), spare, 'its heap is another');
});

test('a spare process that has died costs no invocation, and none outlives the host', async () => {
  await using bench = new FunctionBench({ spares: 1 });
  const id = bench.put('f', 'exports.handler = async () => process.pid;');
  const spare = await spareOf(bench);
  // Stopped, it takes its function and says nothing; then it dies.
  process.kill(spare, 'SIGSTOP');
  const answer = bench.answer(id);
  await eventually('it is taken', () => bench.host.environments().some(({ pid }) => pid === spare));
  process.kill(spare, 'SIGKILL');
  assert.notEqual(await answer, spare);
  const next = await spareOf(bench);
  assert.ok(alive(next));
  await bench.host.close();
  await eventually('it ends', () => !alive(next));
});

const python = { skip: findPython('', process.env['PATH'] ?? '') === null ? 'needs python3' : false };

test('a Python function takes a spare process too', python, async () => {
  await using bench = new FunctionBench({ spares: 1 });
  const source = { 'index.py': 'import os\ndef handler(event, context):\n    return [os.getpid(), os.environ["VALUE"], sorted(name for name in os.environ if name.startswith("_")), os.getcwd() == os.environ["LAMBDA_TASK_ROOT"]]' };
  const id = bench.put('f', source, { runtime: 'python3.12', environment: { VALUE: 'mine' } });
  const spare = await spareOf(bench);
  assert.deepEqual(await bench.answer(id), [spare, 'mine', ['_HANDLER'], true]);
});

test('what a spare process has forked since it is a function\'s ends with it, wherever it went', python, async () => {
  await using bench = new FunctionBench({ spares: 1 });
  const source = { 'index.py': 'import os, time\ndef handler(event, context):\n    child = os.fork()\n    if child == 0:\n        os.setsid()\n        time.sleep(60)\n        os._exit(0)\n    return [os.getpid(), child]' };
  const id = bench.put('f', source, { runtime: 'python3.12' });
  const spare = await spareOf(bench);
  const [pid, child] = (await bench.answer(id)) as [number, number];
  assert.ok(pid === spare && alive(child));
  bench.remove(id);
  await eventually('the child has ended', () => !alive(child));
});
