import { type ErrorCode, FLOW_CONTROL_ERROR, NO_ERROR, PROTOCOL_ERROR, WINDOW_MOST } from '../../wire/http2/index.ts';

/**
 * A client that still sends a request that has been answered is told to stop when it has sent nothing for so long, or so many octets more. Most bodies end before, and
 * most clients have read the answer: curl 7.88, for one, loses an answer that a reset comes with. The window for those octets is given with the answer, since that curl
 * reads nothing behind an answer of 2xx, and waits for ever where it has no window to go on.
 */
const PATIENCE_MS = 500;
export const PATIENCE_OCTETS = 1024 * 1024;

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
  until: number;
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

  /** Its window has been opened by `PATIENCE_OCTETS`. */
  add({ id, sendWindow, receiveWindow, owed }: Unfinished, now: number): void {
    this.#streams.set(id, { sendWindow, receiveWindow: receiveWindow + PATIENCE_OCTETS, owed, patience: PATIENCE_OCTETS, until: now + PATIENCE_MS });
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
  data(stream: number, octets: number, now: number): Verdict {
    const answered = this.#streams.get(stream);
    if (answered === undefined) return UNKNOWN;
    answered.until = now + PATIENCE_MS;
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
    let first = now + PATIENCE_MS;
    for (const { until } of this.#streams.values()) first = Math.min(first, until);
    return Math.max(first - now, 0);
  }

  #over(stream: number, verdict: Verdict): Verdict {
    this.#streams.delete(stream);
    return verdict;
  }
}
