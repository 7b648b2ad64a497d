import type { Random } from '../../src/kernel/index.ts';
import { END_HEADERS, END_STREAM, PADDED, T } from '../e2e/http2/raw.ts';
import type { FrameScratch } from './frame-scratch.ts';
import { bodyOctets } from './target-call.ts';

/** What the fuzz does: feeds a frame, or lets one of the exchanges do something. */
export type Step =
  | { readonly kind: 'feed'; readonly to: number; readonly window: { readonly stream: number; readonly octets: number } | null }
  | { readonly kind: 'start'; readonly call: number; readonly body: boolean }
  | { readonly kind: 'pause' | 'resume' | 'leave' | 'giveEnd'; readonly call: number }
  | { readonly kind: 'give'; readonly call: number; readonly octets: number }
  | { readonly kind: 'clog' | 'unclog' };

/** In place of a stream: SETTINGS, with the window that they leave streams to begin with. */
export const SETTINGS = -1;

/** How far the target keeps to the rules. */
export const ORDERLY = 0;
/** Single streams are out of order: the others must not suffer. */
export const BAD_STREAMS = 1;
/** Ends with a frame that is an error of the connection. */
export const BAD_CONNECTION = 2;
/** Octets are changed at random. */
export const MUTATED = 3;
export type Disorder = typeof ORDERLY | typeof BAD_STREAMS | typeof BAD_CONNECTION | typeof MUTATED;

/** What must have come of one exchange. */
export interface Expected {
  /** 'whole', 'open' (its target has not said all), 'broken' (a rule of its stream was broken), 'left' (by its client). */
  readonly outcome: 'whole' | 'open' | 'broken' | 'left' | 'refused';
  readonly status: number;
  readonly lines: readonly string[];
  readonly octets: number;
  readonly trailers: string;
  readonly informed: number;
  /** Octets of padding that came on its stream. */
  readonly padding: number;
}

export interface Script {
  readonly disorder: Disorder;
  readonly steps: readonly Step[];
  readonly octets: Buffer;
  /** By the number of the exchange; its stream is twice that and one. */
  readonly expected: readonly Expected[];
}

/** Octets that a stream which nobody reads may be sent, whatever of its window has not been given back yet. */
const WHILE_PAUSED = 16_000;
const SIZES = [0, 1, 7, 100, 1000, 16_384];
const STATUSES = ['200', '201', '204', '304', '404', '500', '503'];
const FIELDS: readonly (readonly [string, string])[] = [
  ['content-type', 'text/plain'], ['x-a', '1'], ['x-a', '2'], ['set-cookie', 'a=b; path=/'], ['cache-control', 'no-cache'], ['date', 'Sat, 28 Nov 2026 09:00:00 GMT'], ['etag', '"abc"'],
  ['server', 'fuzz'], ['x-long', 'v'.repeat(120)], ['x-empty', ''], ['vary', '*'],
];
const BAD_FIELDS: readonly (readonly [string, string])[] = [
  ['X-Upper', '1'], ['connection', 'close'], ['transfer-encoding', 'chunked'], ['x-a', 'b\r\nc: d'], [':path', '/'], [':status', '200'], ['', 'x'], ['x y', '1'], ['te', 'trailers'], ['content-length', 'x'],
];
/** Of those that are used here, their place in the static table. */
const STATIC_NAMES: Readonly<Record<string, number>> = { ':status': 8, 'cache-control': 24, 'content-length': 28, 'content-type': 31, date: 33, etag: 34, server: 54, 'set-cookie': 55, vary: 59 };
const STATIC_STATUS: Readonly<Record<string, number>> = { 200: 8, 204: 9, 206: 10, 304: 11, 400: 12, 404: 13, 500: 14 };
const TABLE = 4096;

