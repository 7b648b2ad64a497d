import type { Clock, Timer } from '../../kernel/index.ts';
import { LINE_START, type LogChunk } from '../../snapshot/index.ts';

/** Where lines go: a stream of a log group of CloudWatch. */
export interface ApiLogStream {
  readonly account: string;
  readonly region: string;
  readonly group: string;
  readonly stream: string;
}

/** Lines as they cross from one thread to another. */
export interface ApiLogLines {
  readonly to: ApiLogStream;
  readonly chunk: LogChunk;
}

/** Octets of lines of all streams together that wait at most. */
const MOST = 16 * 1024 * 1024;
const EVERY_MS = 100;
const FIRST_ROOM = 4096;
/** Buffers that are kept for the streams that write next, and how long they are at most. */
const SPARE_BUFFERS = 8;
const SPARE_ROOM = 256 * 1024;
const NO_ROOM = Buffer.alloc(0);
/** So few octets are copied sooner than a call is made. */
const SHORT = 24;

/**
 * A stream as one observer writes it: its lines, as octets, until they are handed over (strings that wait would be copied by every collection of garbage in
 * between). A line is `begin`, its pieces, `end`.
 */
export class ApiLog {
  readonly to: ApiLogStream;
  readonly #logs: ApiLogs;
  #octets: Buffer = NO_ROOM;
  #length = 0;
  /** Where the line began, and its time. */
  #from = 0;
  #at = 0;
  #stampBytes = 0;
  #count = 0;
  #first = Infinity;
  #last = -Infinity;

  constructor(logs: ApiLogs, to: ApiLogStream) {
    this.#logs = logs;
    this.to = to;
  }

  /** A whole line. `text` has no NUL. False: there is no room, and the line is lost. */
  write(time: number, text: string): boolean {
    if (!this.begin(time)) return false;
    this.text(text);
    this.end();
    return true;
  }

  /** False: there is no room for a line. */
  begin(time: number): boolean {
    if (this.#logs.isFull) return false;
    if (this.#octets === NO_ROOM) this.#octets = this.#logs.room();
    this.#at = Math.floor(time);
    this.#from = this.#length;
    const stamp = this.#logs.stamp(this.#at);
    this.octets(stamp);
    this.#stampBytes += stamp.length;
    return true;
  }

  /** UTF-8 without NUL. */
  octets(piece: Uint8Array): void {
    const { length } = piece;
    this.#fit(length);
    const octets = this.#octets;
    const at = this.#length;
    if (length > SHORT) octets.set(piece, at);
    else for (let i = 0; i < length; i++) octets[at + i] = piece[i]!;
    this.#length = at + length;
  }

  /** Has no NUL. */
  text(text: string): void {
    // no character takes more than three octets, of UTF-16 or of UTF-8
    this.#fit(3 * text.length);
    this.#length += this.#octets.write(text, this.#length, 'utf8');
  }

  end(): void {
    if (this.#count++ === 0) this.#logs.waits(this);
    if (this.#at < this.#first) this.#first = this.#at;
    if (this.#at > this.#last) this.#last = this.#at;
    this.#logs.grew(this.#length - this.#from);
  }

  /** What waits. It has its memory to itself, so that it can go to another thread without another copy. */
  take(): LogChunk {
    const octets = Uint8Array.prototype.slice.call(this.#octets, 0, this.#length);
    const chunk = { octets, count: this.#count, firstTimestamp: this.#first, lastTimestamp: this.#last, bytes: this.#length - this.#stampBytes };
    this.#logs.giveBack(this.#octets);
    this.#octets = NO_ROOM;
    this.#length = this.#stampBytes = this.#count = 0;
    this.#first = Infinity;
    this.#last = -Infinity;
    return chunk;
  }

  #fit(more: number): void {
    const room = this.#length + more;
    if (room <= this.#octets.length) return;
    const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(room)));
    this.#octets.copy(larger, 0, 0, this.#length);
    this.#octets = larger;
  }
}

/** Logs of APIs on their way out of a worker: handed over ten times a second, many lines at once, as octets. */
export class ApiLogs {
  readonly #hand: (batch: readonly ApiLogLines[]) => void;
  readonly #timer: Timer;
  #waiting: ApiLog[] = [];
  #size = 0;
  #at = -1;
  #stamp: Uint8Array = NO_ROOM;
  readonly #spare: Buffer[] = [];

  constructor(clock: Clock, hand: (batch: readonly ApiLogLines[]) => void) {
    this.#hand = hand;
    this.#timer = clock.every(EVERY_MS, () => this.flush());
  }

  /** A log of its own for who asks: two of one name are joined where they are kept. */
  open(to: ApiLogStream): ApiLog {
    return new ApiLog(this, to);
  }

  get isFull(): boolean {
    return this.#size >= MOST;
  }

  /** What stands before a line of that time. */
  stamp(at: number): Uint8Array {
    if (at !== this.#at) {
      this.#at = at;
      this.#stamp = Buffer.from(`${LINE_START}${at} `, 'latin1');
    }
    return this.#stamp;
  }

  /** For the lines of a log until it hands them over. */
  room(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(FIRST_ROOM);
  }

  giveBack(room: Buffer): void {
    if (this.#spare.length < SPARE_BUFFERS && room.length <= SPARE_ROOM) this.#spare.push(room);
  }

  /** A log has its first line to be handed over. */
  waits(log: ApiLog): void {
    this.#waiting.push(log);
  }

  grew(octets: number): void {
    this.#size += octets;
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting.map((log): ApiLogLines => ({ to: log.to, chunk: log.take() }));
    this.#waiting = [];
    this.#size = 0;
    this.#hand(batch);
  }

  close(): void {
    this.#timer.cancel();
    this.flush();
  }
}
