/**
 * Fuzzes the HTTP/2 codec: `node test/fuzz/http2.ts [--cases N] [--seed S]`. Case i has the seed S + i and nothing else. Each case is a connection: frames
 * that are mostly in order, some broken, fed in one piece and again in pieces. Nothing may throw, both must be answered alike, what comes out must be
 * frames of valid header blocks, and every exchange must end exactly once.
 */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { Http1Worker } from '../../src/data-plane/listeners/index.ts';
import { Http2Connection } from '../../src/data-plane/listeners/http2/connection.ts';
import type { Exchange, Observer, Site } from '../../src/data-plane/exchange/index.ts';
import { CHUNKED, LENGTH, NO_BODY } from '../../src/data-plane/exchange/index.ts';
import { HpackDecoder } from '../../src/data-plane/wire/http2/index.ts';
import { FakeClock, seededRandom, Wheel, type Random } from '../../src/kernel/index.ts';
import { SETTINGS } from '../e2e/http1/stage.ts';
import { block, END_HEADERS, END_STREAM, frame, GET, PADDED, POST, PREFACE, PRIORITISED, settings, T, uint32 } from '../e2e/http2/raw.ts';

export interface Http2FuzzRun {
  readonly cases: number;
  readonly served: number;
  readonly goneAway: number;
  readonly failures: readonly { readonly seed: number; readonly error: Error }[];
}

const clock = new FakeClock();
const wheel = new Wheel(clock);
const worker = new Http1Worker(clock, wheel);
/** What waits for the end of a turn: here a turn ends when we say so. */
let waiting: { turnOver(): void }[] = [];
(worker as { writes: unknown }).writes = { add: (writer: { turnOver(): void }) => void waiting.push(writer) };

function endTurn(): void {
  const writers = waiting;
  waiting = [];
  for (const writer of writers) writer.turnOver();
}

interface Binding {
  readonly streamBaseState: Int32Array;
  readonly kLastWriteWasAsync: number;
}
const binding = (process as unknown as { binding(name: string): Binding }).binding('stream_wrap');

/** A socket of which only the octets are real. */
class Wire extends EventEmitter {
  readonly said: Buffer[] = [];
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 1;
  readonly localAddress = '127.0.0.1';
  readonly localPort = 2;
  readonly writableLength = 0;
  destroyed = false;
  readonly _handle = {
    writeQueueSize: 0,
    writeBuffer: (_request: object, octets: Buffer): number => {
      this.said.push(Buffer.from(octets));
      binding.streamBaseState[binding.kLastWriteWasAsync] = 0;
      return 0;
    },
    writeLatin1String: (): number => 0,
  };

  destroy(): void {
    this.destroyed = true;
  }

  end(): void {}
}

class Told implements Observer {
  ended = 0;
  served = 0;
  exchangeEnded(): void {
    this.ended++;
  }
  connectionOpened(): void {}
  connectionClosed(): void {}
  connectionRefused(): void {}
  handshakeFailed(): void {}
}

const source = { resume: (): void => {}, cancel: (): void => {} };
const body = Buffer.alloc(40_000, 'b');

/** Answers by the path: at once, by the length, in pieces, after the body, or never. */
function siteOf(told: Told): Site {
  const serve = (exchange: Exchange): void => {
    told.served++;
    // what a target would be sent must be one head of HTTP/1.1
    const head = exchange.head(0);
    if (head !== '' && /[^\x20-\x7e\x80-\xff\r\n\t]|\r(?!\n)|(?<!\r)\n|\r\n\r\n/.test(head)) throw new Error(`not one head: ${JSON.stringify(head)}`);
    switch (exchange.path.length % 5) {
      case 0:
        return exchange.reply({ status: 200, reason: null, headers: 'Content-Type: text/plain\r\n', body: 'hello' });
      case 1:
        exchange.respond({ status: 200, reason: '', headers: 'content-length: 40000\r\n', framing: LENGTH, contentLength: 40_000, whole: null }, source, body, 0, 40_000);
        return exchange.finish('');
      case 2:
        exchange.respond({ status: 206, reason: '', headers: 'x-a: b\r\n', framing: CHUNKED, contentLength: 0, whole: null }, source, null, 0, 0);
        exchange.send(body, 0, 100, false);
        exchange.send(body, 0, 20_000, true);
        return exchange.finish('x-sum: 1\r\n');
      case 3:
        return exchange.readAll(100_000, () => exchange.respond({ status: 204, reason: '', headers: '', framing: NO_BODY, contentLength: 0, whole: null }, source, null, 0, 0));
      default:
        exchange.readInto({ write: () => true, end: () => exchange.reply({ status: 201, reason: null, headers: '', body: null }), abort: () => {} });
    }
  };
  return { listener: { http: SETTINGS } as never, router: null as never, observer: told, serve, proceed: serve };
}

