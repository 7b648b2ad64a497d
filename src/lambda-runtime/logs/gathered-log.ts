import type { Clock, Timer } from '../../kernel/index.ts';
import type { LogBatch, LogLine, LogSink } from './log-sink.ts';

/** Lines wait so long for others, at most. */
const REST_MS = 25;
/** Characters that are handed over at once. */
const MOST = 256 * 1024;

/** Gathers the lines of many invocations into few batches: handing over is what costs, not the lines. Each stream keeps its order. */
export class GatheredLog implements LogSink {
  readonly #clock: Clock;
  readonly #sink: LogSink;
  readonly #streams = new Map<string, { readonly target: Omit<LogBatch, 'lines'>; readonly lines: LogLine[] }>();
  #length = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock, sink: LogSink) {
    this.#clock = clock;
    this.#sink = sink;
  }

  write({ lines, ...target }: LogBatch): void {
    const key = `${target.functionArn} ${target.logGroup} ${target.logStream}`;
    const stream = this.#streams.get(key);
    if (stream) stream.lines.push(...lines);
    else this.#streams.set(key, { target, lines: [...lines] });
    for (const { message } of lines) this.#length += message.length;
    if (this.#length >= MOST) this.flush();
    else this.#timer ??= this.#clock.after(REST_MS, () => this.flush());
  }

  flush(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#length = 0;
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const { target, lines } of streams) this.#sink.write({ ...target, lines });
  }
}
