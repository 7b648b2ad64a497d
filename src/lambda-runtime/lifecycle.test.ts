import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EnvironmentProcesses } from './environment-processes.ts';
import { livingProcesses } from './process-sweep.ts';
import { eventually } from '../../test/support/eventually.ts';
import { alive, describe, FunctionBench } from '../../test/support/function-bench.ts';
import { zip } from '../../test/support/zip.ts';

const PID = 'exports.handler = async (event) => { if (event.wait) await new Promise((r) => setTimeout(r, event.wait)); return process.pid; };';
const linux = process.platform === 'linux' ? false : 'finds escaped processes through /proc';

test('an environment is used again, and a second one only when the first is busy', async () => {
  await using bench = new FunctionBench();
  const id = bench.put('pid', `exports.handler = async ({ until }) => {
    if (until) console.log('begun');
    while (until && !require('node:fs').existsSync(until)) await new Promise((r) => setTimeout(r, 10));
    return process.pid;
  };`);
  const first = await bench.answer(id);
  assert.equal(await bench.answer(id), first);
  const until = join(bench.folder, 'both-have-begun');
  const both = [bench.answer(id, { until }), bench.answer(id, { until })];
  await eventually('both have begun', () => bench.logText().split('\tbegun').length === 3);
  writeFileSync(until, '');
  assert.equal(new Set(await Promise.all(both)).size, 2);
  assert.equal(bench.host.environments().length, 2);
});

test('those who wait for a start take what becomes free first', async () => {
  await using bench = new FunctionBench({ startsAtOnce: 2 });
  const id = bench.put('pid', PID);
  const pids = await Promise.all(Array.from({ length: 50 }, () => bench.answer(id, {}, { tail: false })));
  assert.ok(new Set(pids).size < 25, `${new Set(pids).size} processes for 50 short calls`);
});

