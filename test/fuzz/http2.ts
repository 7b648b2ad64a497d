/**
 * Fuzzes the HTTP/2 codec: `node test/fuzz/http2.ts [--cases N] [--seed S]`. Case i has the seed S + i and nothing else. Each case is a connection: frames
 * that are mostly in order, some broken, fed in one piece and again in pieces. Nothing may throw, both must be answered alike, what comes out must be
 * frames of valid header blocks, and every exchange must end exactly once.
 */
import type { Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { Http1Worker } from '../../src/data-plane/listeners/index.ts';
import { Http2Connection } from '../../src/data-plane/listeners/http2/connection.ts';
import type { Exchange, Observer, Site } from '../../src/data-plane/exchange/index.ts';
import { CHUNKED, LENGTH, NO_BODY } from '../../src/data-plane/exchange/index.ts';
import { FakeClock, seededRandom, Wheel, type Random } from '../../src/kernel/index.ts';
import { SETTINGS } from '../e2e/http1/stage.ts';
import { END_HEADERS, END_STREAM, GET, PADDED, POST, PREFACE, PRIORITISED, T } from '../e2e/http2/raw.ts';
import { FrameScratch } from './frame-scratch.ts';
import { FuzzTurn, Wire } from './frame-wire.ts';
import { SaidFrames } from './said-frames.ts';

export interface Http2FuzzRun {
  readonly cases: number;
  readonly served: number;
  readonly goneAway: number;
  readonly failures: readonly { readonly seed: number; readonly error: Error }[];
}

const clock = new FakeClock();
const wheel = new Wheel(clock);
const worker = new Http1Worker(clock, wheel);
const turn = new FuzzTurn();
(worker as { writes: unknown }).writes = turn;

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
  /** Until the next one speaks. */
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
  turn.end();
  wire.emit('close', false);
  turn.end();
  return { said: wire.said, told, exchanges: told.served };
}

const PATHS = ['/', '/a', '/ab', '/abc', '/abcd', '/abc?x=1', '*', '', 'x', '/\0'];
const FIELDS: readonly (readonly [string, string])[] = [
  ['cookie', 'a=1'], ['cookie', 'b=2'], ['te', 'trailers'], ['te', 'gzip'], ['content-length', '5'], ['content-length', '0'], ['connection', 'close'], ['X-Upper', '1'], ['x-a', '1'],
  ['x-a', 'bad\r\nvalue'], ['expect', '100-continue'], ['host', 'example.com'], ['user-agent', 'fuzz'], ['content_length', '1'], [':path', '/late'], ['transfer-encoding', 'chunked'], ['', 'x'],
];

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random.number() * items.length)]!;
}

const scratch = new FrameScratch();
const preface = Buffer.from(PREFACE);
const ORDERLY = FIELDS.filter(([name, value]) => /^(?:cookie|x-a|user-agent)$/.test(name) && !value.includes('\r'));
const ORDERLY_PATHS = PATHS.slice(0, 6);
const SIZES = [0, 1, 5, 100, 16_384];

/** The fields of a request, `disorder` of them as they must not be. */
function request(random: Random, disorder: number): void {
  const fields = random.number() < 0.5 ? GET : POST;
  const from = random.number() < disorder / 4 ? 1 : 0;
  for (let i = from; i < fields.length; i++) {
    const [name, value] = fields[i]!;
    scratch.field(name, name === ':path' ? pick(random, random.number() >= disorder ? ORDERLY_PATHS : PATHS) : value);
  }
  for (let k = Math.floor(random.number() * 3); k > 0; k--) {
    const [name, value] = pick(random, random.number() >= disorder ? ORDERLY : FIELDS);
    scratch.field(name, value);
  }
}

