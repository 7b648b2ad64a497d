/** The end of a listener that speaks TLS: who has come before it is served. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { connect as secure } from 'node:tls';
import { pause } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from './authority.ts';
import { TlsStage } from './stage.ts';

test('a client that has connected shakes hands and is answered, the answer being its last; nobody else gets in', async () => {
  const authority = await TestAuthority.make();
  const stage = await TlsStage.open({ sites: { one: { certificates: [await authority.leaf('one', ['one.example.com'])] } } }, { port: await freePort() });
  const socket = connect(stage.port, '127.0.0.1');
  await once(socket, 'connect');
  await pause(100);
  const drained = stage.drain(60_000);
  await pause(100);
  const late = connect(stage.port, '127.0.0.1');
  await assert.rejects(once(late, 'connect'), { code: 'ECONNREFUSED' });
  const client = secure({ socket, servername: 'one.example.com', rejectUnauthorized: false });
  await once(client, 'secureConnect');
  client.write('GET / HTTP/1.1\r\nHost: one.example.com\r\n\r\n');
  let heard = '';
  client.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  await once(client, 'end');
  assert.match(heard, /^HTTP\/1\.1 200 /);
  assert.match(heard, /\r\nConnection: close\r\n/);
  client.end();
  await drained;
  await stage.close();
});

test('a handshake that does not end is cut when the time is over', async () => {
  const authority = await TestAuthority.make();
  const stage = await TlsStage.open({ sites: { one: { certificates: [await authority.leaf('one', ['one.example.com'])] } } }, { port: await freePort() });
  const socket = connect(stage.port, '127.0.0.1');
  await once(socket, 'connect');
  await pause(100);
  await stage.drain(300);
  await once(socket.resume(), 'close');
  await stage.close();
});
