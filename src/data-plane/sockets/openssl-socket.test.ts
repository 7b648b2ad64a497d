import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { after, before, describe, it, type TestContext } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { selfSignedContext } from '../../../test/support/self-signed.ts';
import { OpensslSocket } from './openssl-socket.ts';
import { speaksOpenssl } from './openssl-thread.ts';
import { alwaysTogether } from './read-turn.ts';
import { socketWriter, type SocketWriter } from './socket-writer.ts';
import { acceptHandles } from './listening.ts';
import type { SocketReader, TcpHandle } from './tcp-socket.ts';
import { WriteTurn } from './write-turn.ts';

let context: SecureContext;
before(async () => void (context = await selfSignedContext('localhost')));

const shared = Buffer.allocUnsafeSlow(64 * 1024);
const skip = speaksOpenssl(createSecureContext()) ? false : 'no node:ffi here';

interface Pair {
  readonly ours: OpensslSocket;
  readonly client: TLSSocket;
  /** What the client's TLS says is kept from here on, instead of sent; what it answers is what was kept. */
  hold(): () => Buffer;
  /** Octets to the server as they are. */
  say(octets: Buffer): void;
  readonly events: string[];
}

/** Two ends of a connection whose handshake is over, for each of `count`. */
async function opened(t: TestContext, count: number): Promise<readonly Pair[]> {
  const server = createServer();
  t.after(() => listening?.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  let accept: (socket: OpensslSocket) => void = () => {};
  const listening = acceptHandles(server, (handle: TcpHandle) => {
    const socket = new OpensslSocket(handle, shared);
    socket.reader = {
      read(length, buffer) {
        socket.secure({ context, alpn: ['h2', 'http/1.1'], read: Buffer.from(buffer.subarray(0, length)) });
        accept(socket);
        return true;
      },
    };
    socket.resume();
  });
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    const accepted = new Promise<OpensslSocket>((resolve) => (accept = resolve));
    const raw: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const [inner, outer] = duplexPair();
    let held: Buffer[] | null = null;
    outer.on('data', (octets: Buffer) => (held === null ? void raw.write(octets) : held.push(octets)));
    raw.on('data', (octets: Buffer) => {
      if (!outer.write(octets)) {
        raw.pause();
        outer.once('drain', () => raw.resume());
      }
    });
    raw.on('end', () => outer.end());
    raw.on('error', () => outer.destroy());
    const client = connectTls({ socket: inner, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    client.on('error', () => {});
    const secure = once(client, 'secureConnect');
    const ours = await accepted;
    const events: string[] = [];
    for (const event of ['secure', 'end', 'close', 'error']) ours.on(event, () => events.push(event));
    ours.reader = { read: () => true };
    ours.resume();
    await secure;
    await eventually('the handshake is over', () => events.includes('secure'));
    t.after(() => {
      ours.destroy();
      raw.destroy();
      client.destroy();
    });
    pairs.push({
      ours, client, events,
      hold() {
        const kept: Buffer[] = (held = []);
        return () => {
          held = null;
          return Buffer.concat(kept);
        };
      },
      say: (octets) => void raw.write(octets),
    });
  }
  return pairs;
}

/** Records of the client's, one for each text, as octets. */
async function records({ client, hold }: Pair, texts: readonly string[]): Promise<Buffer> {
  const kept = hold();
  for (const text of texts) await new Promise<void>((resolve) => void client.write(text, () => resolve()));
  await new Promise((resolve) => setImmediate(resolve));
  return kept();
}

function hears(socket: OpensslSocket, hear: (text: string) => boolean | void = () => {}): string[] {
  const heard: string[] = [];
  const reader: SocketReader = {
    read(length, buffer) {
      const text = buffer.toString('latin1', 0, length);
      heard.push(text);
      return hear(text) ?? true;
    },
  };
  socket.reader = reader;
  return heard;
}

const LONG = 'x'.repeat(16_384);

for (const together of [true, false]) describe(`TLS by OpenSSL, read ${together ? 'in turns' : 'by itself'}`, { skip }, () => {
  before(() => void alwaysTogether(together));
  after(() => void alwaysTogether(null));

  it('says what was agreed on', async (t) => {
    const [{ ours }] = (await opened(t, 1)) as [Pair];
    assert.deepEqual([ours.alpnProtocol, ours.getProtocol(), ours.getCipher()?.name], ['http/1.1', 'TLSv1.3', 'TLS_AES_256_GCM_SHA384']);
    ours.destroy();
    assert.deepEqual([ours.getProtocol(), ours.getCipher()], [null, undefined]);
  });

  it('hears no more than it is asked to, and the rest when it is, in its order', async (t) => {
    const [pair] = (await opened(t, 1)) as [Pair];
    const { ours } = pair;
    const texts = Array.from({ length: 12 }, (_, i) => `${i}${LONG.slice(0, 16_000)}`);
    // each is told by itself, as the buffer takes no two besides the first three
    const heard = hears(ours, () => false);
    const all = texts.join('');
    pair.say(await records(pair, texts));
    for (let times = 1; heard.join('').length < all.length; times++) {
      await eventually(`something is heard for the ${times}th time`, () => heard.length >= times);
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(heard.length, times, 'heard, though nobody wanted to');
      ours.resume();
    }
    assert.ok(heard.join('') === all);
  });

  it('asked to go on while it is being heard it goes on', async (t) => {
    const [pair] = (await opened(t, 1)) as [Pair];
    const heard = hears(pair.ours, () => {
      pair.ours.pause();
      pair.ours.resume();
    });
    const texts = Array.from({ length: 9 }, (_, i) => `${i}${LONG.slice(1)}`);
    pair.say(await records(pair, texts));
    await eventually('all is heard', () => heard.join('').length === 9 * 16_384);
    assert.ok(heard.join('') === texts.join(''));
  });

  for (const end of ['is destroyed', 'throws'] as const) {
    it(`nothing of one that ${end} while it is heard is left for the next`, async (t) => {
      const [one, other] = (await opened(t, 2)) as [Pair, Pair];
      hears(one.ours, () => {
        if (end === 'throws') throw new Error('not to be read');
        one.ours.destroy();
      });
      const heard = hears(other.ours);
      const octets = await records(one, [LONG, LONG, LONG, LONG, LONG, LONG]);
      const said = await records(other, ['hello']);
      if (end === 'throws') {
        assert.throws(() => one.ours.heardInTurn(octets, octets.length), /not to be read/);
        one.ours.destroy();
      } else one.ours.heardInTurn(octets, octets.length);
      other.say(said);
      await eventually('the other is heard', () => heard.join('') === 'hello');
      assert.deepEqual(other.events, ['secure']);
    });
  }

  it('what another says while one is heard waits for its turn', async (t) => {
    const [one, other] = (await opened(t, 2)) as [Pair, Pair];
    const octets = await records(one, [LONG, LONG, LONG, LONG, 'end']);
    const said = await records(other, ['hello', ' ', 'world']);
    const heardOther = hears(other.ours);
    const heard = hears(one.ours, () => {
      if (heard.length === 1) other.ours.heardInTurn(said, said.length);
    });
    one.ours.heardInTurn(octets, octets.length);
    assert.equal(heard.join('').length, 4 * 16_384 + 3);
    assert.deepEqual(heardOther, []);
    await eventually('the other is heard', () => heardOther.join('') === 'hello world');
    other.say(await records(other, ['!']));
    await eventually('it goes on', () => heardOther.join('') === 'hello world!');
  });

  it('records that come in parts are heard when they are whole', async (t) => {
    const [pair] = (await opened(t, 1)) as [Pair];
    const heard = hears(pair.ours);
    const octets = await records(pair, ['one', LONG, 'three']);
    for (let at = 0; at < octets.length; at += 1000) {
      pair.ours.heardInTurn(Buffer.from(octets.subarray(at, at + 1000)), Math.min(1000, octets.length - at));
    }
    assert.ok(heard.join('') === `one${LONG}three`);
  });

  it('close_notify of the client is an end, and ours is said once, behind all that was said', async (t) => {
    const [{ ours, client, events }] = (await opened(t, 1)) as [Pair];
    const writer = socketWriter(ours, { turn: new WriteTurn(), drained: () => {}, refused: null });
    let got = '';
    client.on('data', (octets: Buffer) => (got += octets.toString('latin1')));
    client.end();
    await eventually('the end is heard', () => events.includes('end'));
    writer.write('first ');
    writer.writeBuffer(Buffer.from(LONG));
    writer.write(' last');
    writer.end();
    writer.write('never');
    ours.end();
    await once(client, 'end');
    assert.ok(got === `first ${LONG} last`);
    await eventually('it is closed', () => events.includes('close'));
    assert.deepEqual(events, ['secure', 'end', 'close']);
  });

  it('octets that are no records end it with an alert, after what came before', async (t) => {
    const [pair] = (await opened(t, 1)) as [Pair];
    const heard = hears(pair.ours);
    const failed = once(pair.client, 'error');
    pair.say(Buffer.concat([await records(pair, ['before']), Buffer.from([23, 3, 3, 0, 20, ...Array<number>(20).fill(7)])]));
    await eventually('it is closed', () => pair.events.includes('close'));
    assert.deepEqual([heard.join(''), pair.events], ['before', ['secure', 'error', 'close']]);
    assert.match(String((await failed)[0]), /alert bad record mac/i);
  });

  it('what many say in a turn, in pieces of all sizes and ways, comes as it was said, to those who read slowly too', async (t) => {
    const turn = new WriteTurn();
    const pairs = await opened(t, 70);
    const said = pairs.map(() => '');
    const got = pairs.map(() => [] as string[]);
    const drained = pairs.map(() => 0);
    const writers = pairs.map(({ ours }, i): SocketWriter => socketWriter(ours, { turn, drained: () => void drained[i]!++, refused: null }));
    const slow = [3, 33, 66];
    pairs.forEach(({ client }, i) => {
      client.on('data', (octets: Buffer) => got[i]!.push(octets.toString('latin1')));
      if (slow.includes(i)) client.pause();
    });
    const scratch = Buffer.alloc(100);
    for (let round = 0; round < 40; round++) {
      writers.forEach((writer, i) => {
        const piece = `${i}.${round} `.repeat(1 + ((i * 7 + round * 13) % 60));
        said[i] += piece;
        switch ((i + round) % 4) {
          case 0:
            writer.write(piece);
            break;
          case 1: {
            const octets = Buffer.from(piece);
            writer.writeOctets(octets, 0, octets.length);
            octets.fill('?');
            break;
          }
          case 2: {
            const octets = Buffer.from(piece);
            writer.writeBuffer(octets);
            assert.equal(writer.keeps, false);
            octets.fill('?');
            break;
          }
          default:
            for (let at = 0; at < piece.length; at += 50) writer.writeOctets(scratch, 0, scratch.write(piece.slice(at, at + 50), 'latin1'));
        }
        if (slow.includes(i)) {
          const long = `${round}`.repeat(150_000);
          said[i] += long;
          if (round % 2 === 0) writer.write(long);
          else writer.writeBuffer(Buffer.from(long));
        }
      });
      if (round % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const i of slow) assert.ok(writers[i]!.unsent > 0);
    await eventually('the others have all', () => pairs.every((_, i) => slow.includes(i) || got[i]!.join('').length === said[i]!.length));
    for (const i of slow) pairs[i]!.client.resume();
    await eventually('the slow have all', () => slow.every((i) => got[i]!.join('').length === said[i]!.length));
    pairs.forEach((_, i) => assert.ok(got[i]!.join('') === said[i], `connection ${i}`));
    await eventually('who waits hears of it', () => slow.every((i) => writers[i]!.unsent === 0 && drained[i]! > 0));
  });

  it('who asks how much is unsent hears when it is gone', async (t) => {
    const [{ ours, client }] = (await opened(t, 1)) as [Pair];
    client.resume();
    let drained = 0;
    const writer = socketWriter(ours, { turn: new WriteTurn(), drained: () => void drained++, refused: null });
    writer.write('small');
    assert.ok(writer.unsent > 0);
    await eventually('it is told', () => drained === 1 && writer.backlog === 0);
    writer.writeBuffer(Buffer.from('another'));
    assert.ok(writer.backlog >= 0);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(drained, 1, 'told, though nobody has asked');
  });
});
