import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, pause } from '../../../test/support/eventually.ts';
import { selfSigned } from '../../../test/support/self-signed.ts';
import { RING_CALLS, callRing, halves } from './call-ring.ts';
import { socketWriter, writesDirectly } from './socket-writer.ts';
import { kernel } from './system-calls.ts';
import { WriteTurn } from './write-turn.ts';

async function pair(run: (ours: Socket, theirs: Socket) => Promise<void>, options: { readonly pauseOnConnect?: boolean } = {}): Promise<void> {
  const server = createServer({ noDelay: true, ...options });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const theirs = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [ours] = (await once(server, 'connection')) as [Socket];
  ours.on('error', () => {});
  theirs.on('error', () => {});
  try {
    await run(ours, theirs);
  } finally {
    ours.destroy();
    theirs.destroy();
    server.close();
  }
}

test('this Node lets us write past the stream', () => {
  assert.equal(writesDirectly(), true, 'process.binding("stream_wrap") has changed: writes go through the stream, a microsecond dearer each');
});

test('small writes are taken at once and nothing is left unsent', () =>
  pair(async (ours, theirs) => {
    let drained = 0;
    const writer = socketWriter(ours, { turn: new WriteTurn(), drained: () => drained++, refused: null });
    writer.write('h\xe9llo ');
    writer.writeBuffer(Buffer.from('world'));
    assert.equal(writer.unsent, 0);
    const [chunk] = (await once(theirs, 'data')) as [Buffer];
    assert.equal(chunk.toString('latin1').slice(0, 6), 'h\xe9llo ');
    assert.equal(drained, 0);
  }));

test('as much as somebody would wait for does not wait for the end of the turn, which tells nobody', () =>
  pair(async (ours, theirs) => {
    theirs.resume();
    const writer = socketWriter(ours, { turn: new WriteTurn(), drained: () => {}, refused: null });
    const piece = Buffer.alloc(16 * 1024);
    for (const waiting of [1, 2, 3, 0]) {
      writer.writeOctets(piece, 0, piece.length);
      assert.equal(writer.unsent, waiting * piece.length);
    }
  }));

test('what the kernel does not take waits in order, is counted, and is told when it is gone', () =>
  pair(async (ours, theirs) => {
    theirs.pause();
    let drained = 0;
    const writer = socketWriter(ours, { turn: new WriteTurn(), drained: () => drained++, refused: null });
    const parts: Buffer[] = [];
    for (let i = 0; i < 200; i++) {
      const part = Buffer.alloc(100_000, i);
      parts.push(part);
      if (i % 2 === 0) writer.writeBuffer(part);
      else writer.write(part.toString('latin1'));
    }
    assert.ok(writer.unsent > 1_000_000, String(writer.unsent));
    writer.end();
    const received: Buffer[] = [];
    theirs.on('data', (chunk: Buffer) => received.push(chunk));
    theirs.resume();
    await once(theirs, 'end');
    assert.ok(Buffer.concat(received).equals(Buffer.concat([...parts])));
    assert.equal(writer.unsent, 0);
    assert.equal(drained, 1);
  }));

test('a peer that is gone ends the socket, and later writes are dropped', () =>
  pair(async (ours, theirs) => {
    const writer = socketWriter(ours, { turn: new WriteTurn(), drained: () => {}, refused: null });
    theirs.resetAndDestroy();
    await sleep(20);
    const closed = ours.destroyed ? Promise.resolve() : once(ours, 'close');
    for (let i = 0; i < 5; i++) {
      writer.write('x'.repeat(1000));
      await sleep(1);
    }
    ours.resume();
    await closed;
    writer.write('more');
    assert.equal(ours.destroyed, true);
  }));

test('of a peer that takes nothing more is told once, while what it said before can be read; of what we closed ourselves it is not', async () => {
  for (const leaves of ['theirs', 'ours'] as const) {
    await pair(async (ours, theirs) => {
      let refused = 0;
      const writer = socketWriter(ours, { turn: new WriteTurn(), drained: () => {}, refused: () => refused++ });
      theirs.pause();
      writer.writeBuffer(Buffer.alloc(20_000_000));
      assert.ok(writer.unsent > 0);
      theirs.write('last words');
      await sleep(20);
      if (leaves === 'ours') ours.destroy();
      else theirs.resetAndDestroy();
      await eventually('it is seen', () => refused > 0 || ours.closed);
      assert.deepEqual([refused, ours.destroyed], leaves === 'ours' ? [0, true] : [1, false]);
      if (leaves === 'ours') return;
      writer.write('dropped');
      assert.deepEqual([refused, writer.unsent], [1, 0]);
      const heard = once(ours, 'data') as Promise<[Buffer]>;
      ours.resume();
      assert.equal(String((await heard)[0]), 'last words');
    }, { pauseOnConnect: true });
  }
});

