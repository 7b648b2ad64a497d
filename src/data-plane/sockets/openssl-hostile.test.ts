import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { after, before, describe, it, type TestContext } from 'node:test';
import { eventually, pause } from '../../../test/support/eventually.ts';
import { hello12, message } from '../../../test/e2e/tls/hello.ts';
import { OpensslClient, type OpensslClientOptions } from '../../../test/support/openssl-client.ts';
import { SEALED_SUITE, SealedRecords } from '../../../test/support/sealed-records.ts';
import { selfSignedContext } from '../../../test/support/self-signed.ts';
import { OpensslSocket } from './openssl-socket.ts';
import { speaksOpenssl } from './openssl-thread.ts';
import { alwaysTogether } from './read-turn.ts';
import { socketWriter, type SocketWriter } from './socket-writer.ts';
import { acceptHandles } from './listening.ts';
import type { TcpHandle } from './tcp-socket.ts';
import { WriteTurn } from './write-turn.ts';

/** Clients that do what node:tls lets none do, and what others on the thread hear and are told meanwhile. */

let context: SecureContext;
before(async () => void (context = await selfSignedContext('localhost')));

const shared = Buffer.allocUnsafeSlow(64 * 1024);
const skip = speaksOpenssl(createSecureContext()) ? false : 'no node:ffi here';

interface Joined {
  readonly ours: OpensslSocket;
  readonly writer: SocketWriter;
  readonly client: OpensslClient;
  readonly raw: Socket;
  readonly events: string[];
  /** What our side has heard. */
  heard: string;
}

/** A connection whose handshake is over, all of what the server said with it heard. */
async function joined(t: TestContext, options: OpensslClientOptions = {}, turn = new WriteTurn()): Promise<Joined> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const accepted = new Promise<OpensslSocket>((resolve) => {
    const listening = acceptHandles(server, (handle: TcpHandle) => {
      listening?.close();
      const socket = new OpensslSocket(handle, shared);
      socket.reader = {
        read(length, buffer) {
          socket.secure({ context, alpn: ['http/1.1'], read: Buffer.from(buffer.subarray(0, length)) });
          resolve(socket);
          return true;
        },
      };
      socket.resume();
    });
  });
  const raw = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  raw.on('error', () => {});
  const client = new OpensslClient(options);
  raw.on('data', (octets: Buffer) => {
    client.hear(octets);
    const said = client.said();
    if (said.length > 0) raw.write(said);
  });
  raw.write(client.said());
  const ours = await accepted;
  const events: string[] = [];
  for (const event of ['secure', 'end', 'close', 'error']) ours.on(event, () => events.push(event));
  const pair: Joined = { ours, client, raw, events, heard: '', writer: socketWriter(ours, { turn, drained: () => {}, refused: null }) };
  ours.reader = {
    read(length, buffer) {
      pair.heard += buffer.toString('latin1', 0, length);
      return true;
    },
  };
  t.after(() => {
    ours.destroy();
    raw.destroy();
    client.free();
  });
  ours.resume();
  await eventually('the handshake is over', () => events.includes('secure'));
  // tickets go with what is said first
  pair.writer.write('hello');
  pair.writer.flush();
  await eventually('the greeting is heard', () => client.heard === 'hello');
  client.heard = '';
  return pair;
}

/** The client reads nothing, until libuv holds something of what is said to it. */
function fill({ raw, writer }: Joined): void {
  raw.pause();
  for (let i = 0; i < 10_000 && writer.backlog === 0; i++) writer.writeBuffer(Buffer.from(LONG + LONG));
  assert.ok(writer.backlog > 0);
}

function hear({ ours }: Joined, octets: Buffer): void {
  ours.heardInTurn(octets, octets.length);
}

const LONG = 'x'.repeat(16_384);

