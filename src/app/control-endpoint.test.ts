import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { eventually } from '../../test/support/eventually.ts';
import { ControlEndpoint } from './control-endpoint.ts';

test('an answer in parts ends when its client leaves, however slow it was, and what it came from is told', async (t) => {
  let made = 0;
  let over = false;
  async function* parts(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        made++;
        yield Buffer.alloc(256 * 1024);
      }
    } finally {
      over = true;
    }
  }
  const endpoint = new ControlEndpoint({ host: '127.0.0.1', port: 0, bodyLimit: 1000, onError: assert.ifError, handlers: [() => Promise.resolve({ status: 200, headers: {}, body: parts() })] });
  const { port } = await endpoint.listen();
  t.after(() => endpoint.close());
  const asked = request({ host: '127.0.0.1', port, agent: false });
  asked.on('error', () => {});
  asked.end();
  const answer = await new Promise<NodeJS.ReadableStream>((resolve) => void asked.once('response', resolve));
  answer.on('error', () => {});
  answer.pause();
  let before = -1;
  await eventually('it waits for its client', () => made === before || ((before = made), false));
  asked.destroy();
  await eventually('it is over', () => over);
});
