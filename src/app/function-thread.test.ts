import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BroadcastChannel, type MessagePort } from 'node:worker_threads';
import { eventually } from '../../test/support/eventually.ts';
import { alive } from '../../test/support/function-bench.ts';
import { zipFiles } from '../../test/support/zip.ts';
import { DiskBlobs } from '../control-plane/store/index.ts';
import { systemClock, systemRandom } from '../kernel/index.ts';
import type { InvocationRequest } from '../lambda-runtime/index.ts';
import type { FunctionOutcome } from '../data-plane/targets/index.ts';
import { FunctionThread } from './function-thread.ts';
import { PortCaller } from './threads/function-port.ts';

/** Speaks as the real thread does: answers with how many functions it knows, says nothing to `wait`, and dies of `die`. */
const THREAD = new URL(`data:text/javascript,${encodeURIComponent(`
  import { parentPort } from 'node:worker_threads';
  let functions = [];
  parentPort.on('message', (message) => {
    const answer = String.fromCharCode(functions.length);
    if (message.kind === 'functions') functions = message.functions;
    else if (message.kind === 'close') parentPort.postMessage({ kind: 'closed' });
    else if (message.kind === 'caller') message.port.on('message', ({ id, functionArn }) => { if (functionArn !== 'wait') message.port.postMessage({ id, payload: answer }); });
    else if (message.request.functionArn === 'die') throw new Error('it died');
    else if (message.request.functionArn !== 'wait') parentPort.postMessage({ kind: 'invoked', id: message.id, result: { kind: 'ok', payload: answer, logTail: '' } });
  });
`)}`);

const request = (functionArn: string): InvocationRequest => ({ functionArn, invokedArn: functionArn, payload: Buffer.from('{}'), requestId: '', clientContext: null, traceId: null, tail: false, stream: null });

test('a thread that dies is replaced: who waited hears it, who calls is connected anew, and the functions are known', async (t) => {
  const failures: string[] = [];
  const thread = new FunctionThread({
    entry: THREAD, init: { folder: '', blobFolder: '', endpointUrl: null, interpreterPath: '', accountConcurrency: 1, user: null, spares: 0 }, clock: systemClock,
    log: () => {}, failure: (error) => void failures.push(error.message),
  });
  t.after(() => thread.close());
  thread.update([{ id: 'one' }, { id: 'two' }] as unknown as Parameters<typeof thread.update>[0]);
  let reconnected!: (port: MessagePort) => void;
  const again = new Promise<MessagePort>((resolve) => {
    reconnected = resolve;
  });
  const caller = new PortCaller(thread.connect((port) => reconnected(port)).port);
  const call = (arn: string): Promise<FunctionOutcome> => new Promise((resolve) => caller.call(arn, { payload: Buffer.from('{}'), traceId: '' }, resolve));
  assert.deepEqual(await thread.invoke(request('f')), { kind: 'ok', payload: Buffer.from([2]), logTail: '' });
  assert.equal((await call('f')).kind, 'ok');

  const waiting = [thread.invoke(request('wait')), call('wait')];
  const death = thread.invoke(request('die'));
  for (const each of [...waiting, death]) assert.equal((await each).kind, 'unavailable');
  caller.reconnect(await again);
  const after = await call('f');
  assert.deepEqual(after.kind === 'ok' && [...after.payload], [2]);
  assert.equal((await thread.invoke(request('f'))).kind, 'ok');
  assert.match(failures.join('\n'), /it died[^]*is started again/);
});

test('there is no thread before there is a function, and who was connected before calls it then', async (t) => {
  const loaded = new BroadcastChannel('late-function-thread');
  let starts = 0;
  loaded.onmessage = () => void starts++;
  const says = "import { BroadcastChannel } from 'node:worker_threads'; const said = new BroadcastChannel('late-function-thread'); said.postMessage(0); said.unref();";
  const thread = new FunctionThread({
    entry: new URL(`${THREAD.href}${encodeURIComponent(says)}`), init: { folder: '', blobFolder: '', endpointUrl: null, interpreterPath: '', accountConcurrency: 1, user: null, spares: 0 }, clock: systemClock,
    log: () => {}, failure: (error) => assert.fail(error),
  });
  t.after(async () => {
    loaded.close();
    await thread.close();
  });
  const caller = new PortCaller(thread.connect(() => assert.fail('it was connected from the start')).port);
  const called = new Promise<FunctionOutcome>((resolve) => caller.call('f', { payload: Buffer.from('{}'), traceId: '' }, resolve));
  thread.update([]);
  assert.equal(await thread.ready('f'), 0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(starts, 0);
  thread.update([{ id: 'one' }] as unknown as Parameters<typeof thread.update>[0]);
  const outcome = await called;
  assert.deepEqual(outcome.kind === 'ok' && [...outcome.payload], [1]);
  await eventually('it has said that it started', () => starts === 1);
});

test('functions go on after their thread has died, and none of their processes is left behind', { timeout: 240_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-functions-'));
  const code = await new DiskBlobs(join(folder, 'blobs'), systemRandom).put(zipFiles({ 'index.js': 'exports.handler = async ({ wait }) => { if (wait) await new Promise((r) => setTimeout(r, wait)); return process.pid; };' }));
  const thread = new FunctionThread({
    entry: new URL('../../test/support/mortal-function-thread.ts', import.meta.url), clock: systemClock, log: () => {}, failure: () => {},
    init: { folder: join(folder, 'functions'), blobFolder: join(folder, 'blobs'), endpointUrl: null, interpreterPath: '', accountConcurrency: 10, user: null, spares: 0 },
  });
  const channel = new BroadcastChannel('mortal-function-thread');
  t.after(async () => {
    channel.close();
    await thread.close();
    rmSync(folder, { recursive: true });
  });
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
  thread.update([{
    id: arn, name: 'f', version: '$LATEST', runtime: 'nodejs22.x', handler: 'index.handler', code, folder: null, layers: [], timeoutMs: 10_000, memoryMb: 128, environment: {}, concurrency: null,
    provisioned: 0, aliases: {}, logGroup: '/aws/lambda/f', systemLogLevel: null, revision: 'r',
  }]);
  const call = async (event: object): Promise<number | string> => {
    const result = await thread.invoke({ ...request(arn), payload: Buffer.from(JSON.stringify(event)) });
    return result.kind === 'ok' ? Number(result.payload.toString()) : result.kind;
  };
  const pid = await call({});
  assert.equal(typeof pid, 'number');
  const cut = call({ wait: 5000 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  channel.postMessage('die');
  assert.equal(await cut, 'unavailable');
  let again: number | string = 'unavailable';
  for (let i = 0; i < 1000 && typeof again === 'string'; i++) {
    again = await call({});
    if (typeof again === 'string') await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.notEqual(again, pid);
  assert.equal(typeof again, 'number');
  await eventually('the old process is gone', () => !alive(pid as number));
});
