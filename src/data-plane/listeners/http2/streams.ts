import { faults } from '../../exchange/index.ts';
import { type Flaw, flawName, OK } from '../../wire/index.ts';
import { type ErrorCode, type FrameWriter, NO_ERROR, REFUSED_STREAM, ResetStreams, STREAM_CLOSED } from '../../wire/http2/index.ts';
import type { Http1Worker } from '../http1/worker.ts';
import { AnsweredStreams, FINE, PATIENCE_OCTETS, UNKNOWN, type Verdict } from './answered-streams.ts';
import type { Http2Exchange } from './exchange.ts';
import { Allowance, IDLE_FRAMES_BURST, IDLE_FRAMES_PER_SECOND, RESETS_BURST, RESETS_PER_SECOND, STREAMS_MOST } from './limits.ts';
import { StreamIds } from './stream-ids.ts';

/** The connection, as its streams see it. */
export interface StreamsOwner {
  readonly worker: Http1Worker;
  readonly writer: FrameWriter;
  /** Something can still be said. */
  readonly isOpen: boolean;
  refuse(code: ErrorCode, why: string): void;
  flood(why: string): void;
}

/** The streams of one connection: those with an exchange, what is left of the others, and what their ends may cost. */
export class Streams {
  readonly open = new Map<number, Http2Exchange>();
  readonly ids = new StreamIds();
  readonly resets = new ResetStreams();
  /** Those that are answered while their requests are not whole. */
  readonly answered = new AnsweredStreams();
  readonly #owner: StreamsOwner;
  readonly #idleFrames: Allowance;
  readonly #resets: Allowance;
  #askingToStop = false;

  constructor(owner: StreamsOwner, now: number) {
    this.#owner = owner;
    this.#idleFrames = new Allowance(IDLE_FRAMES_BURST, IDLE_FRAMES_PER_SECOND, now);
    this.#resets = new Allowance(RESETS_BURST, RESETS_PER_SECOND, now);
  }

  get full(): boolean {
    return this.open.size + this.answered.size >= STREAMS_MOST;
  }

  // --- what frames may cost

  /** A frame that carries nothing on. False: too many of them, and the connection is over. */
  spendIdle(): boolean {
    if (this.#idleFrames.take(this.#owner.worker.wheel.now)) return true;
    this.#owner.flood('too many frames that carry nothing');
    return false;
  }

  /** Work that was done pays for so many of them. */
  earnIdle(frames: number): void {
    this.#idleFrames.earn(frames);
  }

  spendReset(): void {
    if (this.#owner.isOpen && !this.#resets.take(this.#owner.worker.wheel.now)) this.#owner.flood('too many streams are reset');
  }

  // --- ends

  writeReset(stream: number, code: ErrorCode): void {
    if (!this.#owner.isOpen) return;
    this.resets.add(stream, true);
    this.#owner.writer.reset(stream, code);
  }

  /** An error of a stream, with or without an exchange. */
  error(stream: number, code: ErrorCode): void {
    const exchange = this.open.get(stream);
    if (exchange !== undefined) return this.break(exchange, code, OK);
    // a stream that was never opened cannot be reset (RFC 9113 section 5.1)
    if (this.ids.isIdle(stream)) return this.#owner.refuse(code, 'PRIORITY is malformed');
    this.writeReset(stream, code);
    if (code === REFUSED_STREAM) this.spendIdle();
    else this.spendReset();
  }

  /** The client breaks a rule of a stream. */
  break(exchange: Http2Exchange, code: ErrorCode, flaw: Flaw): void {
    if (flaw !== OK) exchange.flaw = flawName(flaw);
    this.reset(exchange, code);
    exchange.abandon(faults['bad-request']);
    this.spendReset();
  }

  /** Tells the client that a stream ends here. */
  reset(exchange: Http2Exchange, code: ErrorCode): void {
    this.writeReset(exchange.id, code);
    exchange.remoteClosed = true;
  }

  /** RST_STREAM has come. */
  resetByClient(stream: number): void {
    this.resets.add(stream, false);
    const exchange = this.open.get(stream);
    if (exchange === undefined) {
      this.answered.delete(stream);
      this.spendIdle();
      return;
    }
    exchange.remoteClosed = true;
    exchange.abandon(faults['client-closed']);
    this.spendReset();
  }

  /** What a frame of a stream without an exchange comes to: one that is answered, that was reset, or that is closed. */
  stray(stream: number, verdict: Verdict): void {
    if (verdict === FINE) return;
    if (verdict === NO_ERROR) this.writeReset(stream, NO_ERROR);
    else if (verdict !== UNKNOWN) this.error(stream, verdict);
    // RFC 9113 section 5.1, "closed": after RST_STREAM it is an error of the stream, after END_STREAM one of the connection
    else if (this.resets.wasResetByPeer(stream)) this.error(stream, STREAM_CLOSED);
    else if (!this.resets.wasResetByUs(stream)) this.#owner.refuse(STREAM_CLOSED, 'a frame on a stream that is closed');
  }

  /** An exchange is over. False: that was known. */
  ended(exchange: Http2Exchange): boolean {
    if (!this.open.delete(exchange.id)) return false;
    if (!this.#owner.isOpen) return true;
    if (exchange.remoteClosed) {
      if (exchange.fault === null) this.#resets.earn(1);
    } else if (exchange.webSocket) this.writeReset(exchange.id, NO_ERROR);
    else {
      // the answer is whole and the request is not: the rest of it is not wanted (RFC 9113 section 8.1)
      this.#owner.writer.windowUpdate(exchange.id, PATIENCE_OCTETS);
      this.answered.add(exchange, this.#owner.worker.wheel.now);
      this.#askToStop();
    }
    this.#idleFrames.earn(4);
    return true;
  }

  /** Tells the client that nobody listens on the streams that have had their time. */
  #askToStop(): void {
    if (this.#askingToStop) return;
    this.#askingToStop = true;
    const { clock, wheel } = this.#owner.worker;
    clock.after(this.answered.nextIn(wheel.now), () => {
      this.#askingToStop = false;
      this.stopAnswered(wheel.now);
      if (this.answered.size > 0) this.#askToStop();
    });
  }

  stopAnswered(at: number): void {
    for (const stream of this.answered.takeDue(at)) this.writeReset(stream, NO_ERROR);
  }
}
