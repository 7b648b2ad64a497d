import { type ErrorCode, FLOW_CONTROL_ERROR, NO_ERROR, PROTOCOL_ERROR, WINDOW_MOST } from '../../wire/http2/index.ts';

/** So long, and for so many octets more, a client may go on with a request that has been answered before it is told to stop. */
const PATIENCE_MS = 500;
const PATIENCE_OCTETS = 16 * 1024;

/** What is kept of an exchange whose answer was whole before its request was. */
export interface Unfinished {
  readonly id: number;
  readonly sendWindow: number;
  readonly receiveWindow: number;
  /** Octets of the body that Content-Length still promises; -1: nobody said. */
  readonly owed: number;
}

interface Answered {
  sendWindow: number;
  receiveWindow: number;
  owed: number;
  patience: number;
  readonly until: number;
}

/** The stream is none of these. */
export const UNKNOWN = -1;
/** Nothing is to be said. */
export const FINE = -2;
export type Verdict = ErrorCode | typeof UNKNOWN | typeof FINE;

/**
 * The streams of one connection that are half-closed (local): answered, while the client still sends. What it sends is dropped, but held to the rules
 * like any request, since the client cannot know yet that nobody listens; a moment later it is told by a reset without an error (RFC 9113 section 8.1).
 */
export class AnsweredStreams {
  readonly #streams = new Map<number, Answered>();

  get size(): number {
    return this.#streams.size;
  }

  has(stream: number): boolean {
    return this.#streams.has(stream);
  }

  add({ id, sendWindow, receiveWindow, owed }: Unfinished, now: number): void {
    this.#streams.set(id, { sendWindow, receiveWindow, owed, patience: PATIENCE_OCTETS, until: now + PATIENCE_MS });
  }

  delete(stream: number): void {
    this.#streams.delete(stream);
  }

  /** The head of a DATA frame: the code to reset the stream with. */
  frame(stream: number, length: number): Verdict {
    const answered = this.#streams.get(stream);
    if (answered === undefined) return UNKNOWN;
    answered.receiveWindow -= length;
    answered.patience -= length;
    if (answered.receiveWindow < 0) return this.#over(stream, FLOW_CONTROL_ERROR);
    return FINE;
  }

  /** Octets of DATA. */
  data(stream: number, octets: number): Verdict {
    const answered = this.#streams.get(stream);
    if (answered === undefined) return UNKNOWN;
    if (answered.owed !== -1 && (answered.owed -= octets) < 0) return this.#over(stream, PROTOCOL_ERROR);
    return answered.patience < 0 ? this.#over(stream, NO_ERROR) : FINE;
  }

  /** END_STREAM, with DATA or with trailers; `valid`: those could be read. */
  end(stream: number, valid: boolean): Verdict {
    const answered = this.#streams.get(stream);
    if (answered === undefined) return UNKNOWN;
    return this.#over(stream, valid && answered.owed <= 0 ? FINE : PROTOCOL_ERROR);
  }

  windowUpdate(stream: number, increment: number): Verdict {
    const answered = this.#streams.get(stream);
    if (answered === undefined) return UNKNOWN;
    if (increment === 0) return this.#over(stream, PROTOCOL_ERROR);
    answered.sendWindow += increment;
    return answered.sendWindow > WINDOW_MOST ? this.#over(stream, FLOW_CONTROL_ERROR) : FINE;
  }

  /** Those that have had their time; all of them `at` Infinity. */
  takeDue(at: number): number[] {
    const due: number[] = [];
    for (const [stream, { until }] of this.#streams) if (until <= at) due.push(stream);
    for (const stream of due) this.#streams.delete(stream);
    return due;
  }

  /** From now until the first has had its time. */
  nextIn(now: number): number {
    const first = this.#streams.values().next();
    return first.done === true ? PATIENCE_MS : Math.max(first.value.until - now, 0);
  }

  #over(stream: number, verdict: Verdict): Verdict {
    this.#streams.delete(stream);
    return verdict;
  }
}
