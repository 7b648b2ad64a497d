import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { eventually } from '../../../test/support/eventually.ts';
import { callRing } from './call-ring.ts';
import { acceptByLibuv, acceptInTurns } from './listening.ts';
import { alwaysTogether, readInTurns, turned } from './read-turn.ts';
import { TcpSocket, type TcpHandle } from './tcp-socket.ts';

const skip = callRing() === null ? 'no io_uring here, or no node:ffi' : false;
const shared = Buffer.alloc(64 * 1024);

interface Heard {
  text: string;
  readonly events: string[];
}

/** A server whose connections are read in turns, and clients of it. */
async function opened(t: TestContext, count: number, acceptHandles = acceptByLibuv) {
  const accepted: TcpSocket[] = [];
  const server = createServer();
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const listening = acceptHandles(server, (handle: TcpHandle) => accepted.push(new TcpSocket(handle, shared)));
  assert.ok(listening);
  t.after(() => listening.close());
  const clients: Socket[] = [];
  for (let i = 0; i < count; i++) {
    const client = connect({ port, host: '127.0.0.1' });
    clients.push(client);
    client.on('error', () => {});
    t.after(() => client.destroy());
    await eventually('it is accepted', () => accepted.length === i + 1);
  }
  t.after(() => accepted.forEach((socket) => socket.destroy()));
  const heard = accepted.map((socket): Heard => {
    const all: Heard = { text: '', events: [] };
    socket.on('end', () => all.events.push('end'));
    socket.on('close', (broken: boolean) => all.events.push(broken ? 'broken' : 'closed'));
    return all;
  });
  const read = (i: number, hear: (text: string) => boolean = () => true): void => {
    accepted[i]!.reader = {
      read: (length, buffer) => {
        const text = buffer.toString('latin1', 0, length);
        heard[i]!.text += text;
        return hear(text);
      },
    };
    assert.ok(readInTurns(accepted[i]!, accepted[i]!));
    accepted[i]!.resume();
  };
  return { accepted, clients, heard, read };
}

const WAYS = [
  { way: 'in turns', together: true, acceptHandles: acceptByLibuv },
  { way: 'each by itself', together: false, acceptHandles: acceptByLibuv },
  { way: 'in turns, without handles of libuv', together: true, acceptHandles: acceptInTurns },
  { way: 'each by itself, as libuv has taken them over', together: false, acceptHandles: acceptInTurns },
] as const;

for (const { way, together, acceptHandles } of WAYS) describe(`reading ${way}`, { skip }, () => {
  before(() => void alwaysTogether(together));
  after(() => void alwaysTogether(null));

  it('hears all of many connections, more than one call of the kernel takes', async (t) => {
    const { clients, heard, read } = await opened(t, 150, acceptHandles);
    clients.forEach((_, i) => read(i));
    for (let round = 0; round < 3; round++) {
      clients.forEach((client, i) => client.write(`${i}.${round} `));
      await eventually(`round ${round} is heard`, () => heard.every(({ text }, i) => text === Array.from({ length: round + 1 }, (_, r) => `${i}.${r} `).join('')));
    }
  });

  it('hears more than a read at a time in its order', async (t) => {
    const { clients, heard, read } = await opened(t, 2, acceptHandles);
    const long = Array.from({ length: 60_000 }, (_, i) => String(i)).join(' ');
    read(0);
    read(1);
    clients[0]!.write(long);
    clients[1]!.write(long);
    await eventually('all is heard', () => heard.every(({ text }) => text.length === long.length));
    assert.ok(heard.every(({ text }) => text === long));
  });

  it('tells FIN once, and what came before it', async (t) => {
    const { accepted, clients, heard, read } = await opened(t, 1, acceptHandles);
    read(0);
    clients[0]!.end('last');
    await eventually('FIN is heard', () => heard[0]!.events.length > 0);
    assert.equal(heard[0]!.text, 'last');
    await turn();
    await turn();
    assert.deepEqual(heard[0]!.events, ['end']);
    accepted[0]!.end();
    await eventually('it is closed', () => heard[0]!.events.length > 1);
    assert.deepEqual(heard[0]!.events, ['end', 'closed']);
  });

  it('tells a reset as what it is', async (t) => {
    const { clients, heard, read } = await opened(t, 1, acceptHandles);
    read(0);
    clients[0]!.resetAndDestroy();
    await eventually('the reset is heard', () => heard[0]!.events.length > 0);
    assert.deepEqual(heard[0]!.events, ['broken']);
  });

  it('keeps what it had read of one that another has stopped in the same turn, and goes on behind it', async (t) => {
    const { accepted, clients, heard, read } = await opened(t, 2, acceptHandles);
    // whoever is heard first stops the other
    let first = -1;
    const stop = (me: number) => (): boolean => {
      if (first < 0) {
        first = me;
        accepted[1 - me]!.pause();
      }
      return true;
    };
    read(0, stop(0));
    read(1, stop(1));
    // both are there before the loop comes to reading
    clients[0]!.write('one');
    clients[1]!.write('one');
    const until = performance.now() + 100;
    while (performance.now() < until);
    await eventually('one is heard', () => first !== -1);
    for (let i = 0; i < 10; i++) await turn();
    const stopped = 1 - first;
    assert.deepEqual([heard[first]!.text, heard[stopped]!.text], ['one', '']);
    clients[stopped]!.write(' two');
    accepted[stopped]!.resume();
    await eventually('the other goes on', () => heard[stopped]!.text.length >= 7);
    assert.equal(heard[stopped]!.text, 'one two');
    clients[stopped]!.end(' three');
    await eventually('its FIN is heard', () => heard[stopped]!.events.length > 0);
    assert.deepEqual(heard[stopped], { text: 'one two three', events: ['end'] });
  });

  it('hears nothing of one that another has closed in the same turn', async (t) => {
    const { accepted, clients, heard, read } = await opened(t, 2, acceptHandles);
    let first = -1;
    const close = (me: number) => (): boolean => {
      if (first < 0) {
        first = me;
        accepted[1 - me]!.destroy();
      }
      return true;
    };
    read(0, close(0));
    read(1, close(1));
    clients[0]!.write('one');
    clients[1]!.write('one');
    const until = performance.now() + 100;
    while (performance.now() < until);
    await eventually('one is heard', () => first !== -1);
    await eventually('the other is closed', () => heard[1 - first]!.events.length > 0);
    assert.deepEqual(heard[1 - first], { text: '', events: ['closed'] });
    assert.equal(heard[first]!.text, 'one');
  });

  it('is not taken in by a descriptor that has gone to another connection', async (t) => {
    const first = await opened(t, 6, acceptHandles);
    first.accepted.forEach((_, i) => first.read(i));
    const descriptor = (socket: TcpSocket): number => (socket._handle as unknown as { readonly fd: number }).fd;
    const were = new Set(first.accepted.map(descriptor));
    first.accepted.forEach((socket) => socket.destroy());
    await eventually('they are closed', () => first.heard.every(({ events }) => events.length > 0));
    // clients and accepted ones come in turn: they may have to change places
    let second = await opened(t, 12, acceptHandles);
    for (let more = 0; more < 4 && !second.accepted.some((socket) => were.has(descriptor(socket))); more++) {
      const one = openSync('/dev/null', 'r');
      t.after(() => closeSync(one));
      for (const socket of [...second.accepted, ...second.clients]) socket.destroy();
      await eventually('they are closed', () => second.heard.every(({ events }) => events.length > 0) && second.clients.every(({ closed }) => closed));
      second = await opened(t, 12, acceptHandles);
    }
    assert.ok(second.accepted.some((socket) => were.has(descriptor(socket))));
    second.clients.forEach((_, i) => second.read(i));
    second.clients.forEach((client, i) => client.write(`${i}`));
    await eventually('all are heard', () => second.heard.every(({ text }) => text !== ''));
    assert.deepEqual(second.heard.map(({ text }) => text), second.heard.map((_, i) => String(i)));
    assert.ok(first.heard.every(({ text }) => text === ''));
  });
});

