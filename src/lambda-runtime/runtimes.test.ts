import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync, renameSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../test/support/eventually.ts';
import { alive, FunctionBench } from '../../test/support/function-bench.ts';
import { zip, zipFiles } from '../../test/support/zip.ts';
import { findPython } from './interpreters.ts';
import type { ResponseSink } from './invocation.ts';

const python = findPython('', process.env['PATH'] ?? '') === null ? 'needs a Python' : false;

/** What a caller of a streamed response hears, in order. */
class Heard implements ResponseSink {
  contentType = '';
  readonly parts: string[] = [];

  begin(contentType: string): void {
    this.contentType = contentType;
  }

  part(bytes: Buffer, taken: () => void): void {
    this.parts.push(bytes.toString());
    taken();
  }
}

test('a Python function: event, context, logs, errors', { skip: python }, async () => {
  await using bench = new FunctionBench();
  const source = `
import logging, os, sys
from lib import helper
state = {"n": 0}
def handler(event, context):
    state["n"] += 1
    if event.get("fail"):
        raise ValueError("no " + event["fail"])
    if event.get("exit"):
        sys.exit(3)
    if event.get("hard"):
        os._exit(4)
    print("printed")
    logging.getLogger().warning("logged %s", 1)
    return {"n": state["n"], "helper": helper.name, "event": event, "id": context.aws_request_id, "left": context.get_remaining_time_in_millis() > 1000, "arn": context.invoked_function_arn,
            "custom": context.client_context.custom if context.client_context else None, "env": os.environ["AWS_EXECUTION_ENV"], "text": "é"}
`;
  const id = bench.put('py', { 'app.py': source, 'lib/__init__.py': '', 'lib/helper.py': 'name = "h"\n' }, { runtime: 'python3.11', handler: 'app.handler' });
  const requestId = '11111111-2222-4333-8444-555555555555';
  const result = await bench.invoke(id, { a: 1 }, { requestId, clientContext: '{"custom":{"k":"v"}}' });
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  if (result.kind !== 'ok') return;
  assert.deepEqual(JSON.parse(result.payload.toString()), { n: 1, helper: 'h', event: { a: 1 }, id: requestId, left: true, arn: id, custom: { k: 'v' }, env: 'AWS_Lambda_python3.11', text: 'é' });
  assert.match(result.logTail, /START RequestId: 1111[^]*printed\n[^]*\[WARNING\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\t1111[^\t]*\tlogged 1[^]*END RequestId/);
  const failure = await bench.failure(id, { fail: 'luck' });
  assert.deepEqual([failure.cause, failure.errorType, failure.errorMessage], ['handler', 'ValueError', 'no luck']);
  assert.match(failure.logTail, /\[ERROR\] ValueError: no luck\nTraceback \(most recent call last\):\n\u00a0\u00a0File ".*app.py", line 8, in handler/);
  assert.equal((await bench.failure(id, { exit: 1 })).errorType, 'Runtime.ExitError');
  assert.match((await bench.failure(id, { hard: 1 })).errorMessage, /exit status 4$/);
  assert.equal(((await bench.answer(id)) as { n: number }).n, 1);
});

test('Python functions that cannot be loaded', { skip: python }, async () => {
  await using bench = new FunctionBench();
  let logged = '';
  const type = async (files: Record<string, string>, handler: string): Promise<string> => {
    const id = bench.put('py', files, { runtime: 'python3.12', handler });
    const { cause, errorType, logTail } = await bench.failure(id);
    assert.equal(cause, 'init');
    logged = logTail;
    return errorType;
  };
  assert.equal(await type({ 'app.py': 'x = 1' }, 'app.handler'), 'Runtime.HandlerNotFound');
  assert.equal(await type({ 'app.py': 'x = 1' }, 'other.handler'), 'Runtime.ImportModuleError');
  assert.equal(await type({ 'app.py': 'import nothing_there' }, 'app.handler'), 'Runtime.ImportModuleError');
  assert.match(logged, /\[ERROR\] Runtime\.ImportModuleError: Unable to import module 'app': No module named 'nothing_there'\nTraceback \(most recent call last\):\n(?!\u00a0)/);
  assert.equal(await type({}, 'src/app.handler'), 'Runtime.ImportModuleError');
  assert.match(logged, /module 'src\/app'/);
  assert.equal(await type({ 'time.py': '' }, 'time.handler'), 'Runtime.BuiltInModuleConflict');
  assert.equal(await type({ 'app.py': 'def (' }, 'app.handler'), 'Runtime.UserCodeSyntaxError');
  assert.equal(await type({ 'app.py': 'raise KeyError("k")' }, 'app.handler'), 'KeyError');
  assert.equal(await type({ 'app.py': '' }, 'app'), 'Runtime.MalformedHandlerName');
});

test('a response is streamed as it is written; whoever wants it whole gets it whole', async () => {
  await using bench = new FunctionBench();
  const source = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
    if (event.early) throw new TypeError('early');
    stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
    for (const word of ['one', 'two', 'three']) {
      stream.write(word);
      do await new Promise((r) => setTimeout(r, 20)); while (event.heard && !require('node:fs').existsSync(event.heard + word));
    }
    if (event.late) throw new RangeError('late');
    stream.end();
  });`;
  const id = bench.put('s', source);
  const heard = new Heard();
  const said = bench.invoke(id, { heard: join(bench.folder, 'heard-') }, { stream: heard });
  // it says the next when the one before has been heard
  for (const word of ['one', 'two', 'three']) {
    await eventually(word, () => heard.parts.join('').endsWith(word));
    writeFileSync(join(bench.folder, `heard-${word}`), '');
  }
  const result = await said;
  assert.equal(result.kind === 'ok' && result.payload.length, 0);
  assert.equal(heard.contentType, 'application/vnd.awslambda.http-integration-response');
  assert.equal(heard.parts.join(''), '{"statusCode":201}\0\0\0\0\0\0\0\0onetwothree');
  const whole = await bench.invoke(id);
  assert.equal(whole.kind === 'ok' && whole.payload.toString(), '{"statusCode":201}\0\0\0\0\0\0\0\0onetwothree');

  const early = await bench.invoke(id, { early: true }, { stream: new Heard() });
  assert.equal(early.kind === 'function-error' && JSON.parse(early.payload.toString()).errorType, 'TypeError');
  const broken = new Heard();
  const late = await bench.invoke(id, { late: true }, { stream: broken });
  assert.equal(late.kind === 'function-error' && JSON.parse(late.payload.toString()).errorType, 'RangeError');
  assert.match(broken.parts.join(''), /onetwothree$/);

  const plain = bench.put('plain', 'exports.handler = async () => ({ a: 1 })');
  const once = new Heard();
  assert.equal((await bench.invoke(plain, {}, { stream: once })).kind, 'ok');
  assert.deepEqual([once.contentType, once.parts], ['application/json', ['{"a":1}']]);
});

test('a stream waits for a slow reader, and is bounded', async () => {
  await using bench = new FunctionBench({ maxStreamed: 40_000_000 });
  const source = `let sent = 0; exports.handler = awslambda.streamifyResponse(async (event, stream) => {
    const part = Buffer.alloc(100_000, 'x');
    for (let i = 0; i < event.parts; i++) { sent += part.length; if (!stream.write(part)) await new Promise((r) => stream.once('drain', r)); if (event.report && i % 10 === 0) console.log('sent ' + sent); }
    stream.end();
  });`;
  const id = bench.put('s', source);
  let taken = 0;
  const held: (() => void)[] = [];
  let holding = true;
  const slow: ResponseSink = {
    begin: () => {},
    part(bytes, done) {
      taken += bytes.length;
      if (holding) held.push(done);
      else done();
    },
  };
  const done = bench.invoke(id, { parts: 300, report: true }, { stream: slow, tail: false });
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.ok(taken < 3_000_000, `${taken} bytes were given to one who takes none`);
  // beside what waits here, some megabytes fit into sockets and streams on the way
  assert.ok(!bench.logText().includes('sent 29100000'), 'the function wrote on');
  holding = false;
  for (const each of held) each();
  assert.equal((await done).kind, 'ok');
  assert.equal(taken, 30_000_000);
  const tooMuch = await bench.invoke(id, { parts: 500 }, { stream: { begin: () => {}, part: (_bytes, taken) => taken() }, tail: false });
  assert.equal(tooMuch.kind === 'function-error' && tooMuch.cause, 'response-too-large');
  assert.equal((await bench.invoke(id, { parts: 1 }, { tail: false })).kind, 'ok');
});

test('layers lie under one folder, later ones cover earlier ones', async () => {
  await using bench = new FunctionBench();
  const one = bench.layer(zipFiles({ 'nodejs/node_modules/left/index.js': 'module.exports = "one"', 'nodejs/node_modules/right/index.js': 'module.exports = "kept"' }));
  const two = bench.layer(zip([{ name: 'nodejs/node_modules/left/index.js', data: 'module.exports = "two"' }, { name: 'bin/tool', data: '#!/bin/sh\necho tool', mode: 0o100755 }]));
  const source = "exports.handler = async () => [require('left'), require('right'), require('node:child_process').execSync('tool').toString().trim()];";
  const id = bench.put('f', source, { layers: [one, two] });
  assert.deepEqual(await bench.answer(id), ['two', 'kept', 'tool']);
  const single = bench.put('g', "exports.handler = async () => require('left');", { layers: [one] });
  assert.equal(await bench.answer(single), 'one');
});

test('a wrapper script in a layer starts the runtime', async () => {
  await using bench = new FunctionBench();
  const layer = bench.layer(zip([{ name: 'wrap', data: '#!/bin/sh\nexport WRAPPED=yes\nexec "$@"\n', mode: 0o100755 }]));
  const id = bench.put('f', 'exports.handler = async () => process.env.WRAPPED;', { layers: [layer], environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' } });
  assert.equal(await bench.answer(id), 'yes');
  const absent = bench.put('g', 'exports.handler = async () => 1;', { environment: { AWS_LAMBDA_EXEC_WRAPPER: '/nowhere/wrap' } });
  const { errorType, errorMessage } = await bench.failure(absent);
  assert.equal(errorType, 'Runtime.ExitError');
  assert.match(errorMessage, /Error: Runtime exited with error: exit status 127$/);
  const still = bench.layer(zip([{ name: 'wrap', data: '#!/bin/sh\nexec "$@"\n', mode: 0o100644 }]));
  const forbidden = bench.put('h', 'exports.handler = async () => 1;', { layers: [still], environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' } });
  assert.match((await bench.failure(forbidden)).errorMessage, /Error: Runtime exited with error: exit status 126$/);
});

const EXTENSION = `#!/usr/bin/env node
const { request } = require('node:http');
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const call = (method, path, headers, body) => new Promise((done) => { const r = request({ host, port, method, headers, path: '/2020-01-01/extension/' + path }, (a) => { let text = ''; a.on('data', (c) => { text += c; }); a.on('end', () => done({ headers: a.headers, text })); }); r.end(body); });
(async () => {
  const { headers, text } = await call('POST', 'register', { 'Lambda-Extension-Name': 'watcher' }, JSON.stringify({ events: ['INVOKE', 'SHUTDOWN'] }));
  console.log('registered ' + text);
  const id = { 'Lambda-Extension-Identifier': headers['lambda-extension-identifier'] };
  for (;;) {
    const event = JSON.parse((await call('GET', 'event/next', id)).text);
    console.log('event ' + event.eventType + ' ' + (event.requestId ?? event.shutdownReason));
    if (event.eventType === 'SHUTDOWN') process.exit(0);
  }
})();
`;

test('an extension in a layer is started, told of invocations, and told of the end', async () => {
  await using bench = new FunctionBench({ idleMs: 200 });
  const layer = bench.layer(zip([{ name: 'extensions/watcher', data: EXTENSION, mode: 0o100755 }]));
  const id = bench.put('f', 'exports.handler = async () => process.pid;', { layers: [layer] });
  const requestId = '11111111-2222-4333-8444-555555555555';
  const pid = (await bench.answer(id, {}, { requestId, tail: false })) as number;
  await eventually('the extension hears of the end', () => bench.logText().includes('event SHUTDOWN spindown'));
  const text = bench.logText();
  assert.match(text, /registered \{"functionName":"f","functionVersion":"\$LATEST","handler":"index.handler"\}/);
  assert.match(text, new RegExp(`event INVOKE ${requestId}`));
  await eventually('the environment is gone', () => !alive(pid) && bench.host.environments().length === 0);
});

test('an extension inside the function is none of the programs that an environment waits for', async () => {
  await using bench = new FunctionBench();
  const slow = EXTENSION.replace('(async () => {', '(async () => { await new Promise((r) => setTimeout(r, 700));');
  const layer = bench.layer(zip([{ name: 'extensions/watcher', data: slow, mode: 0o100755 }]));
  const source = `const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2020-01-01/extension/';
  const inside = await fetch(api + 'register', { method: 'POST', headers: { 'Lambda-Extension-Name': 'inside' }, body: '{"events":["INVOKE"]}' });
  void fetch(api + 'event/next', { headers: { 'Lambda-Extension-Identifier': inside.headers.get('lambda-extension-identifier') } });
  export const handler = async () => inside.status;`;
  assert.equal(await bench.answer(bench.put('f', { 'index.mjs': source }, { layers: [layer], timeoutMs: 20_000 }), {}, { tail: false }), 200);
  await eventually('the program has registered, and was told of the first invocation', () => /registered [^]*event INVOKE/.test(bench.logText()), 5000);
});

test('an extension that cannot be initialised fails the invocation', async () => {
  await using bench = new FunctionBench();
  const layer = bench.layer(zip([{ name: 'extensions/broken', data: '#!/bin/sh\nexit 1\n', mode: 0o100755 }]));
  const id = bench.put('f', 'exports.handler = async () => 1;', { layers: [layer] });
  const failure = await bench.failure(id);
  assert.deepEqual([failure.cause, failure.errorType], ['init', 'Extension.Crash']);
});

test('a folder is run as it is when it is called', async () => {
  await using bench = new FunctionBench();
  const folder = join(bench.folder, 'mine');
  mkdirSync(folder);
  const write = (n: number): void => writeFileSync(join(folder, 'index.mjs'), `import { readFileSync } from 'node:fs'; export const handler = async () => ${n};`);
  write(1);
  const id = bench.put('f', '', { folder, code: '' });
  assert.equal(await bench.answer(id), 1);
  assert.equal(await bench.answer(id), 1);
  // a link to nothing, as editors leave them
  symlinkSync('nowhere', join(folder, 'a-lock'));
  await new Promise((resolve) => setTimeout(resolve, 150));
  write(22);
  assert.equal(await bench.answer(id), 22);
  bench.put('other', 'exports.handler = async () => 1;');
  const [environment] = bench.host.environments();
  assert.equal(await bench.answer(id), 22);
  assert.ok(bench.host.environments().some(({ pid }) => pid === environment?.pid), 'another function has changed, this one goes on');
  rmSync(folder, { recursive: true });
});

test('a folder whose files are renamed, or put back as they were, is another', async () => {
  await using bench = new FunctionBench();
  const folder = join(bench.folder, 'mine');
  mkdirSync(folder);
  const write = (name: string, n: number, secondsAgo: number): void => {
    writeFileSync(join(folder, name), `exports.handler = async () => ${n};`);
    const then = Date.now() / 1000 - secondsAgo;
    utimesSync(join(folder, name), then, then);
  };
  write('index.js', 1, 10);
  write('other.js', 2, 0);
  const id = bench.put('f', '', { folder, code: '' });
  assert.equal(await bench.answer(id), 1);
  await new Promise((resolve) => setTimeout(resolve, 150));
  // as long as it was, and no newer than the newest
  write('index.js', 3, 5);
  assert.equal(await bench.answer(id), 3);
  await new Promise((resolve) => setTimeout(resolve, 150));
  renameSync(join(folder, 'index.js'), join(folder, 'third.js'));
  renameSync(join(folder, 'other.js'), join(folder, 'index.js'));
  assert.equal(await bench.answer(id), 2);
});

test('environments are kept ready before anybody calls, and again when one has died', async () => {
  await using bench = new FunctionBench({ idleMs: 100 });
  const id = bench.put('f', 'exports.handler = async () => [process.pid, process.env.AWS_LAMBDA_INITIALIZATION_TYPE];', { provisioned: 2 });
  await eventually('two are ready', () => bench.host.ready(id) === 2);
  const [pid, type] = (await bench.answer(id)) as [number, string];
  assert.equal(type, 'provisioned-concurrency');
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(bench.host.ready(id), 2, 'they do not grow idle');
  process.kill(pid, 'SIGKILL');
  await eventually('the dead is replaced', () => bench.host.ready(id) === 2 && bench.host.environments().every((each) => each.pid !== pid));
  const broken = bench.put('broken', 'process.exit(1)', { provisioned: 1 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok(bench.host.environments().filter(({ functionArn }) => functionArn === broken).length <= 1, 'what cannot start is not started in a loop');
});

test('an alias divides its invocations exactly', async () => {
  await using bench = new FunctionBench();
  const alias = 'arn:aws:lambda:eu-west-1:123456789012:function:f:live';
  bench.put('f1', 'exports.handler = async () => 1;', { aliases: { [alias]: 0.9 } });
  bench.put('f2', 'exports.handler = async () => 2;', { aliases: { [alias]: 0.1 } });
  const answers: unknown[] = [];
  for (let i = 0; i < 50; i++) answers.push(await bench.answer(alias, {}, { tail: false }));
  assert.equal(answers.filter((answer) => answer === 2).length, 5);
});

test('a function runs as another user where the host is root and is told so', { skip: process.getuid?.() === 0 ? false : 'needs root' }, async () => {
  await using bench = new FunctionBench({}, undefined, 65534);
  const source = "exports.handler = async () => { const fs = require('node:fs'); fs.writeFileSync(process.env.TMPDIR + '/mine', 'x'); let secret = 'closed'; try { secret = fs.readdirSync('/root')[0] ?? 'open'; } catch {} return [process.getuid(), process.getgid(), secret]; };";
  const id = bench.put('f', source);
  const result = await bench.invoke(id);
  // where the Node of this checkout lies in a folder that is closed to others, nobody else can run it: that is said
  if (result.kind === 'function-error') assert.match(result.payload.toString(), /EACCES|Runtime could not be started|exit/);
  else assert.deepEqual(result.kind === 'ok' && JSON.parse(result.payload.toString()), [65534, 65534, 'closed']);
});

// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
test('the system log level says which of the platform\'s lines are written', async () => {
  await using bench = new FunctionBench();
  const source = 'exports.handler = async ({ fail }) => { if (fail) throw new Error("x"); console.log("mine"); };';
  const lines = async (event: object, systemLogLevel: string): Promise<string[]> => {
    const id = bench.put(`f${systemLogLevel}`, source, { environment: { AWS_LAMBDA_LOG_FORMAT: 'JSON' }, systemLogLevel });
    const result = await bench.invoke(id, event);
    return 'logTail' in result ? result.logTail.trim().split('\n').map((line) => { const { type, level } = JSON.parse(line) as { type?: string; level?: string }; return type ?? level!; }) : [];
  };
  assert.deepEqual(await lines({}, 'INFO'), ['platform.start', 'INFO', 'platform.report']);
  assert.deepEqual(await lines({}, 'WARN'), ['INFO']);
  assert.deepEqual(await lines({ fail: true }, 'WARN'), ['ERROR', 'platform.report']);
});

test('what is provisioned is set apart; what comes beyond it takes from what all share', async () => {
  await using bench = new FunctionBench({ accountConcurrency: 2 });
  const source = 'exports.handler = async () => { await new Promise((r) => setTimeout(r, 400)); return 1; };';
  const own = bench.put('own', source, { provisioned: 1 });
  const other = bench.put('other', source);
  const kinds = (await Promise.all([bench.invoke(own), bench.invoke(own), bench.invoke(other), bench.invoke(own)])).map(({ kind }) => kind);
  // one is its own, one is left to all
  assert.deepEqual(kinds, ['ok', 'ok', 'throttled', 'throttled']);
});