test('limits of concurrency throttle, and only those', async () => {
  await using bench = new FunctionBench({ accountConcurrency: 3 });
  const reserved = bench.put('reserved', PID, { concurrency: 1 });
  const shared = bench.put('shared', PID);
  const slow = [bench.invoke(reserved, { wait: 300 }), bench.invoke(shared, { wait: 300 }), bench.invoke(shared, { wait: 300 })];
  assert.deepEqual(await bench.invoke(reserved), { kind: 'throttled', reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' });
  assert.deepEqual(await bench.invoke(shared), { kind: 'throttled', reason: 'ConcurrentInvocationLimitExceeded' });
  for (const result of await Promise.all(slow)) assert.equal(result.kind, 'ok');
  assert.equal((await bench.invoke(reserved)).kind, 'ok');
  const off = bench.put('reserved', PID, { concurrency: 0 });
  assert.deepEqual(await bench.invoke(off), { kind: 'throttled', reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' });
});

test('new code under load fails no invocation, and is what comes next', async () => {
  await using bench = new FunctionBench();
  const source = (n: number): string => `exports.handler = async () => { await new Promise((r) => setTimeout(r, 5)); return ${n}; };`;
  let id = bench.put('f', source(0));
  await bench.invoke(id);
  const oldPids = new Set<number>();
  let version = 0;
  const done = new AbortController();
  let calls = 0;
  const callers = Array.from({ length: 6 }, async () => {
    while (!done.signal.aborted) {
      const from = version;
      const result = await bench.invoke(id, {}, { tail: false });
      assert.equal(result.kind, 'ok', describe(result));
      if (result.kind === 'ok') assert.ok(Number(result.payload.toString()) >= from, `version ${result.payload.toString()} was answered after ${from} was in place`);
      calls++;
    }
  });
  for (let next = 1; next <= 6; next++) {
    await new Promise((resolve) => setTimeout(resolve, 120));
    for (const { pid } of bench.host.environments()) if (pid !== undefined) oldPids.add(pid);
    id = bench.put('f', source(next));
    version = next;
  }
  assert.equal(await bench.answer(id), 6);
  done.abort();
  await Promise.all(callers);
  assert.ok(calls > 10, `only ${calls} calls`);
  const current = new Set(bench.host.environments().map((environment) => environment.pid));
  for (const pid of oldPids) if (!current.has(pid)) await eventually(`old process ${pid} ends`, () => !alive(pid));
  await eventually('old code is removed', () => readdirSync(join(bench.folder, 'host', 'code')).length === 1);
});

test('idle environments end; an idle function is no process', async () => {
  await using bench = new FunctionBench({ idleMs: 150 });
  const id = bench.put('pid', PID);
  const pid = (await bench.answer(id)) as number;
  await eventually('the process ends', () => !alive(pid));
  await eventually('the environment is forgotten', () => bench.host.environments().length === 0);
  await eventually('its scratch space is gone', () => readdirSync(join(bench.folder, 'host', 'tmp')).length === 0);
  assert.notEqual(await bench.answer(id), pid);
});

test('a function that takes ever more memory after it has answered is ended', { skip: linux }, async () => {
  await using bench = new FunctionBench();
  const source = 'const kept = []; exports.handler = async (event) => { if (event.leak) setInterval(() => kept.push(Buffer.alloc(32 << 20, 1)), 50); return process.pid; };';
  const id = bench.put('f', source, { memoryMb: 128 });
  const pid = (await bench.answer(id, { leak: true })) as number;
  await eventually('it is ended', () => !alive(pid));
  assert.notEqual(await bench.answer(id), pid);
});

test('an environment that dies between invocations costs none', async () => {
  await using bench = new FunctionBench();
  const id = bench.put('f', 'exports.handler = async () => { setTimeout(() => process.exit(1), 20); return process.pid; };');
  const pids = new Set<unknown>();
  for (let i = 0; i < 3; i++) {
    const pid = (await bench.answer(id)) as number;
    pids.add(pid);
    await eventually('it ends', () => !alive(pid));
    await eventually('it is forgotten', () => bench.host.environments().length === 0);
  }
  assert.equal(pids.size, 3);
});

test('an environment that dies while it is idle is given no invocation that it can not run', async () => {
  await using bench = new FunctionBench();
  const id = bench.put('f', "exports.handler = async () => { require('node:child_process').spawn('sleep', ['0.3'], { stdio: 'inherit' }); return process.pid; };");
  const pid = (await bench.answer(id, {}, { tail: false })) as number;
  process.kill(pid, 'SIGKILL');
  // Its child holds its outputs open: between its end and theirs it was once still among the idle, and whoever got it ended the whole host.
  const kinds: string[] = [];
  for (let i = 0; i < 20; i++) {
    kinds.push((await bench.invoke(id, {}, { tail: false })).kind);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual(kinds.slice(1), Array.from({ length: 19 }, () => 'ok'));
});

test('an environment that answers after it has been told to end gets nothing more to do', async () => {
  await using bench = new FunctionBench();
  const id = bench.put('f', 'exports.handler = async ({ wait }) => { if (wait) await new Promise((r) => setTimeout(r, wait)); return process.pid; };', { timeoutMs: 600 });
  const pid = await bench.answer(id);
  const late = bench.invoke(id, { wait: 50 }, { tail: false });
  await new Promise((resolve) => setTimeout(resolve, 20));
  // The host is busy for longer than the timeout, up to the end of a turn of its loop: the next begins with its timers, and only then reads the answer and
  // the question for more that lie in the socket.
  await new Promise((resolve) => setImmediate(resolve));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
  const ended = await late;
  assert.equal(ended.kind === 'function-error' && ended.cause, 'timeout');
  for (let i = 0; i < 10; i++) assert.notEqual(await bench.answer(id, {}, { tail: false }), pid);
});

test('a runtime that asks for more twice gets one invocation at a time', async () => {
  await using bench = new FunctionBench();
  const bootstrap = `#!/usr/bin/env node
const { request } = require('node:http');
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const call = (method, path, body) => new Promise((done) => { const r = request({ host, port, method, path: '/2018-06-01/runtime/' + path, agent: false }, (a) => { let text = ''; a.on('data', (c) => { text += c; }); a.on('end', () => done({ id: a.headers['lambda-runtime-aws-request-id'], text })); }); r.end(body); });
const loop = async () => { for (;;) { const { id, text } = await call('GET', 'invocation/next'); await call('POST', 'invocation/' + id + '/response', text); } };
loop(); loop();
`;
  const id = bench.put('f', zip([{ name: 'bootstrap', data: bootstrap, mode: 0o100755 }]), { runtime: 'provided.al2023' });
  for (let i = 0; i < 5; i++) assert.deepEqual(await bench.answer(id, { i }, { tail: false }), { i });
  assert.deepEqual(await Promise.all([1, 2, 3].map((i) => bench.answer(id, { i }, { tail: false }))), [{ i: 1 }, { i: 2 }, { i: 3 }]);
});

test('a function that cannot start is tried once an invocation, and leaves nothing behind', async () => {
  await using bench = new FunctionBench();
  const id = bench.put('f', 'process.exit(1)');
  const results = await Promise.all(Array.from({ length: 10 }, () => bench.invoke(id)));
  for (const result of results) assert.equal(result.kind === 'function-error' && result.cause, 'init');
  await eventually('nothing is left', () => bench.host.environments().length === 0);
});

test('an initialisation that takes too long is tried again within the timeout', async () => {
  await using bench = new FunctionBench({ initMs: 150 });
  const slow = 'await new Promise((r) => setTimeout(r, 400)); export const handler = async () => 1;';
  const patient = bench.put('patient', { 'index.mjs': slow }, { timeoutMs: 15_000 });
  assert.equal(await bench.answer(patient), 1);
  const hasty = bench.put('hasty', { 'index.mjs': slow }, { timeoutMs: 100 });
  const failure = await bench.failure(hasty);
  assert.equal(failure.cause, 'timeout');
  assert.match(failure.errorMessage, /Task timed out after 0.10 seconds$/);
});

const FORKS = `const { spawn } = require('node:child_process');
exports.handler = async ({ detached, hang }) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached, stdio: 'inherit' });
  child.unref();
  if (hang) { console.log(child.pid); await new Promise((r) => setTimeout(r, 60000)); }
  return child.pid;
};`;

test('what a function starts ends with its environment', async () => {
  await using bench = new FunctionBench({ idleMs: 200 });
  const id = bench.put('f', FORKS, { timeoutMs: 1500 });
  const pid = (await bench.answer(id, {})) as number;
  assert.ok(alive(pid));
  await eventually('the child of an idle environment ends', () => !alive(pid));
  const result = await bench.invoke(id, { hang: true });
  assert.equal(result.kind === 'function-error' && result.cause, 'timeout');
  const child = Number(/INFO\t(\d+)\n/.exec(bench.logText())?.[1]);
  assert.ok(child > 0);
  await eventually('the child of a timed out invocation ends', () => !alive(child));
});

test('a child that left the process group ends too', { skip: linux }, async () => {
  await using bench = new FunctionBench();
  const id = bench.put('f', FORKS);
  const pid = (await bench.answer(id, { detached: true })) as number;
  assert.ok(alive(pid));
  await bench.host.close();
  await eventually('the escaped child ends', () => !alive(pid));
});

test('closing while an environment is still being started leaves no process', { skip: linux || (process.getuid?.() === 0 ? false : 'needs root: another user makes a start wait once more') }, async () => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await using benches = new AsyncDisposableStack();
  const folders: string[] = [];
  for (let attempt = 0; attempt < 40; attempt++) {
    const bench = benches.use(new FunctionBench({ initMs: 60_000 }, undefined, 65534));
    folders.push(bench.folder);
    const answer = bench.invoke(bench.put('own', zip([{ name: 'bootstrap', data: '#!/bin/sh\nexec sleep 60\n', mode: 0o100755 }]), { runtime: 'provided.al2023', handler: 'x' }));
    while (bench.host.environments().length === 0) await turn();
    for (let n = 0; n < attempt % 5; n++) await turn();
    await bench.host.close();
    assert.equal((await answer).kind, 'unavailable');
  }
  const isOurs = (pid: number): boolean => {
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, 'latin1');
      return folders.some((folder) => variables.includes(`${folder}/`));
    } catch {
      return false;
    }
  };
  await eventually('none is left', () => !livingProcesses().filter(alive).some(isOurs));
});

test('closing cuts off what runs and leaves no process', async () => {
  const bench = new FunctionBench();
  const id = bench.put('pid', PID);
  await bench.answer(id);
  const running = bench.invoke(id, { wait: 60_000 });
  const starting = bench.invoke(id, {});
  const pids = bench.host.environments().map((environment) => environment.pid);
  await bench[Symbol.asyncDispose]();
  assert.equal((await running).kind, 'function-error');
  assert.equal((await starting).kind, 'unavailable');
  for (const pid of pids) assert.ok(pid === undefined || !alive(pid), `process ${pid} survived`);
  assert.equal((await bench.invoke(id)).kind, 'unavailable');
});

test('an environment that is not to be started after all ends, and another one answers', async (t) => {
  await using bench = new FunctionBench();
  t.mock.method(EnvironmentProcesses.prototype, 'start', () => Promise.resolve(false), { times: 1 });
  const id = bench.put('pid', PID);
  assert.ok(await bench.answer(id));
  assert.equal(bench.host.environments().length, 1, 'the one that was not started is gone');
});

test('a host that is killed takes its environments along', async () => {
  const script = `
    import { FunctionBench } from ${JSON.stringify(fileURLToPath(new URL('../../test/support/function-bench.ts', import.meta.url)))};
    const bench = new FunctionBench();
    const id = bench.put('pid', ${JSON.stringify(PID)});
    process.stdout.write(JSON.stringify({ folder: bench.folder, pid: await bench.answer(id) }) + '\\n');
    setInterval(() => {}, 1000);`;
  const host = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { pid, folder } = await new Promise<{ pid: number; folder: string }>((resolve) => host.stdout.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString()))));
  assert.ok(alive(pid));
  host.kill('SIGKILL');
  await eventually('the function ends with its host', () => !alive(pid));
  rmSync(folder, { recursive: true, force: true });
});

