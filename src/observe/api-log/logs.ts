import type { Clock, Timer } from '../../kernel/index.ts';

/** Where lines go: a stream of a log group of CloudWatch. */
export interface ApiLogStream {
  readonly account: string;
  readonly region: string;
  readonly group: string;
  readonly stream: string;
}

export interface ApiLogLines {
  readonly to: ApiLogStream;
  readonly lines: readonly { readonly time: number; readonly text: string }[];
}

/** Lines of all streams together that wait at most. */
const MOST = 20_000;
const EVERY_MS = 100;

interface Waiting {
  readonly to: ApiLogStream;
  lines: { time: number; text: string }[];
}

/** Access logs of APIs on their way out of a worker: handed over ten times a second, many at once. */
export class ApiLogs {
  readonly #hand: (batch: readonly ApiLogLines[]) => void;
  readonly #timer: Timer;
  readonly #waiting = new Map<string, Waiting>();
  #count = 0;

  constructor(clock: Clock, hand: (batch: readonly ApiLogLines[]) => void) {
    this.#hand = hand;
    this.#timer = clock.every(EVERY_MS, () => this.flush());
  }

  /** False: there is no room, and the line is lost. */
  write(to: ApiLogStream, time: number, text: string): boolean {
    if (this.#count >= MOST) return false;
    const key = `${to.account} ${to.region} ${to.group} ${to.stream}`;
    let waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, (waiting = { to, lines: [] }));
    waiting.lines.push({ time, text });
    this.#count++;
    return true;
  }

  flush(): void {
    if (this.#count === 0) return;
    const batch = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#count = 0;
    this.#hand(batch);
  }

  close(): void {
    this.#timer.cancel();
    this.flush();
  }
}