describe('reading in turns', { skip }, () => {
  before(() => void alwaysTogether(true));
  after(() => void alwaysTogether(null));

  it('leaves to libuv who has a buffer of its own, or says much at once, and takes them back', async (t) => {
    const { accepted, clients, heard, read } = await opened(t, 1);
    const socket = accepted[0]!;
    const own = Buffer.alloc(256 * 1024);
    const into: boolean[] = [];
    read(0);
    const { reader } = socket;
    socket.reader = {
      read: (length, buffer) => {
        into.push(buffer === own);
        return reader.read(length, buffer);
      },
    };
    const inTurns = (): boolean => (socket._handle as unknown as { readonly inTurn: { readonly descriptor: number } }).inTurn.descriptor >= 0;
    const say = async (text: string): Promise<void> => {
      const length = heard[0]!.text.length + text.length;
      clients[0]!.write(text);
      await eventually('it is heard', () => heard[0]!.text.length === length);
    };
    assert.ok(inTurns());
    await say('short');
    assert.ok(inTurns());
    socket.buffer = own;
    await say('a');
    assert.ok(!inTurns());
    await say('b');
    // the read that was on its way went where it had been told
    await say('c');
    assert.equal(into.at(-1), true);
    socket.buffer = shared;
    await say('d');
    await say('e');
    assert.ok(inTurns());
    assert.equal(into.at(-1), false);
    await say('x'.repeat(100_000));
    await say('f');
    assert.ok(inTurns());
    assert.equal(heard[0]!.text.replaceAll('x', ''), 'shortabcdef');
  });

  it('serves sockets of Node too', async (t) => {
    const server = createServer((socket) => socket.on('error', () => {}).end('hello')).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const texts: string[] = [];
    const socket = connect({ port: (server.address() as { port: number }).port, host: '127.0.0.1', onread: { buffer: Buffer.alloc(100), callback: () => true } });
    t.after(() => socket.destroy());
    assert.ok(readInTurns(socket, { readsAlone: false, heardInTurn: (buffer, length) => texts.push(buffer.toString('latin1', 0, length)), endedInTurn: () => texts.push('FIN') }));
    await once(socket, 'end');
    assert.deepEqual(texts, ['hello', 'FIN']);
  });
});

describe('how it is read', { skip }, () => {
  it('is decided by how much there is to be read in a turn, and nothing is lost by the change', async (t) => {
    const { accepted, clients, heard, read } = await opened(t, 12);
    const inTurns = (): number => accepted.filter((socket) => (socket._handle as unknown as { readonly inTurn: { readonly descriptor: number } }).inTurn.descriptor >= 0).length;
    clients.forEach((_, i) => read(i));
    let said = '';
    const round = async (who: readonly Socket[]): Promise<void> => {
      const part = `${said.length} `;
      said += part;
      clients.forEach((client, i) => {
        if (who.includes(client)) client.write(part);
        else heard[i]!.text += part;
      });
      await eventually('all is heard', () => heard.every(({ text }) => text.length === said.length));
      // one turn with all of them, or 12 with one each: whatever the machine made of it, it is a turn here
      turned();
    };
    assert.equal(inTurns(), 0);
    for (let i = 0; i < 300; i++) await round(clients);
    assert.equal(inTurns(), clients.length);
    for (let i = 0; i < 600; i++) await round([clients[i % 12]!]);
    assert.equal(inTurns(), 0);
    assert.ok(heard.every(({ text }) => text === said));
  });
});
