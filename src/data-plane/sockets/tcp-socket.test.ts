import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { eventually, pause } from '../../../test/support/eventually.ts';
import { callRing } from './call-ring.ts';
import { acceptByLibuv, acceptInTurns } from './listening.ts';
import { readInTurns } from './read-turn.ts';
import { TcpSocket } from './tcp-socket.ts';
import { socketWriter, type SocketWriter } from './socket-writer.ts';
import { WriteTurn } from './write-turn.ts';

const SAYS = 'the insides of servers have changed: connections are accepted as sockets of Node, a fifth dearer';

const WAYS = [
  { way: 'of libuv', acceptHandles: acceptByLibuv, skip: false },
  { way: 'by its descriptor', acceptHandles: acceptInTurns, skip: callRing() === null ? 'no io_uring here, or no node:ffi' : false },
] as const;

/** A client, and its connection as a server takes it. */
async function pair(t: TestContext, acceptHandles: typeof acceptByLibuv): Promise<{ readonly client: Socket; readonly ours: TcpSocket; readonly writer: SocketWriter; readonly read: string[]; readonly events: string[] }> {
  const accepted = Promise.withResolvers<TcpSocket>();
  const server = createServer({ allowHalfOpen: true }, () => accepted.reject(new Error(SAYS)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const listening = acceptHandles(server, (handle) => accepted.resolve(new TcpSocket(handle, Buffer.alloc(1024))));
  assert.ok(listening !== null, SAYS);
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => {});
  await once(client, 'connect');
  const ours = await accepted.promise;
  readInTurns(ours, ours);
  const read: string[] = [];
  const events: string[] = [];
  ours.reader = { read: (length, buffer) => (read.push(buffer.toString('latin1', 0, length)), true) };
  ours.on('end', () => events.push('end'));
  ours.on('finish', () => events.push('finish'));
  ours.on('close', (broken: boolean) => events.push(broken ? 'broken' : 'close'));
  t.after(() => {
    client.destroy();
    ours.destroy();
    listening.close();
  });
  return { client, ours, writer: socketWriter(ours, { turn: new WriteTurn(), drained: () => {}, refused: null }), read, events };
}

for (const { way, acceptHandles, skip } of WAYS) describe(`a connection ${way}`, { skip }, () => {
  it('reads when it is asked to, writes, and closes when both ends have said FIN', async (t) => {
    const { client, ours, writer, read, events } = await pair(t, acceptHandles);
    assert.equal(ours.remoteAddress, '127.0.0.1');
    const { localPort } = client;
    assert.equal(ours.remotePort, localPort);
    assert.equal(ours.localPort, client.remotePort);
    client.write('one');
    await pause(20);
    assert.deepEqual(read, []);
    ours.resume();
    await eventually('in time', () => read.length === 1);
    ours.pause();
    client.write('two');
    await pause(20);
    assert.deepEqual(read, ['one']);
    ours.resume();
    await eventually('in time', () => read.length === 2);
    const said: Buffer[] = [];
    client.on('data', (part: Buffer) => said.push(part));
    const ended = once(client, 'end');
    writer.write('three');
    writer.end();
    ours.end();
    await ended;
    assert.equal(Buffer.concat(said).toString(), 'three');
    await eventually('in time', () => events.includes('finish'));
    assert.equal(ours.destroyed, false);
    client.end('four');
    await eventually('in time', () => events.includes('close'));
    assert.deepEqual(read, ['one', 'two', 'four']);
    assert.deepEqual(events, ['finish', 'end', 'close']);
    // what is known of a connection outlives it, and nothing more happens to it
    assert.equal(ours.remotePort, localPort);
    for (const call of [() => ours.resume(), () => ours.pause(), () => ours.end(), () => ours.destroy(), () => ours.resetAndDestroy(), () => writer.write('x')]) call();
  });

  it('FIN of the client does not end our side', async (t) => {
    const { client, ours, writer, events } = await pair(t, acceptHandles);
    ours.resume();
    client.end();
    await eventually('in time', () => events.includes('end'));
    const said = once(client, 'data');
    writer.write('late');
    assert.equal(String((await said)[0]), 'late');
    writer.end();
    await eventually('in time', () => events.includes('close'));
    assert.deepEqual(events, ['end', 'finish', 'close']);
  });

  it('a reset of the client breaks it, and ours reaches the client, FIN on its way or not', async (t) => {
    const reset = await pair(t, acceptHandles);
    reset.ours.resume();
    reset.client.resetAndDestroy();
    await eventually('in time', () => reset.events.length > 0);
    assert.deepEqual(reset.events, ['broken']);
    for (const withFin of [false, true]) {
      const { client, ours, events } = await pair(t, acceptHandles);
      const gone = new Promise((resolve) => void client.resume().once('end', resolve).once('close', resolve));
      if (withFin) ours.end();
      ours.resetAndDestroy();
      await gone;
      await eventually('in time', () => events.includes('close'));
      assert.equal(ours.destroyed, true);
    }
  });

  it('who reads may stop, and may destroy', async (t) => {
    const { client, ours, read, events } = await pair(t, acceptHandles);
    ours.reader = { read: (length, buffer) => read.push(buffer.toString('latin1', 0, length)) > 1 };
    ours.resume();
    client.write('a');
    await eventually('in time', () => read.length === 1);
    client.write('b');
    await pause(20);
    assert.deepEqual(read, ['a']);
    ours.reader = { read: () => (ours.destroy(), false) };
    ours.resume();
    await eventually('in time', () => events.includes('close'));
  });
});