test('an endless loop that outlived a killed host ends with the next host', { skip: linux }, async () => {
  const script = `
    import { FunctionBench } from ${JSON.stringify(fileURLToPath(new URL('../../test/support/function-bench.ts', import.meta.url)))};
    const bench = new FunctionBench();
    const id = bench.put('spin', 'exports.handler = async () => { for (;;); }', { timeoutMs: 60000 });
    void bench.invoke(id);
    const look = setInterval(() => {
      const [one] = bench.host.environments();
      if (one?.state !== 'busy') return;
      clearInterval(look);
      process.stdout.write(JSON.stringify({ folder: bench.folder, pid: one.pid }) + '\\n');
    }, 5);`;
  const host = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { pid, folder } = await new Promise<{ pid: number; folder: string }>((resolve) => host.stdout.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString()))));
  // The loop has begun once the process has used some time.
  await new Promise((resolve) => setTimeout(resolve, 150));
  host.kill('SIGKILL');
  await new Promise((resolve) => host.once('close', resolve));
  assert.ok(alive(pid), 'it was to survive its host');
  await using next = new FunctionBench({}, folder);
  await eventually('the loop ends', () => !alive(pid));
  assert.equal(await next.answer(next.put('f', 'exports.handler = async () => 1')), 1);
});

