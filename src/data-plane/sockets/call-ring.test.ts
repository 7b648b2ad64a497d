import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { CallRing, RING_CALLS, callRing, halves } from './call-ring.ts';
import { EAGAIN, kernel } from './system-calls.ts';

const EBADF = 9;
const EPIPE = 32;
/** What this machine has: where it has none, Turnpike goes the other way, and there is nothing to be tested. */
const skip = callRing() === null ? 'no io_uring here, or no node:ffi' : false;

async function pair(t: TestContext): Promise<{ readonly one: number; readonly other: number; readonly sockets: readonly [Socket, Socket] }> {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const [[other], one] = await Promise.all([once(server, 'connection') as Promise<[Socket]>, Promise.resolve(connect({ port: (server.address() as { port: number }).port, host: '127.0.0.1' }))]);
  one.pause();
  t.after(() => {
    one.destroy();
    other.destroy();
  });
  if (one.connecting) await once(one, 'connect');
  const descriptor = (socket: Socket): number => (socket as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;
  return { one: descriptor(one), other: descriptor(other), sockets: [one, other] };
}

const at = (octets: Buffer): [low: number, high: number] => halves(kernel!.addressOf(octets));

/** Until `into` is full: what was sent comes when the network has carried it. */
async function receive(ring: CallRing, descriptor: number, into: Buffer): Promise<void> {
  const results = new Int32Array(RING_CALLS);
  let length = 0;
  await eventually(`${into.length} octets have come`, () => {
    const rest = into.subarray(length);
    ring.receive(descriptor, ...at(rest), rest.length);
    ring.run(results);
    assert.ok(results[0]! > 0 || results[0] === -EAGAIN, String(results[0]));
    length += Math.max(results[0]!, 0);
    return length === into.length;
  });
}

describe('a ring of calls', { skip }, () => {
  it('is one a thread', () => {
    assert.equal(callRing(), callRing());
  });

  it('makes many calls at once, in their order, and tells what each came to', async (t) => {
    const ring = new CallRing(kernel!);
    t.after(() => ring.close());
    const { one, other } = await pair(t);
    const said = Buffer.from('abcdefghij'.repeat(20));
    const heard = Buffer.alloc(1000);
    const results = new Int32Array(RING_CALLS);
    // more rounds than it has entries, and of changing length
    for (let round = 0; round < 100; round++) {
      const parts = 1 + (round % 7);
      for (let i = 0; i < parts; i++) ring.send(one, ...at(said.subarray(i, i + 100)), 100);
      ring.run(results);
      assert.deepEqual([...results.subarray(0, parts)], Array.from({ length: parts }, () => 100));
      await receive(ring, other, heard.subarray(0, parts * 100));
      for (let i = 0; i < parts; i++) assert.deepEqual(heard.subarray(i * 100, i * 100 + 100), said.subarray(i, i + 100));
    }
  });

  it('takes as many as it says', async (t) => {
    const { one, other } = await pair(t);
    const ring = callRing()!;
    const said = Buffer.alloc(100, 'x');
    const results = new Int32Array(RING_CALLS);
    for (let i = 0; i < RING_CALLS; i++) ring.send(one, ...at(said), 1);
    ring.run(results);
    assert.ok(results.every((result) => result === 1));
    await receive(ring, other, Buffer.alloc(RING_CALLS));
  });

  it('never waits: for a peer that reads nothing, for one that says nothing, for one that is gone', async (t) => {
    const { one, other, sockets } = await pair(t);
    const ring = callRing()!;
    const results = new Int32Array(RING_CALLS);
    const much = Buffer.alloc(1 << 20);
    let taken = 0;
    for (;;) {
      ring.send(one, ...at(much), much.length);
      ring.run(results);
      if (results[0]! < 0) break;
      taken += results[0]!;
    }
    assert.equal(results[0], -EAGAIN);
    assert.ok(taken > 0);
    ring.receive(one, ...at(much), much.length);
    ring.send(-1, ...at(much), 1);
    ring.run(results);
    assert.deepEqual([results[0], results[1]], [-EAGAIN, -EBADF]);
    sockets[1].destroy();
    await once(sockets[1], 'close');
    // what the peer had not read makes its end a reset, which the first call hears
    ring.send(one, ...at(much), 1);
    ring.send(one, ...at(much), 1);
    ring.run(results);
    assert.ok(results[0]! < 0);
    assert.equal(results[1], -EPIPE);
    assert.notEqual(other, one);
  });

  it('says that nothing went once it is closed', async (t) => {
    const ring = new CallRing(kernel!);
    const { one } = await pair(t);
    ring.close();
    const results = new Int32Array(RING_CALLS);
    ring.send(one, ...at(Buffer.alloc(100)), 100);
    ring.run(results);
    assert.equal(results[0], -EAGAIN);
  });
});
