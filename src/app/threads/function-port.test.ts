import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type { FunctionOutcome } from '../../data-plane/targets/index.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { PortCaller, type FunctionAnswer } from './function-port.ts';

test('who cannot take the answer of a function is told that there is none, and the others get theirs', async (t) => {
  const { port1, port2 } = new MessageChannel();
  t.after(() => port2.close());
  const mishaps: string[] = [];
  const caller = new PortCaller(port1, { note: (place, error) => void mishaps.push(`${place}: ${(error as Error).message}`) });
  const heard: string[] = [];
  let taken = 0;
  const throwing = (name: string) => (outcome: FunctionOutcome): void => {
    heard.push(`${name} ${outcome.kind}`);
    if (outcome.kind === 'ok') throw new Error(`${name} cannot take it`);
  };
  caller.call('arn', { payload: Buffer.from('{}'), traceId: '' }, throwing('one'));
  caller.call('arn', { payload: Buffer.from('{}'), traceId: '', stream: { begin: () => {}, part: () => { throw new Error('no part'); } } }, throwing('stream'));
  const last = new Promise<FunctionOutcome>((resolve) => caller.call('arn', { payload: Buffer.from('{}'), traceId: '' }, resolve));
  port2.on('message', (message: { readonly taken?: number }) => void (taken += message.taken ?? 0));
  const payload = Buffer.from('{}');
  port2.postMessage({ id: 1, payload } satisfies FunctionAnswer);
  port2.postMessage({ id: 2, part: payload } satisfies FunctionAnswer);
  port2.postMessage({ id: 2, part: payload } satisfies FunctionAnswer);
  port2.postMessage({ id: 2, payload } satisfies FunctionAnswer);
  port2.postMessage({ id: 3, payload } satisfies FunctionAnswer);
  assert.equal((await last).kind, 'ok');
  assert.deepEqual(heard, ['one ok', 'one unavailable', 'stream unavailable']);
  assert.deepEqual(mishaps, ['wait: one cannot take it', 'wait: no part']);
  await eventually('the function does not wait for ever for its part to be taken', () => taken === 2 * payload.length);
});

test('who calls a thread that ends, or has ended, hears it', async () => {
  const { port1, port2 } = new MessageChannel();
  const caller = new PortCaller(port1);
  const call = (): Promise<FunctionOutcome> => new Promise((resolve) => caller.call('arn', { payload: Buffer.from('{}'), traceId: '' }, resolve));
  const waiting = call();
  port2.close();
  await once(port1, 'close');
  assert.equal((await waiting).kind, 'unavailable');
  assert.equal((await call()).kind, 'unavailable');
});
