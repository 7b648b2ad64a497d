import type { Clock, Timer } from '../../kernel/index.ts';

/** Where lines go: a stream of a log group of CloudWatch. */
export interface ApiLogStream {
  readonly account: string;
  readonly region: string;
  readonly group: string;
  readonly stream: string;
}

/** Lines as they cross from one thread to another: one text and one array cost a fraction of an object a line. */
export interface ApiLogLines {
  readonly to: ApiLogStream;
  readonly times: Float64Array;
  /** Joined by NUL, which no line has. */
  readonly text: string;
}

const SEPARATOR = '\0';

/** The lines of a batch, one by one. */
export function linesOf({ times, text }: ApiLogLines): readonly { readonly time: number; readonly text: string }[] {
  return text.split(SEPARATOR).map((line, i) => ({ time: times[i]!, text: line }));
}

/** Lines of all streams together that wait at most. */
const MOST = 20_000;
const EVERY_MS = 100;

interface Waiting {
  readonly to: ApiLogStream;
  readonly times: number[];
  readonly texts: string[];
}

/** Access logs of APIs on their way out of a worker: handed over ten times a second, many at once. */
export class ApiLogs {
  readonly #hand: (batch: readonly ApiLogLines[]) => void;
  readonly #timer: Timer;
  /** By the object that an observer has for its stream: two of one name are joined where they are kept. */
  readonly #waiting = new Map<ApiLogStream, Waiting>();
  #count = 0;

  constructor(clock: Clock, hand: (batch: readonly ApiLogLines[]) => void) {
    this.#hand = hand;
    this.#timer = clock.every(EVERY_MS, () => this.flush());
  }

  /** False: there is no room, and the line is lost. */
  write(to: ApiLogStream, time: number, text: string): boolean {
    if (this.#count >= MOST) return false;
    let waiting = this.#waiting.get(to);
    if (waiting === undefined) this.#waiting.set(to, (waiting = { to, times: [], texts: [] }));
    waiting.times.push(time);
    waiting.texts.push(text.includes(SEPARATOR) ? text.replaceAll(SEPARATOR, ' ') : text);
    this.#count++;
    return true;
  }

  flush(): void {
    if (this.#count === 0) return;
    const batch = Array.from(this.#waiting.values(), ({ to, times, texts }): ApiLogLines => ({ to, times: Float64Array.from(times), text: texts.join(SEPARATOR) }));
    this.#waiting.clear();
    this.#count = 0;
    this.#hand(batch);
  }

  close(): void {
    this.#timer.cancel();
    this.flush();
  }
}
