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

/** The lines of a stream that wait, as octets: strings that wait would be copied by every collection of garbage in between. */
class Waiting {
  readonly to: ApiLogStream;
  #octets = Buffer.allocUnsafeSlow(FIRST_ROOM);
  #length = 0;
  #stampBytes = 0;
  #count = 0;
  #first = Infinity;
  #last = -Infinity;

  constructor(to: ApiLogStream) {
    this.to = to;
  }

  /** Octets that it has grown by. */
  add(at: number, stamp: string, text: string): number {
    // no character takes more than three octets, of UTF-16 or of UTF-8
    const room = this.#length + stamp.length + 3 * text.length;
    if (room > this.#octets.length) this.#grow(room);
    const from = this.#length;
    const start = from + this.#octets.write(stamp, from, 'latin1');
    this.#length = start + this.#octets.write(text, start, 'utf8');
    this.#stampBytes += stamp.length;
    this.#count++;
    if (at < this.#first) this.#first = at;
    if (at > this.#last) this.#last = at;
    return this.#length - from;
  }

  /** A chunk has its memory to itself, so that it can go to another thread without another copy. */
  chunk(): LogChunk {
    const octets = Uint8Array.prototype.slice.call(this.#octets, 0, this.#length);
    return { octets, count: this.#count, firstTimestamp: this.#first, lastTimestamp: this.#last, bytes: this.#length - this.#stampBytes };
  }

  #grow(room: number): void {
    const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(room)));
    this.#octets.copy(larger, 0, 0, this.#length);
    this.#octets = larger;
  }
}

/** Access logs of APIs on their way out of a worker: handed over ten times a second, many at once, as octets. */
export class ApiLogs {
  readonly #hand: (batch: readonly ApiLogLines[]) => void;
  readonly #timer: Timer;
  /** By the object that an observer has for its stream: two of one name are joined where they are kept. */
  readonly #waiting = new Map<ApiLogStream, Waiting>();
  #size = 0;
  #at = -1;
  #stamp = '';

  constructor(clock: Clock, hand: (batch: readonly ApiLogLines[]) => void) {
    this.#hand = hand;
    this.#timer = clock.every(EVERY_MS, () => this.flush());
  }

  /** `text` has no NUL. False: there is no room, and the line is lost. */
  write(to: ApiLogStream, time: number, text: string): boolean {
    if (this.#size >= MOST) return false;
    const at = Math.floor(time);
    if (at !== this.#at) {
      this.#at = at;
      this.#stamp = `${LINE_START}${at} `;
    }
    let waiting = this.#waiting.get(to);
    if (waiting === undefined) this.#waiting.set(to, (waiting = new Waiting(to)));
    this.#size += waiting.add(at, this.#stamp, text);
    return true;
  }

  flush(): void {
    if (this.#waiting.size === 0) return;
    const batch = Array.from(this.#waiting.values(), (waiting): ApiLogLines => ({ to: waiting.to, chunk: waiting.chunk() }));
    this.#waiting.clear();
    this.#size = 0;
    this.#hand(batch);
  }

  close(): void {
    this.#timer.cancel();
    this.flush();
  }
}