test('a flood of output is bounded, and does not stop the answer', async () => {
  await using bench = new FunctionBench();
  const id = bench.put('flood', `exports.handler = async () => { for (let i = 0; i < 400; i++) process.stdout.write('x'.repeat(100000) + '\\n'); process.stdout.write('y'.repeat(600000)); console.log('z'.repeat(1e6)); return 1; };`, { timeoutMs: 20_000 });
  assert.equal(await bench.answer(id), 1);
  const written = (): number => bench.logs.reduce((sum, batch) => sum + batch.lines.reduce((inner, { message }) => inner + message.length, 0), 0);
  await eventually('the flood is read', () => written() > 5_000_000);
  const lines = bench.logs.flatMap((batch) => batch.lines);
  for (const { message } of lines) assert.ok(message.length <= 256 * 1024 + 1, `a line of ${message.length}`);
  assert.match(bench.logText(), /REPORT/);
  const result = await bench.invoke(id);
  assert.ok(result.kind === 'ok' && Buffer.byteLength(result.logTail) <= 4096);
});

test('a runtime that talks nonsense to its host harms nobody', async () => {
  await using bench = new FunctionBench();
  const id = bench.put(
    'f',
    `const net = require('node:net');
     exports.handler = async (event, context) => {
       const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
       const say = (text) => new Promise((resolve) => {
         const socket = net.connect(Number(port), host, () => socket.write(text));
         let out = ''; socket.on('data', (d) => { out += d; socket.end(); }); socket.on('close', () => resolve(out.split('\\r\\n')[0])); socket.on('error', () => {});
       });
       const head = 'HTTP/1.1\\r\\nHost: x\\r\\n';
       return [
         await say('nonsense\\r\\n\\r\\n'),
         await say('POST /2018-06-01/runtime/invocation/other/response ' + head + 'Content-Length: 2\\r\\n\\r\\n{}'),
         await say('POST /2018-06-01/runtime/invocation/next ' + head + '\\r\\n'),
         await say('GET /2018-06-01/runtime/nowhere ' + head + '\\r\\n'),
         await say('POST /2018-06-01/runtime/init/error ' + head + 'Content-Length: 2\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n{}'),
         await say('x'.repeat(70000)),
       ];
     };`,
    // a wrapper may bring a runtime of its own: what speaks on the port is heard
    { environment: { AWS_LAMBDA_EXEC_WRAPPER: '/usr/bin/env' } },
  );
  assert.deepEqual(await bench.answer(id), [
    'HTTP/1.1 404 Not Found',
    'HTTP/1.1 400 Bad Request',
    'HTTP/1.1 405 Method Not Allowed',
    'HTTP/1.1 405 Method Not Allowed',
    'HTTP/1.1 400 Bad Request',
    'HTTP/1.1 400 Bad Request',
  ]);
});