interface Spoken {
  readonly said: Buffer;
  readonly told: Told;
  readonly exchanges: number;
}

function speak(octets: Buffer, cuts: readonly number[]): Spoken {
  const told = new Told();
  const site = siteOf(told);
  const wire = new Wire();
  const connection = new Http2Connection(wire as unknown as Socket, { site: () => site, draining: false, advertisedPort: '443', closed: () => {} }, { worker, id: 1, tls: null });
  let from = 0;
  for (const to of [...cuts, octets.length]) {
    if (to <= from) continue;
    // into the thread's own buffer, which is overwritten by the next read
    for (let at = from; at < to; at += worker.readBuffer.length) {
      const piece = octets.subarray(at, Math.min(to, at + worker.readBuffer.length));
      piece.copy(worker.readBuffer);
      connection.read(piece.length, worker.readBuffer);
      worker.readBuffer.fill(0xa5, 0, piece.length);
    }
    from = to;
  }
  // the end of the turn, then of the connection
  endTurn();
  wire.emit('close', false);
  endTurn();
  return { said: Buffer.concat(wire.said), told, exchanges: told.served };
}

const PATHS = ['/', '/a', '/ab', '/abc', '/abcd', '/abc?x=1', '*', '', 'x', '/\0'];
const FIELDS: readonly (readonly [string, string])[] = [
  ['cookie', 'a=1'], ['cookie', 'b=2'], ['te', 'trailers'], ['te', 'gzip'], ['content-length', '5'], ['content-length', '0'], ['connection', 'close'], ['X-Upper', '1'], ['x-a', '1'],
  ['x-a', 'bad\r\nvalue'], ['expect', '100-continue'], ['host', 'example.com'], ['user-agent', 'fuzz'], ['content_length', '1'], [':path', '/late'], ['transfer-encoding', 'chunked'], ['', 'x'],
];

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random.number() * items.length)]!;
}

function conversation(random: Random): Buffer {
  const parts: Buffer[] = [Buffer.from(PREFACE), settings(...(random.number() < 0.1 ? [[pick(random, [1, 2, 3, 4, 5, 6, 99]), pick(random, [0, 1, 100, 16_384, 65_535, 1_000_000, 4_294_967_295])] as const] : []))];
  let stream = 1;
  const frames = 1 + Math.floor(random.number() * 14);
  /** How much of it is out of order. */
  const disorder = pick(random, [0, 0.02, 0.2]);
  for (let i = 0; i < frames; i++) {
    const used = random.number() >= disorder ? stream : pick(random, [0, 1, 2, 3, 5, stream + 2]);
    const kind = random.number();
    if (kind < 0.45) {
      let fields = [...(random.number() < 0.5 ? GET : POST)].map(([name, value]): readonly [string, string] => (name === ':path' ? [name, random.number() >= disorder ? pick(random, PATHS.slice(0, 6)) : pick(random, PATHS)] : [name, value]));
      for (let k = Math.floor(random.number() * 3); k > 0; k--) fields.push(pick(random, random.number() >= disorder ? FIELDS.filter(([name, value]) => /^(?:cookie|x-a|user-agent)$/.test(name) && !value.includes('\r')) : FIELDS));
      if (random.number() < disorder / 4) fields = fields.slice(1);
      let payload = block(fields);
      let flags = random.number() < 0.6 ? END_STREAM : 0;
      if (random.number() < 0.1) {
        flags |= PRIORITISED;
        payload = Buffer.concat([uint32(0), Buffer.from([1]), payload]);
      }
      if (random.number() < 0.1) {
        flags |= PADDED;
        payload = Buffer.concat([Buffer.from([3]), payload, Buffer.alloc(3)]);
      }
      if (random.number() < 0.15) {
        const cut = Math.floor(random.number() * payload.length);
        parts.push(frame(T.HEADERS, flags, used, payload.subarray(0, cut)), frame(T.CONTINUATION, END_HEADERS, used, payload.subarray(cut)));
      } else parts.push(frame(T.HEADERS, flags | END_HEADERS, used, payload));
      // a body, or the next
      if ((flags & END_STREAM) !== 0) stream += 2;
    } else if (kind < 0.7) {
      const padded = random.number() < 0.15;
      const payload = Buffer.alloc(pick(random, [0, 1, 5, 100, 16_384]), 'd');
      const last = random.number() < 0.5;
      if (stream === 1 && random.number() >= disorder) parts.push(frame(T.HEADERS, END_HEADERS, stream, block(POST)));
      parts.push(frame(T.DATA, (last ? END_STREAM : 0) | (padded ? PADDED : 0), used, padded ? Buffer.concat([Buffer.from([2]), payload.subarray(0, 16_000), Buffer.alloc(2)]) : payload));
      if (last) stream += 2;
    } else if (kind < 0.78) parts.push(frame(T.WINDOW_UPDATE, 0, random.number() < 0.9 ? 0 : used, uint32(random.number() >= disorder ? 1000 : pick(random, [0, 1, 1000, 65_535, 2_147_483_647]))));
    else if (kind < 0.84) parts.push(frame(T.RST_STREAM, 0, used, uint32(8)));
    else if (kind < 0.9) parts.push(settings([pick(random, [1, 4]), pick(random, [0, 1, 50, 16_384, 4096, 70_000])]));
    else if (kind < 0.94) parts.push(frame(T.PING, pick(random, [0, 1]), 0, 'abcdefgh'));
    else if (random.number() < disorder) parts.push(frame(pick(random, [2, 5, 7, 9, 50]), pick(random, [0, 1, 4, 8]), pick(random, [0, used]), Buffer.alloc(pick(random, [0, 4, 5, 8, 20]))));
  }
  const octets = Buffer.concat(parts);
  if (random.number() < disorder) {
    // after the preface, where frames are
    for (let k = 1 + Math.floor(random.number() * 3); k > 0; k--) octets[24 + Math.floor(random.number() * (octets.length - 24))] = Math.floor(random.number() * 256);
  }
  return octets;
}

