import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { AcceptedHandle } from './accepted-handle.ts';
import { callRing } from './call-ring.ts';
import { DescriptorList, openDescriptors } from './descriptor-list.ts';
import { foreignFunctions } from './foreign-functions.ts';
import { acceptInTurns, type Listening } from './listening.ts';
import { readInTurns } from './read-turn.ts';
import { readSocketAddress } from './socket-address.ts';
import { socketWriter } from './socket-writer.ts';
import { TcpSocket, type TcpHandle } from './tcp-socket.ts';
import { IPPROTO_TCP, kernel, TCP_NODELAY } from './system-calls.ts';
import { WriteTurn } from './write-turn.ts';

const skip = callRing() === null ? 'no io_uring here, or no node:ffi' : false;
const shared = Buffer.alloc(64 * 1024);

async function listen(t: TestContext, host: string, accept: (handle: TcpHandle) => void): Promise<{ readonly port: number; readonly listening: Listening }> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const listening = acceptInTurns(server, accept);
  assert.ok(listening, 'accepting by descriptors is not to be had here, though the ring is');
  t.after(() => listening.close());
  return { port, listening };
}

async function client(t: TestContext, port: number, host: string): Promise<Socket> {
  const socket = connect({ port, host, allowHalfOpen: true });
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** One accepted connection and its client. */
async function pair(t: TestContext) {
  const accepted = Promise.withResolvers<TcpHandle>();
  const { port } = await listen(t, '127.0.0.1', accepted.resolve);
  const peer = await client(t, port, '127.0.0.1');
  const handle = await accepted.promise;
  const socket = new TcpSocket(handle, shared);
  t.after(() => socket.destroy());
  readInTurns(socket, socket);
  return { peer, handle, socket };
}

describe('accepting by descriptors', { skip }, () => {
  it('says who has come, and where', async (t) => {
    for (const [host, address] of [['127.0.0.1', '127.0.0.1'], ['::1', '::1'], ['::', '::ffff:127.0.0.1']] as const) {
      const handles: TcpHandle[] = [];
      const { port } = await listen(t, host, (handle) => void handles.push(handle));
      const { localPort } = await client(t, port, host === '::' ? '127.0.0.1' : host);
      await eventually('it is accepted', () => handles.length === 1);
      const [peer, own] = [{}, {}];
      assert.ok(handles[0] instanceof AcceptedHandle);
      assert.deepEqual([handles[0].getpeername(peer), handles[0].getsockname(own)], [0, 0]);
      assert.deepEqual([peer, own], [{ address, port: localPort }, { address, port }]);
      handles[0].close(() => {});
    }
  });

  it('sends small pieces at once (TCP_NODELAY), as what the listening socket hands on', async (t) => {
    const { handle } = await pair(t);
    const getsockopt = new foreignFunctions!.DynamicLibrary(null).getFunction('getsockopt', { arguments: ['int32', 'int32', 'int32', 'pointer', 'pointer'], return: 'int32' });
    const [value, length] = [new Int32Array(32), new Int32Array(32).fill(4, 0, 1)];
    assert.equal(getsockopt(handle.fd, IPPROTO_TCP, TCP_NODELAY, kernel!.addressOf(value), kernel!.addressOf(length)), 0);
    assert.equal(value[0], 1);
  });

  it('takes more of them than it does in one turn, those too who come before it closes, and none after', async (t) => {
    const handles: TcpHandle[] = [];
    const { port, listening } = await listen(t, '127.0.0.1', (handle) => void handles.push(handle));
    await Promise.all(Array.from({ length: 100 }, () => client(t, port, '127.0.0.1')));
    await eventually('all are accepted', () => handles.length === 100);
    const late = connect({ port, host: '127.0.0.1' });
    t.after(() => late.destroy());
    // the kernel has accepted it, and nobody here has had a turn
    await new Promise<void>((resolve) => void process.nextTick(resolve));
    listening.close();
    assert.equal(handles.length, 101);
    const refused = connect({ port, host: '127.0.0.1' });
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
    for (const handle of handles) handle.close(() => {});
  });

  it('knows which descriptors are open, so that whoever started the thread can close them', async (t) => {
    const before = bits();
    const { peer, socket, handle } = await pair(t);
    const { fd } = handle as { fd: number };
    assert.ok(bits().includes(fd) && !before.includes(fd));
    socket.destroy();
    assert.ok(!bits().includes(fd));
    await once(peer.resume(), 'end');
    const list = new DescriptorList();
    const two = await Promise.all([pair(t), pair(t)]);
    for (const { handle: one } of two) list.add((one as { fd: number }).fd);
    assert.equal(new DescriptorList(list.memory).closeLeft(), 2);
    await Promise.all(two.map(({ peer: left }) => once(left.resume(), 'end')));
    assert.equal(list.closeLeft(), 0);
  });

  it('leaves who reads slowly to libuv, with what it has not taken, and all arrives in its order', async (t) => {
    const { peer, socket, handle } = await pair(t);
    peer.pause();
    const writer = socketWriter(socket, { turn: new WriteTurn(), drained: () => {}, refused: null });
    let said = '';
    const say = (text: string): void => {
      said += text;
      writer.write(text);
    };
    for (let i = 0; i < 400; i++) {
      say(`${i} `);
      writer.writeBuffer(Buffer.from('x'.repeat(20_000)));
      said += 'x'.repeat(20_000);
      if (i % 50 === 0) await new Promise(setImmediate);
    }
    assert.ok(socket._handle !== handle && !(socket._handle instanceof AcceptedHandle), 'libuv has it');
    assert.ok(writer.unsent > 0);
    writer.end();
    let heard = '';
    peer.on('data', (part: Buffer) => (heard += part.toString('latin1')));
    peer.resume();
    socket.reader = { read: () => true };
    socket.resume();
    await once(peer, 'end');
    assert.ok(heard === said, `${heard.length} of ${said.length} octets`);
    // reading goes on by libuv too
    peer.end('bye');
    await eventually('it is closed', () => socket.destroyed);
  });

  it('turns away who comes when there are no descriptors left, and goes on when there are', async (t) => {
    const handles: TcpHandle[] = [];
    const { port } = await listen(t, '127.0.0.1', (handle) => void handles.push(handle));
    const { calls } = kernel!;
    const real = calls.accept4;
    t.after(() => (calls.accept4 = real));
    // EMFILE as the kernel says it, for as long as the reserve is not given back
    let left = 0;
    calls.accept4 = (...parameters) => {
      if (left-- > 0) {
        kernel!.errno[0] = 24;
        return -1;
      }
      return real(...parameters);
    };
    left = 1;
    const turnedAway = await client(t, port, '127.0.0.1');
    await once(turnedAway.resume(), 'end');
    assert.equal(handles.length, 0);
    await client(t, port, '127.0.0.1');
    await eventually('the next is taken', () => handles.length === 1);
    handles[0]!.close(() => {});
  });
});

it('addresses are written as inet_ntop(3) writes them', () => {
  const of = (...words: readonly number[]): string | undefined => {
    const octets = new Uint8Array(28);
    octets[0] = 10;
    words.forEach((word, i) => octets.set([word >> 8, word & 255], 8 + 2 * i));
    return readSocketAddress(octets).address;
  };
  assert.equal(of(0, 0, 0, 0, 0, 0, 0, 0), '::');
  assert.equal(of(0, 0, 0, 0, 0, 0, 0, 1), '::1');
  assert.equal(of(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), '2001:db8::1');
  assert.equal(of(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1), '2001:db8:0:1:1:1:1:1');
  assert.equal(of(0x2001, 0, 0, 1, 0, 0, 0, 1), '2001:0:0:1::1');
  assert.equal(of(0x2001, 0, 0, 1, 0, 0, 1, 1), '2001::1:0:0:1:1');
  assert.equal(of(0xfd00, 0, 0, 0, 0, 0, 0, 0), 'fd00::');
  assert.equal(of(0, 0, 0, 0, 0, 0xffff, 0x7f00, 1), '::ffff:127.0.0.1');
  assert.deepEqual(readSocketAddress(Uint8Array.from([1, 0, 0, 0])), {});
});

function bits(): readonly number[] {
  return [...new Int32Array(openDescriptors().memory)].flatMap((word, at) => Array.from({ length: 32 }, (_, bit) => ((word >>> bit) & 1) === 1 ? at * 32 + bit : -1)).filter((one) => one >= 0);
}
