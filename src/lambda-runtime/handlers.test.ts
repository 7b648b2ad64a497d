import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionDefinition } from './definition.ts';
import { findPython } from './interpreters.ts';
import { FunctionBench } from '../../test/support/function-bench.ts';

/** Each: files, handler, what comes back. All run in one host. */
const ANSWERS: readonly { name: string; files: Record<string, string>; handler?: string; runtime?: string; answer: unknown }[] = [
  { name: 'async', files: { 'index.js': 'exports.handler = async () => ({ ok: 1 })' }, answer: { ok: 1 } },
  { name: 'promise', files: { 'index.js': 'exports.handler = () => new Promise((r) => setTimeout(() => r("later"), 20))' }, answer: 'later' },
  { name: 'callback', files: { 'index.js': 'exports.handler = (event, context, callback) => callback(null, [1, 2])' }, answer: [1, 2] },
  {
    name: 'callback waits for the event loop',
    files: { 'index.js': 'exports.handler = (e, c, callback) => { const out = []; setTimeout(() => out.push("timer"), 30); callback(null, out); }' },
    answer: ['timer'],
  },
  {
    name: 'callback does not wait when told so',
    files: { 'index.js': 'exports.handler = (e, c, callback) => { c.callbackWaitsForEmptyEventLoop = false; const out = []; setTimeout(() => out.push("timer"), 30); callback(null, out); }' },
    answer: [],
  },
  { name: 'context.succeed', files: { 'index.js': 'exports.handler = (e, context) => { setTimeout(() => context.succeed("done"), 5); }' }, answer: 'done' },
  { name: 'context.done', files: { 'index.js': 'exports.handler = (e, context) => { context.done(null, "done"); }' }, answer: 'done' },
  { name: 'nothing', files: { 'index.js': 'exports.handler = async () => {}' }, answer: null },
  { name: 'a sync handler that never calls back', files: { 'index.js': 'exports.handler = () => 7' }, answer: null },
  { name: 'a sync handler on Node 24', files: { 'index.js': 'exports.handler = () => 7' }, runtime: 'nodejs24.x', answer: 7 },
  { name: 'mjs', files: { 'index.mjs': 'export const handler = async () => import.meta.url.slice(-9)' }, answer: 'index.mjs' },
  { name: 'cjs', files: { 'index.cjs': 'exports.handler = async () => "cjs"' }, answer: 'cjs' },
  { name: 'type module', files: { 'index.js': 'export const handler = async () => "esm"', 'package.json': '{"type":"module"}' }, answer: 'esm' },
  { name: 'top-level await', files: { 'index.mjs': 'const x = await Promise.resolve(5); export const handler = async () => x' }, answer: 5 },
  { name: 'nested path', files: { 'src/api/orders.js': 'exports.get = async () => require("./db").name', 'src/api/db.js': 'exports.name = "db"' }, handler: 'src/api/orders.get', answer: 'db' },
  { name: 'nested export', files: { 'index.js': 'exports.api = { v1: { get: async () => "v1" } }' }, handler: 'index.api.v1.get', answer: 'v1' },
  { name: 'node_modules', files: { 'index.js': 'exports.handler = async () => require("left")', 'node_modules/left/index.js': 'module.exports = "pad"' }, answer: 'pad' },
  {
    name: 'streamed response',
    files: { 'index.js': 'exports.handler = awslambda.streamifyResponse(async (event, stream) => { stream.write("[1,"); stream.write("2]"); stream.end(); })' },
    answer: [1, 2],
  },
  { name: 'state stays between invocations', files: { 'index.js': 'let n = 0; exports.handler = async () => { n++; return n > 0; }' }, answer: true },
];

test('handlers of every shape', async (t) => {
  await using bench = new FunctionBench();
  for (const [at, { name, files, handler, runtime, answer }] of ANSWERS.entries()) {
    await t.test(name, async () => {
      const more: Partial<FunctionDefinition> = { ...(handler ? { handler } : {}), ...(runtime ? { runtime } : {}) };
      const id = bench.put(`f${at}`, files, more);
      assert.deepEqual(await bench.answer(id), answer);
      assert.deepEqual(await bench.answer(id), answer);
      bench.remove(id);
    });
  }
});

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
test('what a streaming function wrote before it failed leaves, whenever it fails', async (t) => {
  await using bench = new FunctionBench();
  const failing: Readonly<Record<string, string>> = {
    'at once': 'awslambda.streamifyResponse((event, stream) => { for (const word of ["one,", "two,", "three"]) stream.write(word); throw new Error("late"); })',
    'without waiting': 'awslambda.streamifyResponse(async (event, stream) => { for (const word of ["one,", "two,", "three"]) stream.write(word); throw new Error("late"); })',
    'after its end': 'awslambda.streamifyResponse(async (event, stream) => { for (const word of ["one,", "two,"]) stream.write(word); stream.end("three"); throw new Error("late"); })',
  };
  for (const [at, [name, source]] of Object.entries(failing).entries()) {
    await t.test(name, async () => {
      let text = '';
      const stream = { begin: () => {}, part: (bytes: Buffer, taken: () => void) => { text += bytes.toString(); taken(); } };
      const result = await bench.invoke(bench.put(`s${at}`, `exports.handler = ${source}`), {}, { stream });
      assert.deepEqual([result.kind, text], ['function-error', 'one,two,three']);
    });
  }
});

