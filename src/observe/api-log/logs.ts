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

/** Characters of lines of all streams together that wait at most. */
const MOST = 16 * 1024 * 1024;
const EVERY_MS = 100;

interface Waiting {
  readonly to: ApiLogStream;
  /** Times and texts in turn. */
  readonly parts: string[];
  /** Of the times, with what stands around them. */
  stampBytes: number;
  first: number;
  last: number;
}

/** Access logs of APIs on their way out of a worker: handed over ten times a second, many at once, as octets. */
export class ApiLogs {
  readonly #hand: (batch: readonly ApiLogLines[]) => void;
  readonly #timer: Timer;
  readonly #encoder = new TextEncoder();
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
    if (waiting === undefined) this.#waiting.set(to, (waiting = { to, parts: [], stampBytes: 0, first: at, last: at }));
    waiting.parts.push(this.#stamp, text);
    waiting.stampBytes += this.#stamp.length;
    if (at < waiting.first) waiting.first = at;
    else if (at > waiting.last) waiting.last = at;
    this.#size += text.length;
    return true;
  }

  flush(): void {
    if (this.#waiting.size === 0) return;
    const batch = Array.from(this.#waiting.values(), ({ to, parts, stampBytes, first, last }): ApiLogLines => {
      // has its memory to itself, so that it can go to another thread without a copy
      const octets = this.#encoder.encode(parts.join(''));
      return { to, chunk: { octets, count: parts.length / 2, firstTimestamp: first, lastTimestamp: last, bytes: octets.length - stampBytes } };
    });
    this.#waiting.clear();
    this.#size = 0;
    this.#hand(batch);
  }

  close(): void {
    this.#timer.cancel();
    this.flush();
  }
}