test('a runtime of its own: provided, with chunked responses and a connection for each request', async () => {
  await using bench = new FunctionBench();
  const bootstrap = `#!${process.execPath}
const http = require('node:http');
const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
const call = (method, path, body) => new Promise((resolve, reject) => {
  const request = http.request(api + path, { method, agent: false, headers: body ? { 'Transfer-Encoding': 'chunked', Expect: '100-continue' } : {} }, (response) => {
    let text = ''; response.on('data', (d) => (text += d)); response.on('end', () => resolve({ headers: response.headers, text }));
  });
  request.on('error', reject);
  if (body) { request.on('continue', () => { for (const part of body) request.write(part); request.end(); }); request.flushHeaders(); } else request.end();
});
(async () => { for (;;) {
  const { headers, text } = await call('GET', 'next');
  console.log('plain output');
  await call('POST', headers['lambda-runtime-aws-request-id'] + '/response', ['{"got":', text, '}']);
} })();`;
  const id = bench.put('own', zip([{ name: 'bootstrap', data: bootstrap, mode: 0o100755 }]), { runtime: 'provided.al2023', handler: 'x' });
  assert.deepEqual(await bench.answer(id, { a: 1 }), { got: { a: 1 } });
  assert.deepEqual(await bench.answer(id, { a: 2 }), { got: { a: 2 } });
  assert.match(bench.logText(), /START.*\nplain output\nEND/);
  const none = bench.put('none', { 'readme.txt': '' }, { runtime: 'provided.al2023' });
  assert.equal((await bench.failure(none)).errorType, 'Runtime.InvalidEntrypoint');
});

test('the Runtime API is on loopback only, and is gone with its environment', async () => {
  await using bench = new FunctionBench();
  const id = bench.put('f', 'exports.handler = async () => process.env.AWS_LAMBDA_RUNTIME_API;');
  const api = (await bench.answer(id)) as string;
  assert.match(api, /^127\.0\.0\.1:\d+$/);
  bench.remove(id);
  await eventually('the environment ends', () => bench.host.environments().length === 0);
  const refused = await new Promise((resolve) => connect(Number(api.split(':')[1]), '127.0.0.1').on('error', () => resolve(true)).on('connect', () => resolve(false)));
  assert.ok(refused);
});