test('turn after turn, what begins and ends where something else did is sent as it is now', () =>
  pair(async (ours, theirs) => {
    const turn = new WriteTurn();
    const writer = socketWriter(ours, { turn, drained: () => {}, refused: null });
    let heard = '';
    theirs.on('data', (data: Buffer) => (heard += data.toString('latin1')));
    let said = '';
    for (let i = 0; i < 300; i++) {
      const text = `${i % 10}`.repeat(1 + (i % 7));
      writer.write(text);
      said += text;
      turn.end();
    }
    while (heard.length < said.length) await once(theirs, 'data');
    assert.equal(heard, said);
  }));

test('what is said through TLS to a peer that is slow, in a turn that says more than a turn holds, is sent as it was said', async () => {
  const { certificate, privateKey } = await selfSigned('localhost');
  const server = createTlsServer({ cert: certificate, key: privateKey });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const theirs = connectTls({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', rejectUnauthorized: false });
  const [ours] = (await once(server, 'secureConnection')) as [TLSSocket];
  try {
    const heard: Buffer[] = [];
    theirs.on('data', (part: Buffer) => heard.push(part));
    theirs.pause();
    const turn = new WriteTurn();
    const writer = socketWriter(ours, { turn, drained: () => {}, refused: null });
    const parts: Buffer[] = [];
    // until the kernel takes no more
    while (writer.unsent === 0) {
      // four fill the turn; the last is a short one, so that it is not the one that the kernel stops at
      for (const octets of [16_000, 16_000, 16_000, 16_000, 2_000]) {
        const piece = Buffer.alloc(octets, String(parts.length % 10));
        parts.push(piece);
        writer.writeOctets(piece, 0, piece.length);
      }
      await new Promise((resolve) => void setImmediate(resolve));
      // what others say in the next turn lies where octets of this one did
      turn.room.octets.fill('X');
      await pause(20);
    }
    theirs.resume();
    const length = (all: readonly Buffer[]): number => all.reduce((sum, part) => sum + part.length, 0);
    await eventually('all of it comes', () => length(heard) >= length(parts), 5_000).catch(() => undefined);
    assert.ok(!heard.some((part) => part.includes('X')), 'octets of others were sent');
    assert.equal(length(heard), length(parts));
    assert.ok(Buffer.concat(heard).equals(Buffer.concat(parts)));
  } finally {
    ours.destroy();
    theirs.destroy();
    server.close();
  }
});

const noRing = callRing() === null ? 'no io_uring here, or no node:ffi' : false;
test('what is said behind octets that libuv holds waits for them, though the kernel would take it, and others leave together', { skip: noRing }, () =>
  pair((ours, theirs) => pair((one) => pair(async (other) => {
    const ring = callRing()!;
    const results = new Int32Array(RING_CALLS);
    const descriptor = (socket: Socket): number => (socket as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;
    (theirs as unknown as { readonly _handle: { readStop(): number } })._handle.readStop();
    const octets = Buffer.alloc(64 * 1024, 'f');
    const at = halves(kernel!.addressOf(octets));
    const call = (what: 'send' | 'receive', socket: Socket): number => {
      ring[what](descriptor(socket), ...at, octets.length);
      ring.run(results);
      return results[0]!;
    };
    // the kernel takes no more of ours
    let filled = 0;
    for (let taken = call('send', ours); taken > 0; taken = call('send', ours)) filled += taken;
    const turn = new WriteTurn();
    const writer = socketWriter(ours, { turn, drained: () => {}, refused: null });
    // the fifth does not fit into the turn: the others are given to libuv, which has to hold them
    const pieces = Array.from({ length: 5 }, (_, i) => Buffer.alloc(16_000, String(i)));
    for (const piece of pieces) writer.writeOctets(piece, 0, piece.length);
    assert.ok(writer.busy);
    for (const socket of [one, other]) socketWriter(socket, { turn, drained: () => {}, refused: null }).write('x');
    await eventually('there is room again', () => {
      for (let taken = call('receive', theirs); taken > 0; taken = call('receive', theirs)) filled -= taken;
      return filled === 0;
    });
    turn.end();
    const heard: Buffer[] = [];
    theirs.on('data', (part: Buffer) => heard.push(part));
    (theirs as unknown as { readonly _handle: { readStart(): number } })._handle.readStart();
    await eventually('all of it comes', () => Buffer.concat(heard).length === 80_000);
    assert.ok(Buffer.concat(heard).equals(Buffer.concat(pieces)));
  }))));
