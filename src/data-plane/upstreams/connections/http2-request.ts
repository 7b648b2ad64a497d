import { CHUNKED, faults, LENGTH, NO_BODY, type BodySink, type Exchange, type Fault, type ResponseSource } from '../../exchange/index.ts';
import { CANCEL, type ErrorCode, FRAME_OCTETS, NO_ERROR, type ResponseFields } from '../../wire/http2/index.ts';
import type { PoolEndpoint } from '../pool.ts';
import type { Attempt, ForwardOwner, HeadText } from './attempt.ts';
import { NONE_TRIED } from './attempt.ts';
import type { Http2Upstream } from './http2.ts';
import { GONE, type SentBody } from './sent-bodies.ts';

const NO_HEAD: HeadText = [];
const NO_OCTETS = Buffer.alloc(0);
const CREDIT_STEP = 32 * 1024;
/** Octets of a body that are kept for another attempt at most: one frame. */
const KEPT_MOST = FRAME_OCTETS;
/** Informational responses before the answer; more is no answer. */
const INFORMED_MOST = 64;

/** One exchange on one stream of a connection to a target: sends the request's body and reads the response. */
export class Http2Request implements Attempt, BodySink, ResponseSource {
  /** Another, while nothing has been sent. */
  connection: Http2Upstream;
  moves = 0;
  /** 0 until the stream is opened. */
  id = 0;
  candidate: PoolEndpoint | null = null;
  tried: PoolEndpoint[] = NONE_TRIED;
  before: SentBody | null = null;
  head: HeadText = NO_HEAD;
  reused = false;
  bodyTaken = false;
  answerBegun = false;
  sendWindow = 0;
  receiveWindow = 0;
  /** In the wheel's `now`: when something last moved that the target had to move. */
  touchedAt = 0;
  /** Among those that wait for a window or for the socket; the connection's own. */
  listed = false;
  idleMs = 60_000;
  #exchange: Exchange | null = null;
  #owner: ForwardOwner | null = null;
  /** It has no stream any more: nothing of the request goes out, and nothing of an answer comes in. */
  #left = false;
  // --- sending
  #queue: Buffer[] = [];
  #bodyEnded = false;
  #trailers = '';
  #endSent = false;
  #blockedRequest = false;
  /** What has come of the body: where it is kept, and how much it is. */
  #keptAt = 0;
  #kept = 0;
  // --- receiving
  #headRead = false;
  #bodyless = false;
  #owed = -1;
  #paused = false;
  #held: Buffer[] = [];
  #consumed = 0;
  #remoteEnded = false;
  #remoteTrailers = '';
  #informed = 0;

  constructor(connection: Http2Upstream) {
    this.connection = connection;
  }

  get exchange(): Exchange | null {
    return this.#exchange;
  }

  get ended(): boolean {
    return this.#left;
  }

  /** It waits for the target: to take the request, or to answer. */
  get awaitsTarget(): boolean {
    if (this.#paused) return false;
    return this.#queue.length > 0 || this.#endSent || this.#exchange === null;
  }

  start(exchange: Exchange, head: HeadText, owner: ForwardOwner): void {
    this.#exchange = exchange;
    this.#owner = owner;
    this.head = head;
    exchange.source = this;
    this.idleMs = exchange.site.listener.http.idleTimeoutMs;
    if (this.before !== null) this.#takeOver(this.before, exchange);
    this.connection.begin(this);
  }

  /** The attempt before this one has taken the body: from now on it comes here, and waits for the stream. */
  #takeOver({ octets, ended, trailers }: SentBody, exchange: Exchange): void {
    this.before = null;
    this.bodyTaken = this.#blockedRequest = true;
    if (octets.length > 0) this.write(octets, 0, octets.length, true);
    this.#bodyEnded = ended;
    this.#trailers = trailers;
    if (!ended) exchange.readInto(this);
  }

  /** The stream is open, its head is written. `ended`: with END_STREAM. */
  opened(ended: boolean): void {
    const exchange = this.#exchange!;
    this.touchedAt = this.connection.worker.wheel.now;
    this.#endSent = ended;
    if (ended) {
      exchange.sentAt = this.connection.worker.clock.monotonic();
      return;
    }
    if (this.bodyTaken) {
      this.connection.waits(this);
      this.connection.pump();
      return;
    }
    this.bodyTaken = true;
    exchange.readInto(this);
  }

