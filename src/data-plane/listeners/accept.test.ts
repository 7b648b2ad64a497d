import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { test } from 'node:test';
import { TestAuthority } from '../../../test/e2e/tls/authority.ts';
import { readsInPlace, wrapAccepted, wrapTls, type OnRead } from './accept.ts';

const SAYS = 'the insides of sockets have changed: reads go through data events, a third dearer';

/** Accepts one connection, lets `wrap` take it over, and answers the buffer that its first read came in, with its text. */
async function firstRead(wrap: (accepted: Socket, onRead: OnRead) => Socket, dial: (port: number) => Socket): Promise<{ readonly buffer: Buffer; readonly text: string }> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = dial((server.address() as AddressInfo).port);
  client.on('error', () => {});
  const [accepted] = (await once(server, 'connection')) as [Socket];
  const read = await new Promise<{ buffer: Buffer; text: string }>((resolve) => {
    const ours = wrap(accepted, (length, buffer) => {
      resolve({ buffer, text: buffer.toString('latin1', 0, length) });
      return true;
    });
    ours.on('error', () => {});
    ours.resume();
    client.on('close', () => ours.destroy());
  });
  client.destroy();
  server.close();
  return read;
}

test('reads of an accepted socket land in the shared buffer', async () => {
  assert.equal(readsInPlace(), true, SAYS);
  const shared = Buffer.alloc(1024);
  const { buffer, text } = await firstRead(
    (accepted, onRead) => wrapAccepted(accepted, shared, onRead),
    (port) => connect(port, '127.0.0.1', function (this: Socket) {
      this.write('hello');
    }),
  );
  assert.equal(text, 'hello');
  assert.equal(buffer.buffer, shared.buffer, SAYS);
});

test('so do those of TLS', async () => {
  const { chain, privateKey } = await (await TestAuthority.make()).leaf('arn', ['www.example.com']);
  const shared = Buffer.alloc(32 * 1024);
  const { buffer, text } = await firstRead(
    (accepted, onRead) => wrapTls(accepted, { secureContext: createSecureContext({ cert: chain, key: privateKey }) }, { buffer: shared, onRead }),
    (port) => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, function (this: Socket) {
      this.write('hello');
    }),
  );
  assert.equal(text, 'hello');
  assert.equal(buffer.buffer, shared.buffer, SAYS);
});
