import type { ByteStream, Taker } from '../../kernel/index.ts';
import { Exchange, keptHead, type BodySink, type Reply, type ResponseHead, type ResponseSource } from './exchange.ts';
import type { Fault } from './fault.ts';
import type { MishapPlace } from './mishap.ts';

/**
 * An exchange within an exchange: how one member of a chain (an API in front of a balancer) sees the request and answers it, without a socket
 * in between. It reads the request of the outer one and answers through it; what it changes on the way is its own. Each member has its own
 * accounting, so that each writes its own log line.
 */
export abstract class InnerExchange extends Exchange implements ResponseSource {
  readonly outer: Exchange;
  #committed = false;
  #ended = false;

  constructor(outer: Exchange) {
    super(outer.downstream);
    this.outer = outer;
    this.method = outer.method;
    this.target = outer.target;
    this.path = outer.path;
    this.query = outer.query;
    this.host = outer.host;
    this.authority = outer.authority;
    this.version = outer.version;
    this.present = outer.present;
    this.absolute = outer.absolute;
    this.framing = outer.framing;
    this.contentLength = outer.contentLength;
    this.startedWall = outer.startedWall;
    this.startedAt = outer.startedAt;
    this.bytesIn = outer.bytesIn;
    this.traceId = outer.traceId;
    this.site = outer.site;
    outer.source = this;
  }

  /** The exchange is over, whatever came of it: log it. */
  protected abstract over(): void;

  /** What goes on to the outer exchange in place of `reply`. */
  protected abstract replied(reply: Reply): Reply;

  /** What goes on to the outer exchange in place of `head`, whose octets are in `buffer` where `head.whole` says so. */
  protected abstract responded(head: ResponseHead, buffer: Buffer | null): ResponseHead;

  /** The reply for a fault that happened before anything was answered. */
  protected abstract failed(fault: Fault): Reply;

  get committed(): boolean {
    return this.#committed;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get userAgent(): string | null {
    return this.outer.userAgent;
  }

  get headers(): string {
    return this.outer.headers;
  }

  now(): number {
    return this.outer.now();
  }

  header(name: string): string | null {
    return this.outer.header(name);
  }

  headerValues(name: string): readonly string[] {
    return this.outer.headerValues(name);
  }

  head(drop: number): string {
    return this.outer.head(drop);
  }

  endToEnd(drop: number): string {
    return this.outer.endToEnd(drop);
  }

  readInto(sink: BodySink): void {
    this.outer.readInto(sink);
  }

  resumeRequest(): void {
    this.outer.resumeRequest();
  }

  readAll(limit: number, done: (body: Buffer | null | 'too-large') => void): void {
    this.outer.readAll(limit, done);
  }

  reply(reply: Reply): void {
    if (this.#committed || this.#ended) return;
    this.#committed = true;
    const sent = this.replied(this.clientFields === '' ? reply : { ...reply, headers: reply.headers + this.clientFields });
    this.status = sent.status;
    this.outer.reply(sent);
    this.#end();
  }

  fail(fault: Fault): void {
    if (this.#ended) return;
    this.fault ??= fault;
    if (this.#committed) return this.outer.fail(fault);
    if (this.errorReason === '' && fault.reason !== '-') this.errorReason = fault.reason;
    const { source } = this;
    this.reply(this.failed(fault));
    source?.cancel(fault);
  }

  respond(head: ResponseHead, source: ResponseSource, buffer: Buffer | null, start: number, end: number): void {
    if (this.#committed || this.#ended) return;
    this.#committed = true;
    this.source = source;
    const sent = this.responded(this.clientFields === '' ? head : { ...keptHead(head), headers: head.headers + this.clientFields }, buffer);
    this.status = sent.status;
    // when an answer in one piece ended: when it came
    this.outer.answeredAt = this.answeredAt;
    this.outer.respond(sent, this, buffer, start, end);
  }

  send(buffer: Buffer, start: number, end: number, stable: boolean): boolean {
    return this.#ended || this.outer.send(buffer, start, end, stable);
  }

  inform(status: number, reason: string, headers: string): void {
    if (!this.#committed && !this.#ended) this.outer.inform(status, reason, headers);
  }

  finish(trailers: string): void {
    if (this.#ended) return;
    this.outer.finish(trailers);
    this.#end();
  }

  get webSocket(): boolean {
    return this.outer.webSocket;
  }

  upgrade(headers: string, taker: Taker): ByteStream | null {
    if (this.#committed || this.#ended) return null;
    this.#committed = true;
    this.status = 101;
    const client = this.outer.upgrade(headers, taker);
    // from here on the outer exchange alone knows what goes by, and when it ends
    this.#end();
    return client;
  }

  // --- as the outer exchange's source

  resume(): void {
    this.source?.resume();
  }

  /** The client is gone, or the answer broke off. */
  cancel(fault: Fault): void {
    if (this.#ended) return;
    this.fault ??= fault;
    if (this.status === 0) this.status = fault.status;
    const { source } = this;
    this.#end();
    source?.cancel(fault);
  }

  // --- what must not happen

  mishap(place: MishapPlace, error: unknown): void {
    this.outer.mishap(place, error);
  }

  override giveUp(): void {
    // what was to be said of it has not come to the outer one
    if (!this.#ended && !this.outer.committed) this.#committed = false;
    super.giveUp();
  }

  forsake(): void {
    this.outer.giveUp();
  }

  #end(): void {
    this.#ended = true;
    this.source = null;
    const { outer } = this;
    this.endedAt = outer.endedAt === 0 ? this.now() : outer.endedAt;
    this.bytesIn = outer.bytesIn;
    this.bytesOut = outer.bytesOut;
    try {
      this.over();
    } catch (error) {
      this.mishap('observer', error);
    }
  }
}