  get sent(): SentBody | null {
    const octets = this.#kept === 0 && this.#keptAt !== GONE ? NO_OCTETS : this.connection.worker.sent.take(this.#keptAt, this.#kept);
    return octets === null ? null : { octets, ended: this.#bodyEnded, trailers: this.#trailers };
  }

  #keep(buffer: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.#kept + length > KEPT_MOST) {
      this.#keptAt = GONE;
      return;
    }
    const at = this.connection.worker.sent.keep(buffer, start, end);
    if (this.#kept === 0) this.#keptAt = at;
    // others were there in between
    else if (at !== this.#keptAt + this.#kept) this.#keptAt = GONE;
    this.#kept += length;
  }

  // --- the request's body

  write(buffer: Buffer, start: number, end: number, stable: boolean): boolean {
    if (this.#left) return true;
    this.touchedAt = this.connection.worker.wheel.now;
    if (this.#keptAt !== GONE) this.#keep(buffer, start, end);
    let at = start;
    if (this.#queue.length === 0) at = this.connection.writeData(this, buffer, start, end);
    if (at < end) this.#queue.push(stable ? buffer.subarray(at, end) : Buffer.from(buffer.subarray(at, end)));
    else if (!this.connection.congested) return true;
    this.#blockedRequest = true;
    if (this.id !== 0) this.connection.waits(this);
    return false;
  }

  end(trailers: string): void {
    if (this.#left) return;
    this.#bodyEnded = true;
    this.#trailers = trailers;
    if (this.#queue.length === 0 && this.id !== 0) this.#sendEnd();
  }

  /** The client is gone or broke its framing: the target must not take what it has for the whole. */
  abort(): void {
    this.cancel();
  }

  #sendEnd(): void {
    this.#endSent = true;
    this.touchedAt = this.connection.worker.wheel.now;
    this.connection.writeEnd(this, this.#trailers);
    if (this.#exchange !== null) this.#exchange.sentAt = this.connection.worker.clock.monotonic();
  }

  get waiting(): boolean {
    return this.#exchange !== null && (this.#queue.length > 0 || this.#blockedRequest);
  }

  /** There may be room again: sends one frame's worth. True when something moved. */
  pump(): boolean {
    try {
      return this.#pumped();
    } catch (error) {
      this.crashed(error);
      return false;
    }
  }

  #pumped(): boolean {
    const first = this.#queue[0];
    if (first !== undefined) {
      const at = this.connection.writeData(this, first, 0, first.length);
      if (at === 0) return false;
      this.touchedAt = this.connection.worker.wheel.now;
      if (at < first.length) this.#queue[0] = first.subarray(at);
      else this.#queue.shift();
    }
    if (this.#queue.length > 0) return true;
    if (this.#bodyEnded) {
      if (!this.#endSent) this.#sendEnd();
      this.#blockedRequest = false;
    } else if (this.#blockedRequest && !this.connection.congested) {
      this.#blockedRequest = false;
      this.#exchange?.resumeRequest();
    } else return false;
    return true;
  }

  // --- the response: what the connection tells

  /** A field section. False: it is none that may come here. */
  headers(fields: ResponseFields, last: boolean): boolean {
    const exchange = this.#exchange;
    if (exchange === null) return true;
    const { worker } = this.connection;
    this.touchedAt = worker.wheel.now;
    this.answerBegun = true;
    const { status } = fields;
    if (status < 200) {
      if (last || status === 101 || ++this.#informed > INFORMED_MOST) return false;
      if (status !== 100) exchange.inform(status, '', fields.lines);
      return true;
    }
    this.#headRead = true;
    exchange.answeredAt = worker.clock.monotonic();
    if (exchange.sentAt === 0) exchange.sentAt = exchange.answeredAt;
    exchange.targetStatus = status;
    const { streamed: response } = worker;
    const length = fields.contentLength;
    this.#bodyless = last || exchange.method === 'HEAD' || status === 204 || status === 304;
    // a length that nothing follows is said for a body that another request would get
    if (last && length > 0 && exchange.method !== 'HEAD' && status !== 304) return false;
    this.#owed = this.#bodyless ? 0 : length;
    response.status = status;
    // behind a body of nothing trailers may come, for clients that can be told
    response.framing = this.#bodyless || (length === 0 && exchange.version !== 20) ? NO_BODY : length >= 0 ? LENGTH : CHUNKED;
    response.contentLength = response.framing === LENGTH ? length : 0;
    let lines = fields.answer(exchange.site.listener.http.serverHeader, length >= 0 && status !== 204);
    if (length < 0 && last && status !== 204 && status !== 304 && exchange.method !== 'HEAD' && exchange.version !== 20) lines += 'content-length: 0\r\n';
    response.headers = lines;
    this.head = NO_HEAD;
    if (response.framing === NO_BODY) this.#bodyless = true;
    exchange.respond(response, this, null, 0, 0);
    if (last) this.#complete('');
    return true;
  }

  get headRead(): boolean {
    return this.#headRead;
  }

  /** END_STREAM has come: what the client has not taken yet is kept. */
  get remoteEnded(): boolean {
    return this.#remoteEnded;
  }

  /** Octets of DATA. False: more than Content-Length says, or before the head. */
  data(buffer: Buffer, start: number, end: number): boolean {
    const length = end - start;
    if (!this.#headRead || (this.#bodyless && length > 0)) return false;
    if (this.#owed !== -1 && (this.#owed -= length) < 0) return false;
    this.touchedAt = this.connection.worker.wheel.now;
    if (this.#paused || this.#held.length > 0) this.#held.push(Buffer.from(buffer.subarray(start, end)));
    else this.#pass(buffer, start, end, false);
    return true;
  }

  #pass(buffer: Buffer, start: number, end: number, stable: boolean): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    if (!exchange.send(buffer, start, end, stable)) this.#paused = true;
    this.#consume(end - start);
  }

  /** Padding, which is flow-controlled but nobody's. */
  padding(octets: number): void {
    this.#consume(octets);
  }

  #consume(octets: number): void {
    this.#consumed += octets;
    if (this.#consumed < CREDIT_STEP || this.#paused || this.#remoteEnded || this.#exchange === null) return;
    this.receiveWindow += this.#consumed;
    this.connection.credit(this.id, this.#consumed);
    this.#consumed = 0;
  }

  /** END_STREAM. False: less than Content-Length says. */
  endOfBody(trailers: string): boolean {
    if (!this.#headRead || this.#owed > 0) return false;
    this.#remoteEnded = true;
    this.#remoteTrailers = trailers;
    if (this.#held.length === 0) this.#complete(trailers);
    return true;
  }

  /** The client has taken what was sent (as `ResponseSource`). */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.touchedAt = this.connection.worker.wheel.now;
    while (this.#held.length > 0 && !this.#paused && this.#exchange !== null) {
      const piece = this.#held.shift()!;
      this.#pass(piece, 0, piece.length, true);
    }
    this.#consume(0);
    if (this.#remoteEnded && this.#held.length === 0 && this.#exchange !== null) this.#complete(this.#remoteTrailers);
  }

  /** The exchange is over: nobody wants the answer any more. */
  cancel(): void {
    if (this.#exchange === null) return;
    this.#let();
    this.#letGo(false);
    this.connection.reset(this, CANCEL);
  }

  /** The response is whole. */
  #complete(trailers: string): void {
    const exchange = this.#exchange!;
    this.#let();
    // the rest of the request is not wanted (RFC 9113 section 8.1)
    if (this.#endSent) this.connection.done(this);
    else this.connection.reset(this, NO_ERROR);
    this.#letGo(exchange.targetStatus >= 500);
    try {
      exchange.finish(trailers);
    } catch (error) {
      exchange.crash('target', error);
    }
  }

  /** It has come to nothing, unless the answer is whole: then what the client has not taken yet is here (RFC 9113 section 8.1). */
  failed(fault: Fault, code: ErrorCode | null): void {
    if (this.#remoteEnded) return this.#leaveStream(code);
    const exchange = this.#exchange;
    const owner = this.#owner;
    if (exchange === null) return;
    this.#let();
    if (code === null) this.connection.done(this);
    else this.connection.reset(this, code);
    try {
      if (exchange.committed) exchange.fail(fault);
      else if (!exchange.ended) owner?.unanswered(exchange, fault, this);
    } catch (error) {
      exchange.crash('target', error);
    }
    this.#letGo(true);
  }

  /** There is no stream any more, and nobody waits for the rest of the request. */
  #leaveStream(code: ErrorCode | null): void {
    const blocked = this.#blockedRequest;
    this.#left = this.#endSent = true;
    this.#blockedRequest = false;
    this.#queue = [];
    if (code === null) this.connection.done(this);
    else this.connection.reset(this, code);
    if (blocked) this.#exchange?.resumeRequest();
  }

  /** What was done for it has thrown: that exchange fails, and no other of the connection. */
  crashed(error: unknown): void {
    const exchange = this.#exchange;
    if (exchange === null) return this.connection.worker.mishaps.note('target', error);
    exchange.crash('target', error);
    // where it had ended, nobody has told us
    this.cancel();
  }

  /** The answer breaks the rules. */
  malformed(code: ErrorCode): void {
    this.failed(faults['upstream-malformed'], code);
  }

  /** The endpoint is done with the exchange: who counts what it does is told, once. */
  #letGo(failed: boolean): void {
    const { candidate } = this;
    if (candidate === null) return;
    this.candidate = null;
    if (candidate.tracker !== null) candidate.tracker.ended(candidate.healthSlot, failed);
  }

  #let(): void {
    this.#exchange = null;
    this.#owner = null;
    this.#left = true;
    this.#queue = [];
    this.#held = [];
  }
}