test('nobody but the bundled runtime speaks for its environment: the port is there for every process of the machine', async () => {
  await using bench = new FunctionBench();
  const id = bench.put('f', 'exports.handler = async (event) => (event.wait ? new Promise((r) => setTimeout(r, event.wait, 1)) : process.env.AWS_LAMBDA_RUNTIME_API);');
  const api = `http://${(await bench.answer(id)) as string}`;
  const ask = async (method: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<readonly [number, unknown]> => {
    const answer = await fetch(`${api}${path}`, { method, headers, ...(method === 'POST' && { body: '{}' }) });
    return [answer.status, ((await answer.json()) as { errorType: unknown }).errorType];
  };
  const requestId = '11111111-2222-4333-8444-555555555555';
  const running = bench.invoke(id, { wait: 300 }, { requestId });
  for (const [method, path, headers] of [
    ['GET', 'invocation/next'], ['POST', `invocation/${requestId}/response`], ['POST', `invocation/${requestId}/response`, { 'lambda-runtime-function-response-mode': 'streaming' }],
    ['POST', `invocation/${requestId}/error`], ['POST', 'init/error'], ['POST', 'turnpike/assigned'],
  ] as const) {
    assert.deepEqual(await ask(method, `/2018-06-01/runtime/${path}`, headers), [403, 'Runtime.Forbidden'], `${method} ${path}`);
  }
  // who did not register while the environment started has missed it
  assert.deepEqual(await ask('POST', '/2020-01-01/extension/register', { 'lambda-extension-name': 'late' }), [403, 'Extension.RegistrationClosed']);
  assert.deepEqual(await running, { kind: 'ok', payload: Buffer.from('1'), logTail: ((await running) as { logTail: string }).logTail });
});

test('code that cannot be unpacked is said, not run', async (t) => {
  await using bench = new FunctionBench();
  const escaped = join(bench.folder, 'escaped.js');
  const cases: Record<string, Buffer> = {
    'no zip': Buffer.from('nothing of the sort'),
    'a name that climbs': zip([{ name: '../../../escaped.js', data: '1' }]),
    'an absolute name': zip([{ name: escaped, data: '1' }]),
    'a backslash': zip([{ name: '..\\escaped.js', data: '1' }]),
    'a symbolic link': zip([{ name: 'index.js', data: '/etc/passwd', mode: 0o120777 }]),
    'a device': zip([{ name: 'index.js', data: '', mode: 0o020666 }]),
    'the same name twice': zip([{ name: 'index.js', data: '1' }, { name: 'index.js', data: '2' }]),
    'a file that is a folder too': zip([{ name: 'a', data: '1' }, { name: 'a/b', data: '2' }]),
    'a bomb that is honest': zip([{ name: 'big', data: Buffer.alloc(1000), claimedSize: 300_000_000 }]),
    'a bomb that lies': zip([{ name: 'big', data: Buffer.alloc(5_000_000), claimedSize: 10 }]),
  };
  for (const [name, bytes] of Object.entries(cases)) {
    await t.test(name, async () => {
      const result = await bench.invoke(bench.put('f', bytes));
      assert.equal(result.kind, 'unavailable', describe(result));
      assert.match(result.kind === 'unavailable' ? result.reason : '', /^the code of f cannot be unpacked: /);
      assert.ok(!existsSync(escaped));
    });
  }
});

test('code is read-only and keeps its executables', async () => {
  await using bench = new FunctionBench();
  const id = bench.put(
    'f',
    zip([
      { name: 'index.js', data: `const fs = require('node:fs'); exports.handler = async () => ['index.js', 'tool', 'lib', '.'].map((name) => (fs.statSync(name).mode & 0o777).toString(8));` },
      { name: 'tool', data: '#!/bin/sh\n', mode: 0o100755 },
      { name: 'lib/a.js', data: '' },
    ]),
  );
  assert.deepEqual(await bench.answer(id), ['444', '555', '555', '555']);
});

test('code that comes back while it is still being started for the time before fails nobody, and is started as often as it may', async () => {
  await using bench = new FunctionBench({ startsAtOnce: 1 });
  // it is being started for as long as the test wants
  const gate = join(mkdtempSync(join(tmpdir(), 'turnpike-gate-')), 'open');
  const one = `while (!require('node:fs').existsSync(${JSON.stringify(gate)})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); exports.handler = async () => 1;`;
  for (let round = 0; round < 3; round++) {
    // what serves the code since the last round serves no more
    bench.put('f', 'exports.handler = async () => 2;');
    const id = bench.put('f', one);
    const before = bench.invoke(id, {}, { tail: false });
    await eventually('it is being started', () => bench.host.environments().some(({ state, pid }) => state === 'starting' && pid !== undefined));
    bench.put('f', 'exports.handler = async () => 2;');
    bench.put('f', one);
    const after = bench.invoke(id, {}, { tail: false });
    writeFileSync(gate, '');
    const results = await Promise.all([before, after]);
    rmSync(gate);
    assert.deepEqual(results.map(({ kind }) => kind), ['ok', 'ok'], results.map(describe).join('\n'));
  }
});