interface Failure {
  readonly name: string;
  readonly files: Record<string, string>;
  readonly more?: Partial<FunctionDefinition>;
  readonly cause: string;
  readonly type: string;
  readonly message: RegExp;
  readonly log?: RegExp;
}

const FAILURES: readonly Failure[] = [
  { name: 'throws', files: { 'index.js': 'exports.handler = async () => { throw new TypeError("bad"); }' }, cause: 'handler', type: 'TypeError', message: /^bad$/, log: /\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"bad","stack":\["TypeError: bad"/ },
  { name: 'throws before it returns', files: { 'index.js': 'exports.handler = (e, c, cb) => { throw new Error("sync"); }' }, cause: 'handler', type: 'Error', message: /^sync$/ },
  { name: 'rejects with no error', files: { 'index.js': 'exports.handler = () => Promise.reject("text")' }, cause: 'handler', type: 'string', message: /^text$/ },
  { name: 'calls back with an error', files: { 'index.js': 'exports.handler = (e, c, cb) => cb(new RangeError("no"))' }, cause: 'handler', type: 'RangeError', message: /^no$/ },
  { name: 'context.fail', files: { 'index.js': 'exports.handler = (e, c) => { c.fail(new Error("failed")); }' }, cause: 'handler', type: 'Error', message: /^failed$/ },
  { name: 'returns what cannot be written', files: { 'index.js': 'exports.handler = async () => { const a = {}; a.a = a; return a; }' }, cause: 'handler', type: 'Error', message: /^Unable to stringify response body$/ },
  { name: 'never settles', files: { 'index.js': 'exports.handler = async () => { await new Promise(() => {}); }' }, cause: 'handler', type: 'Runtime.NodeJsExit', message: /never settled/ },
  { name: 'throws later', files: { 'index.js': 'exports.handler = () => new Promise(() => { setTimeout(() => { throw new Error("late"); }, 5); })' }, cause: 'handler', type: 'Error', message: /^late$/, log: /\tERROR\tUncaught Exception \t/ },
  { name: 'rejects unheard', files: { 'index.js': 'exports.handler = async () => { Promise.reject(new Error("unheard")); await new Promise((r) => setTimeout(r, 1000)); }' }, cause: 'handler', type: 'Runtime.UnhandledPromiseRejection', message: /^Error: unheard$/, log: /Unhandled Promise Rejection/ },
  { name: 'exits 1', files: { 'index.js': 'exports.handler = async () => { process.exit(1); }' }, cause: 'exit', type: 'Runtime.ExitError', message: /^RequestId: [-0-9a-f]{36} Error: Runtime exited with error: exit status 1$/, log: /Runtime exited with error: exit status 1\nRuntime.ExitError\nEND/ },
  { name: 'exits 0', files: { 'index.js': 'exports.handler = async () => { process.exit(0); }' }, cause: 'exit', type: 'Runtime.ExitError', message: /Error: Runtime exited without providing a reason$/ },
  { name: 'aborts', files: { 'index.js': 'exports.handler = async () => { process.kill(process.pid, "SIGSEGV"); await new Promise((r) => setTimeout(r, 1000)); }' }, cause: 'exit', type: 'Runtime.ExitError', message: /signal: segmentation fault$/ },
  { name: 'hangs', files: { 'index.js': 'exports.handler = () => new Promise((r) => setTimeout(r, 60000))' }, more: { timeoutMs: 300 }, cause: 'timeout', type: 'Sandbox.Timedout', message: /^RequestId: [-0-9a-f]{36} Error: Task timed out after 0\.30 seconds$/, log: /\n\d{4}-\d\d-\d\dT[\d:.]{12}Z [-0-9a-f]{36} Task timed out after 0.30 seconds\nEND RequestId: [-0-9a-f]{36}\nREPORT .*Duration: 300.00 ms.*Status: timeout\n/ },
  { name: 'spins', files: { 'index.js': 'exports.handler = async () => { for (;;); }' }, more: { timeoutMs: 300 }, cause: 'timeout', type: 'Sandbox.Timedout', message: /Task timed out after 0.30 seconds$/ },
  { name: 'returns 7 MB', files: { 'index.js': 'exports.handler = async () => "x".repeat(7 * 1024 * 1024)' }, cause: 'response-too-large', type: 'Function.ResponseSizeTooLarge', message: /^Response payload size exceeded maximum allowed payload size \(6291556 bytes\)\.$/ },
  { name: 'fills memory', files: { 'index.js': 'exports.handler = async () => { const a = []; for (;;) { a.push(Buffer.alloc(8e6, 1)); await new Promise((r) => setTimeout(r, 10)); } }' }, more: { memoryMb: 128, timeoutMs: 20000 }, cause: 'out-of-memory', type: 'Runtime.OutOfMemory', message: /Runtime exited with error: signal: killed$/ },
  { name: 'no such module', files: { 'other.js': '' }, cause: 'init', type: 'Runtime.ImportModuleError', message: /^Error: Cannot find module 'index'\nRequire stack:/ },
  { name: 'no such import', files: { 'index.mjs': 'import "absent"; export const handler = 1' }, cause: 'init', type: 'Runtime.ImportModuleError', message: /Cannot find package 'absent'/ },
  { name: 'no such export', files: { 'index.js': 'exports.other = 1' }, cause: 'init', type: 'Runtime.HandlerNotFound', message: /^index\.handler is undefined or not exported$/ },
  { name: 'no function', files: { 'index.js': 'exports.handler = {}' }, cause: 'init', type: 'Runtime.HandlerNotFound', message: /^index\.handler is not a function$/ },
  { name: 'syntax error', files: { 'index.js': 'exports.handler = async () => {' }, cause: 'init', type: 'Runtime.UserCodeSyntaxError', message: /^SyntaxError: / },
  { name: 'bad handler name', files: { 'index.js': '' }, more: { handler: '../index.handler' }, cause: 'init', type: 'Runtime.MalformedHandlerName', message: /not a valid handler name/ },
  { name: 'throws while loading', files: { 'index.js': 'throw new Error("at load")' }, cause: 'init', type: 'Error', message: /^at load$/, log: /undefined\tERROR\tUncaught Exception/ },
  { name: 'exits while loading', files: { 'index.js': 'process.exit(3)' }, cause: 'init', type: 'Runtime.ExitError', message: /exit status 3$/ },
  { name: 'callbacks on Node 24', files: { 'index.js': 'exports.handler = (event, context, callback) => callback()' }, more: { runtime: 'nodejs24.x' }, cause: 'init', type: 'Runtime.CallbackHandlerDeprecated', message: /callback/ },
];

test('a function that fills its heap ends by V8 or by the watch on its memory, whichever sees it first, and is told so', async () => {
  await using bench = new FunctionBench();
  const id = bench.put('heap', { 'index.js': 'exports.handler = async () => { const a = []; for (;;) a.push(new Array(1000).fill(a.length)); }' }, { memoryMb: 128, timeoutMs: 20000 });
  const { cause, errorType, errorMessage } = await bench.failure(id);
  if (cause === 'exit') assert.deepEqual([errorType, errorMessage.endsWith('signal: aborted')], ['Runtime.ExitError', true]);
  else assert.deepEqual([cause, errorType, errorMessage.endsWith('signal: killed')], ['out-of-memory', 'Runtime.OutOfMemory', true]);
});

const MB = 1024 * 1024;

test('what a function\'s children take counts as its memory; what a fork shares counts once', { skip: process.platform === 'linux' ? false : 'reads /proc' }, async () => {
  await using bench = new FunctionBench();
  const child = `const kept = Buffer.alloc(300 * ${MB}, 1); setTimeout(() => kept, 60000);`;
  const id = bench.put('children', `const { spawn } = require('node:child_process'); exports.handler = async (event) => { if (event.leak) { spawn(process.execPath, ['-e', ${JSON.stringify(child)}]); await new Promise((r) => setTimeout(r, 15000)); } return 1; };`, { memoryMb: 256, timeoutMs: 20_000 });
  const { cause, errorType } = await bench.failure(id, { leak: true });
  assert.deepEqual([cause, errorType], ['out-of-memory', 'Runtime.OutOfMemory']);
  assert.equal(await bench.answer(id), 1);
  if (findPython('', process.env['PATH'] ?? '') === null) return;
  const source = `import os, time
kept = b"x" * (80 << 20)
def handler(event, context):
    children = []
    for n in range(4):
        child = os.fork()
        if child == 0:
            time.sleep(1)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    return len(kept)`;
  assert.equal(await bench.answer(bench.put('forks', { 'index.py': source }, { runtime: 'python3.12', memoryMb: 256 })), 80 * MB);
});

test('failures of every kind', async (t) => {
  await using bench = new FunctionBench();
  for (const [at, { name, files, more, cause, type, message, log }] of FAILURES.entries()) {
    await t.test(name, async () => {
      const id = bench.put(`f${at}`, files, more);
      const before = bench.logs.length;
      const failure = await bench.failure(id);
      assert.equal(failure.errorType, type);
      assert.match(failure.errorMessage, message);
      assert.equal(failure.cause, cause);
      const text = bench.logs.slice(before).flatMap((batch) => batch.lines.map((line) => line.message)).join('');
      assert.match(text, /START RequestId: [\s\S]*REPORT RequestId: /);
      if (log) {
        assert.match(text, log);
        assert.match(failure.logTail, log);
      }
      // The next invocation meets the same failure, not the remains of this one.
      if (cause !== 'out-of-memory' && type !== 'Runtime.ExitError') assert.equal((await bench.failure(id)).errorType, type);
      bench.remove(id);
    });
  }
});
