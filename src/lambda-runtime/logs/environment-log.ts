import type { Readable } from 'node:stream';
import type { Clock } from '../../kernel/index.ts';
import { FrameReader } from './frame-reader.ts';
import { LineSplitter } from './line-splitter.ts';
import type { LogBatch, LogLine, LogSink } from './log-sink.ts';

/** `LogType: Tail` shows the last 4 KB. */
const TAIL_BYTES = 4096;
/** More than this in a second from one environment is dropped, and said: a function in a printing loop must not take its host's CPU. */
const BYTES_PER_SECOND = 8 * 1024 * 1024;
/** How long an invocation's last records are waited for. They were written before its result, on another descriptor. */
const DRAIN_MS = 200;

/** Who prints: the function with its runtime, or an extension. */
export type Source = 'function' | 'extension';
export type Heard = (source: Source, timestamp: number, line: string) => void;

/** The log stream of one execution environment: gathers what the function and the platform write, in order, and hands it to the sink. */
export class EnvironmentLog {
  readonly #clock: Clock;
  readonly #sink: LogSink;
  readonly #heard: Heard;
  readonly #target: Omit<LogBatch, 'lines'>;
  readonly #frames: FrameReader;
  #lines: LogLine[] = [];
  #tail: string[] | null = null;
  #tailLength = 0;
  #window = 0;
  #windowBytes = 0;
  #dropped = 0;
  #open = 0;
  #onClosed: (() => void) | null = null;
  #waiting: { readonly records: number; readonly run: () => void } | null = null;

  /** `heard` is told each line that a process has printed, as it is kept. */
  constructor(clock: Clock, to: { readonly sink: LogSink; readonly heard: Heard }, target: Omit<LogBatch, 'lines'>) {
    this.#clock = clock;
    this.#sink = to.sink;
    this.#heard = to.heard;
    this.#target = target;
    this.#frames = new FrameReader((timestamp, record) => this.#output('function', timestamp, record));
  }

  /** Reads what a process prints, line by line. */
  attach(source: Source, output: Readable | null): void {
    if (!output) return;
    const splitter = new LineSplitter((line) => this.#output(source, this.#clock.now(), line));
    output.on('data', (chunk: Buffer) => {
      splitter.push(chunk);
      this.flush();
    });
    this.#hold(output, () => splitter.end());
  }

  /** Reads the framed records of the bundled runtime. */
  attachRecords(records: Readable | null): void {
    if (!records) return;
    records.on('data', (chunk: Buffer) => {
      this.#frames.push(chunk);
      this.flush();
      if (this.#waiting && this.#frames.count >= this.#waiting.records) this.#release();
    });
    this.#hold(records, () => {});
  }

  /** A line of the platform's own; ends in a newline. It leaves with the next `flush`. */
  platform(message: string): void {
    this.#add(this.#clock.now(), message);
  }

  /** Starts to gather the tail. */
  startTail(): void {
    this.#tail = [];
    this.#tailLength = 0;
  }

  /** The last 4 KB since `startTail`; empty if that was not called. */
  takeTail(): string {
    const text = Buffer.from((this.#tail ?? []).join(''), 'utf8');
    this.#tail = null;
    if (text.length <= TAIL_BYTES) return text.toString('utf8');
    // Cut between characters: a continuation byte of UTF-8 begins with 10.
    let from = text.length - TAIL_BYTES;
    while ((text[from]! & 0xc0) === 0x80) from++;
    return text.toString('utf8', from);
  }

  /**
   * Runs `run` once what the function printed before its result has been read. `records`: how many framed records it has written in all, or null for a
   * runtime that does not say; then, and where `outputs` is set, one turn of the loop is left to the pipes.
   */
  drained(records: number | null, outputs: boolean, run: () => void): void {
    if (records === null || outputs) {
      setImmediate(() => setImmediate(() => this.drained(records ?? 0, false, run)));
      return;
    }
    if (this.#frames.count >= records) {
      run();
      return;
    }
    const timer = this.#clock.after(DRAIN_MS, () => this.#release());
    this.#waiting = {
      records,
      run: () => {
        timer.cancel();
        run();
      },
    };
  }

  /** Runs `run` once every output has been read to its end. Outputs that a surviving child of the function holds open are not waited for long. */
  closed(run: () => void): void {
    if (this.#open === 0) {
      run();
      return;
    }
    const timer = this.#clock.after(DRAIN_MS, () => this.#allClosed());
    this.#onClosed = () => {
      timer.cancel();
      run();
    };
  }

  /** Hands over what has gathered. */
  flush(): void {
    if (this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    this.#sink.write({ ...this.#target, lines });
  }

  #hold(output: Readable, end: () => void): void {
    this.#open++;
    output.on('error', () => {});
    output.on('close', () => {
      end();
      this.flush();
      this.#open--;
      if (this.#open === 0) this.#allClosed();
    });
  }

  #allClosed(): void {
    const run = this.#onClosed;
    this.#onClosed = null;
    run?.();
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.run();
  }

  #output(source: Source, timestamp: number, line: string): void {
    const second = Math.floor(this.#clock.monotonic() / 1000);
    if (second !== this.#window) {
      this.#window = second;
      this.#windowBytes = 0;
      if (this.#dropped > 0) {
        const dropped = this.#dropped;
        this.#dropped = 0;
        this.#add(timestamp, `LOGS Dropped: ${dropped} bytes, written faster than ${BYTES_PER_SECOND} bytes in a second\n`);
      }
    }
    this.#windowBytes += line.length;
    if (this.#windowBytes > BYTES_PER_SECOND) this.#dropped += line.length;
    else {
      this.#add(timestamp, `${line}\n`);
      this.#heard(source, timestamp, line);
    }
  }

  #add(timestamp: number, message: string): void {
    this.#lines.push({ timestamp, message });
    if (!this.#tail) return;
    this.#tail.push(message);
    this.#tailLength += message.length;
    while (this.#tail.length > 1 && this.#tailLength - this.#tail[0]!.length >= TAIL_BYTES) this.#tailLength -= this.#tail.shift()!.length;
  }
}
