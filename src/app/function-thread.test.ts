import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessagePort } from 'node:worker_threads';
import { systemClock } from '../kernel/index.ts';
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
    entry: THREAD, init: { folder: '', blobFolder: '', endpointUrl: null, interpreterPath: '', accountConcurrency: 1, user: null }, clock: systemClock,
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