/** One HEADERS, at times with priority, padding or a CONTINUATION. True: it ends its stream. */
function headers(random: Random, stream: number, disorder: number): boolean {
  const last = random.number() < 0.6;
  const prioritised = random.number() < 0.1;
  const padded = random.number() < 0.1;
  const split = random.number() < 0.15;
  scratch.begin(T.HEADERS, (last ? END_STREAM : 0) | (prioritised ? PRIORITISED : 0) | (padded ? PADDED : 0) | (split ? 0 : END_HEADERS), stream);
  if (padded) scratch.byte(3);
  if (prioritised) {
    scratch.uint32(0);
    scratch.byte(1);
  }
  request(random, disorder);
  if (padded) scratch.fill(3, 0);
  scratch.end();
  if (split) scratch.split(Math.floor(random.number() * scratch.payload), T.CONTINUATION, END_HEADERS);
  return last;
}

/** A frame whose payload is one number. */
function number(type: number, stream: number, value: number): void {
  scratch.begin(type, 0, stream);
  scratch.uint32(value);
  scratch.end();
}

function setting(id: number, value: number): void {
  scratch.begin(T.SETTINGS, 0, 0);
  scratch.uint16(id);
  scratch.uint32(value);
  scratch.end();
}

function filled(type: number, flags: number, stream: number, octets: number): void {
  scratch.begin(type, flags, stream);
  scratch.fill(octets, 97);
  scratch.end();
}

function conversation(random: Random): Buffer {
  scratch.reset();
  scratch.raw(preface);
  if (random.number() < 0.1) setting(pick(random, [1, 2, 3, 4, 5, 6, 99]), pick(random, [0, 1, 100, 16_384, 65_535, 1_000_000, 4_294_967_295]));
  else filled(T.SETTINGS, 0, 0, 0);
  let stream = 1;
  const frames = 1 + Math.floor(random.number() * 14);
  /** How much of it is out of order. */
  const disorder = pick(random, [0, 0.02, 0.2]);
  for (let i = 0; i < frames; i++) {
    const used = random.number() >= disorder ? stream : pick(random, [0, 1, 2, 3, 5, stream + 2]);
    const kind = random.number();
    if (kind < 0.45) {
      // a body, or the next
      if (headers(random, used, disorder)) stream += 2;
    } else if (kind < 0.7) {
      const padded = random.number() < 0.15;
      const last = random.number() < 0.5;
      if (stream === 1 && random.number() >= disorder) {
        scratch.begin(T.HEADERS, END_HEADERS, stream);
        for (const [name, value] of POST) scratch.field(name, value);
        scratch.end();
      }
      const octets = pick(random, SIZES);
      scratch.begin(T.DATA, (last ? END_STREAM : 0) | (padded ? PADDED : 0), used);
      if (padded) scratch.byte(2);
      scratch.fill(padded ? Math.min(octets, 16_000) : octets, 100);
      if (padded) scratch.fill(2, 0);
      scratch.end();
      if (last) stream += 2;
    } else if (kind < 0.78) number(T.WINDOW_UPDATE, random.number() < 0.9 ? 0 : used, random.number() >= disorder ? 1000 : pick(random, [0, 1, 1000, 65_535, 2_147_483_647]));
    else if (kind < 0.84) number(T.RST_STREAM, used, 8);
    else if (kind < 0.9) setting(pick(random, [1, 4]), pick(random, [0, 1, 50, 16_384, 4096, 70_000]));
    else if (kind < 0.94) filled(T.PING, pick(random, [0, 1]), 0, 8);
    else if (random.number() < disorder) filled(pick(random, [2, 5, 7, 9, 50]), pick(random, [0, 1, 4, 8]), pick(random, [0, used]), pick(random, [0, 4, 5, 8, 20]));
  }
  const octets = scratch.written;
  if (random.number() < disorder) {
    // after the preface, where frames are
    for (let k = 1 + Math.floor(random.number() * 3); k > 0; k--) octets[24 + Math.floor(random.number() * (octets.length - 24))] = Math.floor(random.number() * 256);
  }
  return octets;
}

/** What was said must be in order. Whether it ends in GOAWAY with an error. */
function check(said: Buffer): boolean {
  const frames = new SaidFrames(() => {});
  frames.read(said);
  return frames.broken;
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
  const cpu = process.cpuUsage();
  console.log(`${cases} cases, ${failures.length} failures, ${((performance.now() - begun) / 1000).toFixed(1)} s (${((cpu.user + cpu.system) / 1e6).toFixed(1)} s of CPU)`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