for (const together of [true, false]) describe(`hostile clients of TLS by OpenSSL, read ${together ? 'in turns' : 'by themselves'}`, { skip }, () => {
  before(() => void alwaysTogether(together));
  after(() => void alwaysTogether(null));

  it('what a client is told that asks for new keys and says something behind it goes to nobody else', async (t) => {
    const one = await joined(t);
    const other = await joined(t);
    const asked = Buffer.concat([one.client.keyUpdate(true), one.client.keyUpdate(true), one.client.write('said behind it')]);
    one.ours.reader = {
      read() {
        other.writer.writeBuffer(Buffer.from('for the other'));
        return true;
      },
    };
    hear(one, asked);
    other.writer.flush();
    await eventually('the other hears', () => other.client.heard !== '' || other.client.error !== null);
    assert.deepEqual([other.client.heard, other.client.error], ['for the other', null]);
    one.writer.write('answer');
    await eventually('it goes on', () => one.client.heard === 'answer' || one.client.error !== null);
    assert.equal(one.client.error, null);
  });

  it('the alert that a client gets for what came behind something good goes to nobody else', async (t) => {
    const one = await joined(t);
    const other = await joined(t);
    one.ours.reader = {
      read() {
        other.writer.writeBuffer(Buffer.from('for the other'));
        return true;
      },
    };
    hear(one, Buffer.concat([one.client.write('good'), Buffer.from([23, 3, 3, 0, 20, ...Array<number>(20).fill(7)])]));
    await eventually('both hear', () => (other.client.heard !== '' || other.client.error !== null) && one.client.error !== null);
    assert.deepEqual([other.client.heard, other.client.error], ['for the other', null]);
    assert.match(String(one.client.error), /alert bad record mac/);
  });

  for (const tls12 of [false, true]) {
    it(`what is said to a client that asks for ${tls12 ? 'another handshake' : 'new keys'} comes behind what was enciphered before`, async (t) => {
      const one = await joined(t, { tls12 });
      one.writer.writeBuffer(Buffer.from('enciphered before'));
      hear(one, tls12 ? one.client.renegotiate() : Buffer.concat([one.client.keyUpdate(true), one.client.keyUpdate(true)]));
      one.writer.write(', said after');
      await eventually('it is heard', () => one.client.heard === 'enciphered before, said after' || one.client.error !== null);
      // OpenSSL's client takes a no for the end
      if (tls12) assert.match(String(one.client.error), /no renegotiation/);
      else assert.equal(one.client.error, null);
    });
  }

  it('a client that asks for new keys again and again, and reads none, is cut off; one that reads them is not', async (t) => {
    const one = await joined(t);
    for (let i = 0; i < 100; i++) hear(one, one.client.keyUpdate(true));
    one.writer.write('answer');
    await eventually('it is heard', () => one.client.heard === 'answer');
    for (let times = 0; times < 3; times++) {
      fill(one);
      for (let i = 0; i < 10; i++) hear(one, one.client.keyUpdate(true));
      one.raw.resume();
      await eventually('all is heard', () => one.writer.backlog === 0 && !one.ours.stalled);
    }
    assert.deepEqual([one.client.error, one.events], [null, ['secure']]);
    fill(one);
    for (let i = 0; i < 50; i++) hear(one, one.client.keyUpdate(true));
    assert.equal(one.ours.destroyed, true);
  });

  it('a client of TLS 1.2 that asks for another handshake again and again is told no each time, and cut off when it reads none of it', async (t) => {
    const one = await joined(t, { tls12: true, ciphers: SEALED_SUITE });
    const client = new SealedRecords(one.client);
    const hello = message(hello12());
    let answers = 0;
    one.raw.removeAllListeners('data');
    one.raw.on('data', (octets: Buffer) => {
      for (let at = 0; at + 5 <= octets.length; at += 5 + octets.readUInt16BE(at + 3)) if (octets[at] === 21) answers++;
    });
    for (let i = 0; i < 100; i++) hear(one, Buffer.concat([client.seal(22, hello), client.seal(23, Buffer.from('.'))]));
    await eventually('each is answered', () => answers === 100);
    assert.deepEqual([one.heard.length, one.ours.destroyed], [100, false]);
    fill(one);
    for (let i = 0; i < 50; i++) hear(one, client.seal(22, hello));
    assert.equal(one.ours.destroyed, true);
  });

  for (const [what, type, content] of [
    ['warnings', 21, Buffer.from([1, 90])], ['empty records', 23, Buffer.alloc(0)], ['empty handshake records', 22, Buffer.alloc(0)], ['changes of ciphers', 20, Buffer.from([1])], ['records of no known kind', 99, Buffer.from([1])],
  ] as const) {
    it(`a client that says thousands of ${what} is refused, and costs others nothing`, async (t) => {
      const one = await joined(t, { tls12: true, ciphers: SEALED_SUITE });
      const other = await joined(t);
      const client = new SealedRecords(one.client);
      hear(one, Buffer.concat([client.seal(23, Buffer.from('good')), ...Array.from({ length: 2000 }, () => client.seal(type, content))]));
      assert.deepEqual([one.heard, one.ours.destroyed, one.events], ['good', true, ['secure', 'error']]);
      hear(other, other.client.write('from the other'));
      assert.equal(other.heard, 'from the other');
      await eventually('it is told why', () => one.client.error !== null);
      assert.match(String(one.client.error), /alert/);
    });
  }

  it('a client that stops in the middle of a hello can be told nothing any more: it is let go, and costs others nothing', async (t) => {
    const turn = new WriteTurn();
    const one = await joined(t, { tls12: true, ciphers: SEALED_SUITE }, turn);
    const other = await joined(t, {}, turn);
    hear(one, new SealedRecords(one.client).seal(22, message(hello12()).subarray(0, 20)));
    assert.equal(one.ours.destroyed, false);
    other.writer.write('one, ');
    one.writer.write('answer');
    other.writer.write('two');
    await eventually('the other hears', () => other.client.heard === 'one, two' || other.client.error !== null);
    assert.deepEqual([other.client.error, one.ours.destroyed, one.client.heard], [null, true, '']);
  });

  it('a client that asks for new keys behind our end is heard all the same', async (t) => {
    const one = await joined(t);
    one.writer.end();
    hear(one, Buffer.concat([one.client.keyUpdate(true), one.client.keyUpdate(true)]));
    hear(one, one.client.write('the rest'));
    assert.deepEqual([one.heard, one.ours.destroyed], ['the rest', false]);
  });

  for (const maxFragment of [1, 2, 3, 4] as const) {
    it(`a client that asked for records of ${256 << maxFragment} octets gets what was said to it, and others what was said to them`, async (t) => {
      const turn = new WriteTurn();
      const short = await joined(t, { maxFragment }, turn);
      const other = await joined(t, {}, turn);
      const said = ['', ''];
      const say = (i: 0 | 1, octets: Buffer): void => {
        said[i] += octets.toString('latin1');
        [short, other][i]!.writer.writeBuffer(octets);
      };
      // what the other says in the turn leaves more or less room for it
      for (let length = 15_600; length < 16_200; length += 50) {
        for (let i = 0; i < 4; i++) say(1, Buffer.alloc(16 * 1024, `${i} `));
        say(1, Buffer.alloc(length, `${length} `));
        say(0, Buffer.alloc(16 * 1024, `${length} `));
        say(1, Buffer.from(LONG));
        await new Promise((resolve) => setImmediate(resolve));
      }
      const done = ({ client }: Joined, text: string): boolean => client.heard.length === text.length || client.error !== null;
      await eventually('all is heard', () => done(short, said[0]!) && done(other, said[1]!));
      assert.deepEqual([short.client.error, other.client.error], [null, null]);
      assert.ok(short.client.heard === said[0] && other.client.heard === said[1]);
    });
  }

  it('what comes behind close_notify is nothing, and costs nothing', async (t) => {
    const one = await joined(t);
    const octets = Buffer.concat([one.client.write('first'), one.client.closeNotify()]);
    hear(one, Buffer.concat([octets, octets, Buffer.alloc(30_000, 7)]));
    one.raw.write(Buffer.alloc(30_000, 7));
    const { immediates, stop } = countImmediates();
    await pause(50);
    stop();
    assert.deepEqual([one.heard, one.events], ['first', ['secure', 'end']]);
    assert.equal(immediates(), 0, 'somebody is heard again and again');
    one.writer.write('answer');
    one.writer.end();
    await eventually('the answer is heard', () => one.client.heard === 'answer' && one.client.ended);
  });

  it('a record in parts, the first of which nobody wanted to hear yet, is not taken for a whole one', async (t) => {
    const one = await joined(t);
    const other = await joined(t);
    let wanted = false;
    one.ours.reader = {
      read(length, buffer) {
        one.heard += buffer.toString('latin1', 0, length);
        return wanted;
      },
    };
    // from here on it is known where records begin
    hear(one, one.client.write('.'));
    one.ours.resume();
    const long = LONG.repeat(4);
    const first = one.client.write(long);
    // of 40 octets, half of which have come: as many as are missing
    const second = one.client.write('only eighteen long');
    assert.equal(second.length, 40);
    hear(one, Buffer.concat([first, second.subarray(0, 20)]));
    assert.ok(one.heard === `.${long}`);
    wanted = true;
    one.ours.resume();
    await pause(20);
    // the rest of it looks like the head of a record
    const rest = Buffer.alloc(5 + second.readUInt16BE(23), 7);
    second.copy(rest, 0, 20);
    hear(one, rest);
    hear(other, other.client.write('from the other'));
    await eventually('the other is heard', () => other.heard !== '' || other.events.length > 1);
    assert.deepEqual([other.heard, other.events], ['from the other', ['secure']]);
    assert.ok(one.heard === `.${long}only eighteen long`);
  });
});

/** How many immediates are asked for until `stop`. */
function countImmediates(): { immediates(): number; stop(): void } {
  const { setImmediate: original } = globalThis;
  let count = 0;
  globalThis.setImmediate = ((...parameters: Parameters<typeof original>) => {
    count++;
    return original(...parameters);
  }) as typeof original;
  return {
    immediates: () => count,
    stop: () => void (globalThis.setImmediate = original),
  };
}
