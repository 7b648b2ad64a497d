/** Once more with all plain connections read in turns, as they are where there is much to be read: what is asserted is the same. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { alwaysTogether, readInTurns } from '../../../src/data-plane/sockets/index.ts';

const together = alwaysTogether(true);
test('all are read in turns here', { skip: together ? false : 'no io_uring here, or no node:ffi' }, async () => {
  const server = createServer((socket) => socket.end('x')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect({ port: (server.address() as { port: number }).port, host: '127.0.0.1', onread: { buffer: Buffer.alloc(10), callback: () => assert.fail('libuv has read it') } });
  const heard: number[] = [];
  assert.ok(readInTurns(socket, { readsAlone: false, heardInTurn: (_buffer, length) => void heard.push(length), endedInTurn: () => {} }));
  await once(socket, 'end');
  server.close();
  assert.deepEqual(heard, [1]);
});

await import('./desync.test.ts');
await import('./exchange.test.ts');
await import('./faults.test.ts');
await import('./life.test.ts');
await import('./malformed.test.ts');
await import('./smuggling.test.ts');
await import('./transfer.test.ts');
await import('../http2/bad-target.test.ts');
await import('../http2/cleartext.test.ts');
await import('../http2/grpc.test.ts');
await import('../http2/target-gone.test.ts');
await import('../http2/targets.test.ts');
await import('../web-socket/change.test.ts');
await import('../web-socket/differential.test.ts');
await import('../web-socket/handshake.test.ts');
await import('../web-socket/relay.test.ts');