/** What was said must be frames, their header blocks readable by one decoder in order. Where they end in GOAWAY with an error. */
function check(said: Buffer): boolean {

  const decoder = new HpackDecoder();
  let at = 0;
  let error = false;
  let parts: Buffer[] = [];
  const ended = new Set<number>();
  while (at < said.length) {
    if (said.length - at < 9) throw new Error('half a frame was said');
    const length = said.readUIntBE(at, 3);
    const type = said[at + 3]!;
    const flags = said[at + 4]!;
    const stream = said.readUInt32BE(at + 5);
    const payload = said.subarray(at + 9, at + 9 + length);
    if (payload.length !== length || length > 16_384 || stream > 0x7fffffff) throw new Error('a frame is cut off, or too long');
    at += 9 + length;
    if (type === T.HEADERS || type === T.CONTINUATION) {
      parts.push(payload);
      if ((flags & END_HEADERS) !== 0) {
        const octets = Buffer.concat(parts);
        parts = [];
        if (!decoder.decode(octets, 0, octets.length, { add: ({ flaw, name }) => { if (flaw !== 0) throw new Error(`a field that nobody takes: ${name}`); } })) throw new Error('a header block that nobody can read');
      }
    }
    if (type === T.HEADERS || type === T.DATA) {
      if (ended.has(stream)) throw new Error(`stream ${stream} goes on after its end: ${type} at ${at} of ${said.length}`);
      if ((flags & END_STREAM) !== 0) ended.add(stream);
    }
    if (type === T.RST_STREAM) ended.add(stream);
    if (type === T.GOAWAY && payload.readUInt32BE(4) !== 0) {
      error = true;
      if (at !== said.length) throw new Error('something is said after GOAWAY');
    }
  }
  return error;
}

export function fuzzHttp2(options: { readonly cases: number; readonly seed: number }): Http2FuzzRun {
  const failures: { seed: number; error: Error }[] = [];
  let served = 0;
  let goneAway = 0;
  let cases = 0;
  for (; cases < options.cases && failures.length < 10; cases++) {
    const seed = options.seed + cases;
    const random = seededRandom(seed);
    try {
      const octets = conversation(random);
      const whole = speak(octets, []);
      if (check(whole.said)) goneAway++;
      served += whole.exchanges;
      const cuts = Array.from({ length: 1 + Math.floor(random.number() * 6) }, () => Math.floor(random.number() * octets.length)).sort((a, b) => a - b);
      const cut = speak(octets, cuts);
      check(cut.said);
      if (cut.told.served !== whole.told.served || cut.told.ended !== whole.told.ended) throw new Error(`in pieces ${cut.told.served} served and ${cut.told.ended} ended, in one ${whole.told.served} and ${whole.told.ended}`);
      if (whole.told.ended < whole.told.served) throw new Error(`${whole.told.served} served, ${whole.told.ended} ended`);
    } catch (error) {
      failures.push({ seed, error: error as Error });
    }
    if (cases % 1000 === 0) clock.advance(1000);
  }
  return { cases, served, goneAway, failures };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { cases: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } } });
  const begun = performance.now();
  const { cases, served, goneAway, failures } = fuzzHttp2({ cases: Number(values.cases), seed: Number(values.seed) });
  for (const { seed, error } of failures) console.error(`seed ${seed}: ${error.stack}\n`);
  console.log(`${served} requests served, ${goneAway} connections ended by an error`);
  console.log(`${cases} cases, ${failures.length} failures, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
