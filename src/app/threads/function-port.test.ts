import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type { FunctionOutcome } from '../../data-plane/targets/index.ts';
import { PortCaller } from './function-port.ts';

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
