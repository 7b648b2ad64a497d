import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { FrameBuffers, FrameOutput } from './frame-output.ts';
import { WriteTurn } from './write-turn.ts';

test('what is written after our FIN goes nowhere, and holds no buffer', async (t) => {
  const server = createServer((socket) => void socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  t.after(() => {
    socket.destroy();
    server.close();
  });
  await once(socket, 'connect');
  const buffers = new FrameBuffers();
  const [lent] = [buffers.take(1)];
  buffers.give(lent);
  const output = new FrameOutput(socket, { turn: new WriteTurn(), buffers, drained: () => {}, refused: null });
  const say = (): void => {
    const at = output.reserve(4);
    output.commit(at + output.buffer.write('word', at, 'latin1'));
  };
  say();
  assert.equal(output.buffer, lent);
  output.end();
  say();
  assert.equal(buffers.take(1), lent, 'it is there for others');
  assert.equal(output.unsent, 0);
});