interface Open {
  readonly call: number;
  readonly stream: number;
  readonly body: boolean;
  /** The client may have sent all of it. */
  gaveEnd: boolean;
  status: string;
  headSaid: boolean;
  /** Octets of body that Content-Length leaves; -1: it says nothing. */
  owed: number;
  octets: number;
  paused: boolean;
  whilePaused: number;
  lines: string[];
  informed: number;
  padding: number;
  trailers: string;
  outcome: Expected['outcome'];
}

/** Writes what one target says over one connection, and what must come of it. */
export class ScriptWriter {
  readonly #random: Random;
  readonly #scratch: FrameScratch;
  readonly #steps: Step[] = [];
  readonly #calls: Open[] = [];
  /** The table of the target's encoder, the newest first. */
  #table: (readonly [string, string])[] = [];
  #tableSize = 0;
  #tableMost = TABLE;
  #refusedAbove = Infinity;
  #initial = 65_535;

  constructor(random: Random, scratch: FrameScratch) {
    this.#random = random;
    this.#scratch = scratch;
  }

  write(): Script {
    const disorder = this.#pick([ORDERLY, BAD_STREAMS, BAD_STREAMS, BAD_CONNECTION, MUTATED] as const);
    const scratch = this.#scratch;
    scratch.reset();
    this.#hello();
    if (this.#chance(0.3)) this.#quickAnswers();
    for (let i = 4 + Math.floor(this.#random.number() * 24); i > 0; i--) this.#any(disorder);
    if (disorder === BAD_CONNECTION) this.#badFrame();
    else if (this.#chance(0.7)) this.#rest();
    const octets = scratch.written;
    if (disorder === MUTATED) for (let k = 1 + Math.floor(this.#random.number() * 3); k > 0; k--) octets[Math.floor(this.#random.number() * octets.length)] = Math.floor(this.#random.number() * 256);
    return {
      disorder, steps: this.#steps, octets,
      expected: this.#calls.map(({ outcome, status, lines, octets: length, trailers, informed, padding }) => ({ outcome, status: Number(status), lines, octets: length, trailers, informed, padding })),
    };
  }

  // --- what may come

  #hello(): void {
    if (this.#chance(0.2)) this.#setting(this.#pick([1, 3, 5, 6, 99]), 16_384 + Math.floor(this.#random.number() * 1000));
    else this.#frame(T.SETTINGS, 0, 0, () => {}, { stream: SETTINGS, octets: this.#initial });
  }

  #any(disorder: Disorder): void {
    const open = this.#calls.filter(({ outcome }) => outcome === 'open');
    const choice = this.#random.number();
    if (open.length === 0 || (choice < 0.12 && this.#calls.length < 24)) return this.#start();
    const call = this.#pick(open);
    if (choice < 0.55) {
      if (disorder === BAD_STREAMS && this.#chance(0.15)) this.#badStream(call);
      else this.#goOn(call);
    } else if (choice < 0.6) this.#pause(call);
    else if (choice < 0.66) this.#resume(call);
    else if (choice < 0.74) this.#steps.push({ kind: 'give', call: call.call, octets: 1 + Math.floor(this.#random.number() * 40_000) });
    else if (choice < 0.77) {
      call.gaveEnd = true;
      this.#steps.push({ kind: 'giveEnd', call: call.call });
    }
    else if (choice < 0.79) this.#leave(call);
    else if (choice < 0.84) this.#windowUpdate(this.#chance(0.5) ? 0 : call.stream, 1 + Math.floor(this.#random.number() * 50_000));
    else if (choice < 0.87) this.#initialWindow(this.#pick([0, 1, 1000, 65_535, 200_000]));
    else if (choice < 0.9) this.#steps.push({ kind: this.#pick(['clog', 'unclog', 'unclog'] as const) });
    else if (choice < 0.93) this.#frame(T.PING, this.#pick([0, 1]), 0, (scratch) => scratch.fill(8, 1));
    else if (choice < 0.95) this.#frame(this.#pick([T.PRIORITY, 20, 250]), 0, call.stream, (scratch) => scratch.fill(5, 1));
    else if (choice < 0.96) this.#reset(call);
    else if (choice < 0.97) this.#goAway();
    else if (choice < 0.98) this.#setting(this.#pick([1, 3, 99]), this.#pick([0, 10, 128, 4096, 100_000]));
    else this.#late();
  }

  /** Brings everything to its end. */
  #rest(): void {
    this.#steps.push({ kind: 'unclog' });
    for (const call of this.#calls) {
      if (call.outcome !== 'open') continue;
      this.#resume(call);
      for (let i = 0; i < 100 && call.outcome === 'open'; i++) this.#goOn(call);
    }
  }

  #start(): void {
    const call = this.#calls.length;
    // after GOAWAY none is begun
    if (this.#refusedAbove !== Infinity) return;
    const body = this.#chance(0.4);
    this.#calls.push({ call, stream: call * 2 + 1, body, gaveEnd: !body, status: '', headSaid: false, owed: -1, octets: 0, paused: false, whilePaused: 0, lines: [], informed: 0, padding: 0, trailers: '', outcome: 'open' });
    this.#steps.push({ kind: 'start', call, body });
  }

  #pause(call: Open): void {
    if (call.paused || !call.headSaid) return;
    call.paused = true;
    call.whilePaused = 0;
    this.#steps.push({ kind: 'pause', call: call.call });
  }

  #resume(call: Open): void {
    call.paused = false;
    this.#steps.push({ kind: 'resume', call: call.call });
  }

  #leave(call: Open): void {
    this.#steps.push({ kind: 'leave', call: call.call });
    call.outcome = 'left';
  }

  /** The next that an orderly target says on a stream. */
  #goOn(call: Open): void {
    if (!call.headSaid) {
      if (this.#chance(0.1)) return this.#informational(call);
      return this.#head(call);
    }
    const most = call.paused ? Math.max(0, WHILE_PAUSED - call.whilePaused) : 16_384;
    const last = this.#chance(0.4);
    let octets = Math.min(this.#pick(SIZES), most, call.owed === -1 ? Infinity : call.owed);
    if (last && call.owed > octets) {
      if (call.owed > most) return;
      octets = call.owed;
    }
    if (last && octets === 0 && call.owed <= 0 && this.#chance(0.5)) return this.#trailers(call);
    this.#data(call, octets, last);
  }

  #head(call: Open): void {
    // the same answer again, and nearly the same
    if (this.#chance(0.3)) return this.#shortHead(call, false);
    call.status = this.#pick(STATUSES);
    const bare = call.status === '204' || call.status === '304';
    const last = bare || this.#chance(0.2);
    const fields: (readonly [string, string])[] = [[':status', call.status]];
    for (let k = Math.floor(this.#random.number() * 5); k > 0; k--) fields.push(this.#pick(FIELDS));
    if (!bare && this.#chance(0.5)) {
      call.owed = last ? 0 : this.#pick([0, 1, 100, 5000, 40_000]);
      fields.push(['content-length', String(call.owed)]);
    }
    // of several only the last Server is kept
    const server = fields.findLastIndex(([name]) => name === 'server');
    call.lines = fields.filter(([name], index) => !name.startsWith(':') && (name !== 'server' || index === server)).map(([name, value]) => `${name}: ${value}`);
    call.headSaid = true;
    this.#block(call.stream, fields, last);
    if (last) this.#over(call);
  }

  /** Exchanges one after the other that are answered alike, as most are. */
  #quickAnswers(): void {
    for (let i = 3 + Math.floor(this.#random.number() * 12); i > 0; i--) {
      this.#start();
      const call = this.#calls.at(-1)!;
      const trailers = this.#chance(0.2);
      this.#shortHead(call, !trailers);
      if (trailers) this.#trailers(call);
    }
  }

  #shortHead(call: Open, last: boolean): void {
    call.status = '200';
    call.headSaid = true;
    const field = ['x-short', this.#pick(['1', '2', '3'])] as const;
    call.lines = [`${field[0]}: ${field[1]}`];
    this.#block(call.stream, [[':status', '200'], field], last, this.#pick([1, 2, 2, 2]));
    if (last) this.#over(call);
  }

  #informational(call: Open): void {
    const status = this.#pick(['100', '103']);
    if (status === '103') call.informed++;
    this.#block(call.stream, [[':status', status], ['link', '</a>']], false);
  }

  #trailers(call: Open): void {
    call.trailers = 'x-sum: 1\r\n';
    this.#block(call.stream, [['x-sum', '1']], true);
    this.#over(call);
  }

  #data(call: Open, octets: number, last: boolean): void {
    const padding = this.#chance(0.1) && octets + 20 < (call.paused ? WHILE_PAUSED - call.whilePaused : 16_384) ? 1 + Math.floor(this.#random.number() * 10) : 0;
    this.#frame(T.DATA, (last ? END_STREAM : 0) | (padding > 0 ? PADDED : 0), call.stream, (scratch) => {
      if (padding > 0) scratch.byte(padding - 1);
      scratch.raw(bodyOctets(call.stream, call.octets, octets));
      if (padding > 1) scratch.fill(padding - 1, 0);
    });
    call.whilePaused += octets + padding;
    call.octets += octets;
    call.padding += padding;
    if (call.owed !== -1) call.owed -= octets;
    if (last) this.#over(call);
  }

  #over(call: Open): void {
    // what waits for the client is whole when it is taken
    call.outcome = 'whole';
    if (call.paused) this.#resume(call);
  }

  #reset(call: Open): void {
    this.#number(T.RST_STREAM, call.stream, this.#pick([0, 2, 7, 8]));
    call.outcome = 'broken';
  }

  /** GOAWAY: what it has not looked at is refused. */
  #goAway(): void {
    const last = this.#pick([2_147_483_647, ...this.#calls.map(({ stream }) => stream)]);
    this.#refusedAbove = last;
    this.#frame(T.GOAWAY, 0, 0, (scratch) => {
      scratch.uint32(last);
      scratch.uint32(0);
    });
    for (const call of this.#calls) if (call.outcome === 'open' && call.stream > last) call.outcome = 'refused';
  }

  /** Frames on a stream that is over: they were on their way, unless both sides have ended it (`#badFrame`). */
  #late(): void {
    const over = this.#calls.filter(({ outcome, gaveEnd }) => outcome !== 'open' && !(outcome === 'whole' && gaveEnd));
    if (over.length === 0) return;
    const { stream } = this.#pick(over);
    const choice = this.#random.number();
    if (choice < 0.3) this.#frame(T.DATA, this.#pick([0, 1]), stream, (scratch) => scratch.fill(50, 1));
    else if (choice < 0.6) this.#block(stream, [[':status', '200'], this.#pick(FIELDS)], this.#chance(0.5));
    else if (choice < 0.8) this.#number(T.RST_STREAM, stream, 8);
    else this.#number(T.WINDOW_UPDATE, stream, 5);
  }

  #windowUpdate(stream: number, octets: number): void {
    this.#number(T.WINDOW_UPDATE, stream, octets, { stream, octets });
  }

  #initialWindow(octets: number): void {
    this.#initial = octets;
    this.#setting(4, octets);
  }

  // --- what may not

  #badStream(call: Open): void {
    const { stream } = call;
    const choice = Math.floor(this.#random.number() * 7);
    call.outcome = 'broken';
    switch (choice) {
      case 0:
        if (call.headSaid) return this.#block(stream, [['x-sum', '1'], this.#pick(BAD_FIELDS.filter(([name]) => name !== 'te'))], true);
        return this.#block(stream, [[':status', '200'], this.#pick(BAD_FIELDS)], this.#chance(0.5));
      case 1:
        if (call.headSaid) return this.#block(stream, [[':status', '200']], false);
        return this.#block(stream, this.#pick([[['x-a', '1']], [[':status', '20']], [['x-a', '1'], [':status', '200']], [[':status', '101']]] as const), false);
      case 2:
        // more than the length says, or before the head, or with the wrong end
        if (!call.headSaid || call.owed !== -1) return this.#frame(T.DATA, END_STREAM, stream, (scratch) => scratch.raw(bodyOctets(stream, call.octets, call.owed === 7 ? 8 : 7)));
        return this.#number(T.WINDOW_UPDATE, stream, 0);
      case 3:
        return this.#number(T.WINDOW_UPDATE, stream, 0);
      case 4:
        this.#windowUpdate(stream, 2_147_483_647);
        return this.#windowUpdate(stream, 2_147_483_647);
      case 5:
        // more than anybody has let it send: nobody reads
        if (!call.headSaid || call.owed !== -1) return this.#number(T.WINDOW_UPDATE, stream, 0);
        this.#steps.push({ kind: 'pause', call: call.call });
        for (let k = 0; k < 6; k++) {
          this.#frame(T.DATA, 0, stream, (scratch) => scratch.raw(bodyOctets(stream, call.octets, 16_384)));
          call.octets += 16_384;
        }
        return;
      default:
        // goes on after its end, while the client has not taken all of it
        if (!call.headSaid || call.owed !== -1 || call.paused) return this.#number(T.RST_STREAM, stream, 2);
        this.#steps.push({ kind: 'pause', call: call.call });
        this.#data(call, 100, false);
        this.#frame(T.DATA, END_STREAM, stream, (scratch) => scratch.raw(bodyOctets(stream, call.octets, 1)));
        if (this.#chance(0.5)) this.#frame(T.DATA, this.#pick([0, 1]), stream, (scratch) => scratch.raw(bodyOctets(stream, call.octets + 1, 5)));
        else this.#block(stream, [['x-sum', '1']], true);
        // its answer was whole before
        call.octets += 1;
        call.outcome = 'whole';
        this.#steps.push({ kind: 'resume', call: call.call });
    }
  }

  /** An error of the connection, whatever was before. */
  #badFrame(): void {
    const idle = 2 * this.#calls.length + 1;
    const choice = Math.floor(this.#random.number() * 18);
    const filled = (type: number, stream: number, octets: number, flags = 0): void => this.#frame(type, flags, stream, (scratch) => scratch.fill(octets, 1));
    switch (choice) {
      case 0: return filled(T.PUSH_PROMISE, 1, 8, END_HEADERS);
      case 1: return filled(T.PING, 0, 7);
      case 2: return filled(T.PING, 1, 8);
      case 3: return filled(T.SETTINGS, 0, 5);
      case 4: return filled(T.SETTINGS, 1, 0);
      case 5: return filled(T.SETTINGS, 0, 6, 1);
      case 6: return this.#setting(4, 2_147_483_648);
      case 7: return this.#setting(5, 100);
      case 8: return this.#number(T.WINDOW_UPDATE, 0, 0);
      case 9:
        this.#windowUpdate(0, 2_147_483_647);
        return this.#windowUpdate(0, 2_147_483_647);
      case 10: return this.#number(T.RST_STREAM, idle, 8);
      case 11: return filled(T.DATA, this.#pick([0, 2, idle]), 5);
      case 12: return this.#block(this.#pick([0, 2, idle]), [[':status', '200']], true);
      case 13: return filled(T.CONTINUATION, 1, 5, END_HEADERS);
      case 14:
        this.#frame(T.HEADERS, 0, idle, (scratch) => scratch.fill(1, 0x88));
        return filled(T.PING, 0, 8);
      case 15: return filled(T.GOAWAY, 0, 7);
      case 16: {
        // a message goes on that both sides have ended
        this.#start();
        const call = this.#calls.at(-1);
        if (call === undefined || call.body || call.outcome !== 'open' || call.headSaid) return filled(T.PING, 0, 7);
        this.#shortHead(call, true);
        return this.#chance(0.5) ? filled(T.DATA, call.stream, 5) : this.#block(call.stream, [[':status', '200']], true);
      }
      default:
        // an index that no table has
        return this.#frame(T.HEADERS, END_HEADERS | END_STREAM, idle, (scratch) => scratch.raw(Buffer.from([0xff, 0xff, 0x0f])));
    }
  }

  // --- frames

  #frame(type: number, flags: number, stream: number, payload: (scratch: FrameScratch) => void, window: { readonly stream: number; readonly octets: number } | null = null): void {
    const scratch = this.#scratch;
    scratch.begin(type, flags, stream);
    payload(scratch);
    scratch.end();
    this.#steps.push({ kind: 'feed', to: scratch.written.length, window });
  }

  #number(type: number, stream: number, value: number, window: { readonly stream: number; readonly octets: number } | null = null): void {
    this.#frame(type, 0, stream, (scratch) => scratch.uint32(value), window);
  }

  #setting(id: number, value: number): void {
    this.#frame(T.SETTINGS, 0, 0, (scratch) => {
      scratch.uint16(id);
      scratch.uint32(value);
    }, { stream: SETTINGS, octets: this.#initial });
  }

  /** `how`: see `#field`; targets mostly say the same in the same way. */
  #block(stream: number, fields: readonly (readonly [string, string])[], last: boolean, how = this.#pick([0, 1, 2])): void {
    const scratch = this.#scratch;
    const padded = this.#chance(0.1);
    // padding ends the frame that says how much there is of it
    const split = !padded && this.#chance(0.1);
    scratch.begin(T.HEADERS, (last ? END_STREAM : 0) | (padded ? PADDED : 0) | (split ? 0 : END_HEADERS), stream);
    if (padded) scratch.byte(3);
    if (this.#chance(0.08)) this.#resize(this.#pick([0, 60, 90, 130, TABLE]));
    for (const [name, value] of fields) this.#field(name, value, how);
    if (padded) scratch.fill(3, 0);
    scratch.end();
    if (split) scratch.split(Math.floor(this.#random.number() * scratch.payload), T.CONTINUATION, END_HEADERS);
    this.#steps.push({ kind: 'feed', to: scratch.written.length, window: null });
  }

  #resize(size: number): void {
    this.#scratch.integer(0x20, 0x1f, size);
    this.#tableMost = size;
    this.#evict(size);
  }

  /** `how`: 0 as a literal that no table remembers; 1 into the table each time; 2 by its index where there is one. */
  #field(name: string, value: string, how: number): void {
    const scratch = this.#scratch;
    if (how === 0 || name === '') return scratch.field(name, value);
    if (how === 2) {
      const known = this.#table.findIndex(([n, v]) => n === name && v === value);
      if (known !== -1) return scratch.integer(0x80, 0x7f, 62 + known);
      if (name === ':status' && STATIC_STATUS[value] !== undefined) return scratch.integer(0x80, 0x7f, STATIC_STATUS[value]);
    }
    const byName = this.#table.findIndex(([n]) => n === name);
    const index = STATIC_NAMES[name] ?? (byName === -1 ? 0 : 62 + byName);
    scratch.integer(0x40, 0x3f, index);
    if (index === 0) scratch.text(name);
    scratch.text(value);
    const size = name.length + value.length + 32;
    this.#evict(this.#tableMost - size);
    if (size > this.#tableMost) return;
    this.#table.unshift([name, value]);
    this.#tableSize += size;
  }

  #evict(most: number): void {
    while (this.#table.length > 0 && this.#tableSize > most) {
      const [name, value] = this.#table.pop()!;
      this.#tableSize -= name.length + value.length + 32;
    }
  }

  #chance(of: number): boolean {
    return this.#random.number() < of;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random.number() * items.length)]!;
  }
}
