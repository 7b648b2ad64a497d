import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { Watched } from '../../../kernel/index.ts';
import { LONG_BODY, readDirectly, readInTurns, socketWriter, type AfterRead, type SocketWriter, type TurnReader } from '../../sockets/index.ts';
import {
  CHUNKED, faults, LENGTH, NO_BODY, UNTIL_CLOSE, type BodySink, type Exchange, type Fault, type Framing, type ResponseSource,
} from '../../exchange/index.ts';
import { ChunkedDecoder, CONTENT_LENGTH, endToEnd, fieldSet, type Flaw, HEAD_TOO_LARGE, HOP_BY_HOP, INCOMPLETE, ISOLATED, OK, SERVER, switchesToWebSocket, UPGRADE } from '../../wire/index.ts';
import type { PoolEndpoint } from '../pool.ts';
import type { UpstreamEndpoint } from '../upstream-endpoint.ts';
import { RESPONSE_HEAD_BYTES } from '../worker.ts';
import { NONE_TRIED, type Attempt, type ForwardOwner, type HeadText } from './attempt.ts';
import { connectFault } from './connect-fault.ts';
import type { SentBody } from './sent-bodies.ts';
import { TargetStream } from './target-stream.ts';

const NO_HEAD: HeadText = [];

const IDLE = 0;
const CONNECTING = 1;
const HEAD = 2;
const BODY = 3;
const CLOSED = 4;
/** Another protocol has taken over: octets pass. */
const UPGRADED = 5;

/** ALB gives a target ten seconds to accept a connection. */
const CONNECT_MS = 10_000;
/** Idle connections are closed before most servers would. */
const KEEP_ALIVE_MS = 60_000;
const SMALL = 16 * 1024;
const BACKLOG = 64 * 1024;
/** Informational responses before the answer; more is no answer. */
const INFORMED_MOST = 64;
const NOT_PASSED_ON = HOP_BY_HOP;
const SERVER_FIELD = fieldSet(SERVER);
const LENGTH_FIELD = fieldSet(CONTENT_LENGTH);
const ISOLATED_BIT = fieldSet(ISOLATED);
const UPGRADE_FIELD = fieldSet(UPGRADE);

/** One connection to a target, speaking HTTP/1.1: one exchange at a time. Sends the request's body and reads the response's. */
export class Http1Upstream extends Watched implements Attempt, BodySink, ResponseSource, TurnReader {
  readonly endpoint: UpstreamEndpoint;
  readonly #socket: Socket;
  readonly #writer: SocketWriter;
  #state = CONNECTING;
  /** It is at an exchange, or about to be. The endpoint's own. */
  busy = true;
  /** It has carried an exchange before: its peer may close it at any time. */
  reused = false;
  #exchange: Exchange | null = null;
  #stream: TargetStream | null = null;
  #owner: ForwardOwner | null = null;
  /** The head to send: kept until the first byte of the answer, for another try elsewhere. */
  head: HeadText = NO_HEAD;
  /** The endpoint of the pool that this attempt is for, and those that were tried before; the owner's. */
  candidate: PoolEndpoint | null = null;
  tried: PoolEndpoint[] = NONE_TRIED;
  /** The request's body has been asked for: what came of it is gone, so that it cannot be sent again. */
  bodyTaken = false;
  readonly sent = null;
  before: SentBody | null = null;
  /** Octets of an answer have come (1xx, or a part of its head). */
  answerBegun = false;
  #headSent = false;
  #bodySent = true;
  #requestFraming: Framing = NO_BODY;
  #framing: Framing = NO_BODY;
  #left = 0;
  #chunks: ChunkedDecoder | null = null;
  #held: Buffer | null = null;
  #paused = false;
  #keepAlive = true;
  /** It takes nothing more. */
  #deaf = false;
  #blockedRequest = false;
  #bulk: Buffer | null = null;
  /** Where the socket puts what it reads. */
  #given: Buffer;
  #error: NodeJS.ErrnoException | null = null;
  #idleMs = 60_000;
  #informed = 0;
  /** The endpoint failed the exchange, whose client had nothing to do with it. */
  #broke = false;

  constructor(endpoint: UpstreamEndpoint) {
    super();
    this.endpoint = endpoint;
    const { worker } = endpoint;
    this.#given = worker.readBuffer;
    const options = {
      host: endpoint.address,
      port: endpoint.port,
      noDelay: true,
      allowHalfOpen: true,
      onread: {
        // the thread's buffer, or this connection's own while a long body comes
        buffer: (): Buffer => this.#bulk ?? worker.readBuffer,
        callback: (length: number, buffer: Uint8Array): boolean => this.#read(buffer as Buffer, length),
      },
    };
    // targets are not verified unless the installation says so: ALB trusts the network between; integrations of APIs are
    const { serverName } = endpoint;
    const tls = serverName === null ? worker.targetTls : { rejectUnauthorized: true, ...(isIP(serverName) === 0 && { servername: serverName }), ...(worker.authorities !== null && { ca: [...worker.authorities] }) };
    this.#socket = endpoint.secure ? connectTls({ ...options, ...tls, ALPNProtocols: ['http/1.1'] } as ConnectionOptions) : connect(options);
    this.#socket.on(endpoint.secure ? 'secureConnect' : 'connect', () => this.#attend(() => this.#connected()));
    readDirectly(this.#socket, (length) => this.#readInPlace(length));
    if (!endpoint.secure) readInTurns(this.#socket, this);
    this.#writer = socketWriter(this.#socket, { turn: worker.writes, drained: () => this.#attend(() => this.#drained()), refused: () => this.#attend(() => this.#refused()) });
    this.#socket.on('end', () => this.#attend(() => this.#ended()));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#error = error;
    });
    this.#socket.on('close', (broken: boolean) => this.#attend(() => this.#closed(broken)));
    worker.wheel.watch(this, CONNECT_MS);
  }

  /** It is being closed: nothing can be sent any more. */
  get leaving(): boolean {
    return this.#socket.destroyed;
  }

  /** Sends `head` and then the exchange's body; the answer goes to the exchange, a failure before it to `owner`. */
  start(exchange: Exchange, head: HeadText, owner: ForwardOwner): void {
    this.#exchange = exchange;
    this.#owner = owner;
    this.head = head;
    exchange.source = this;
    this.bodyTaken = false;
    this.answerBegun = false;
    this.#informed = 0;
    this.#headSent = false;
    this.#requestFraming = exchange.framing;
    this.#bodySent = exchange.framing === NO_BODY;
    this.#idleMs = exchange.site.listener.http.idleTimeoutMs;
    if (this.#state === CONNECTING) return;
    this.#send(exchange);
  }

  #send(exchange: Exchange): void {
    this.#state = HEAD;
    this.endpoint.worker.wheel.watch(this, this.#idleMs);
    if (this.#bodySent) {
      this.#writeHead();
      // sent in the turn of the loop that read it, as most are: the clock would show microseconds that nobody logs; without a route it is an API's, which counts by a time of its own
      const { route } = exchange;
      exchange.sentAt = this.reused && (route === null || route.steps.length === 0) ? exchange.startedAt : this.endpoint.worker.clock.monotonic();
      return;
    }
    this.bodyTaken = true;
    exchange.readInto(this);
    // the first octets of the body mostly come right after the head: one write for both
    if (!this.#headSent) process.nextTick(() => this.#attend(() => this.#flushHead()));
  }

  #flushHead(): void {
    if (this.#headSent || this.#exchange === null || this.#state === CLOSED) return;
    this.#writeHead();
  }

  #writeHead(): void {
    this.#headSent = true;
    const { head } = this;
    for (let i = 0; i < head.length; i++) this.#writer.write(head[i]!);
  }

  // --- the request's body

  write(buffer: Buffer, start: number, end: number, stable: boolean): boolean {
    if (this.#exchange === null || this.#state === CLOSED) return true;
    this.endpoint.worker.wheel.watch(this, this.#idleMs);
    const length = end - start;
    if (!this.#headSent) this.#writeHead();
    let before = '';
    if (this.#requestFraming === CHUNKED) before = `${length.toString(16)}\r\n`;
    const after = this.#requestFraming === CHUNKED ? '\r\n' : '';
    let lent = false;
    if (length <= SMALL) {
      this.#writer.write(before);
      this.#writer.writeOctets(buffer, start, end);
      this.#writer.write(after);
    } else {
      if (before !== '') this.#writer.write(before);
      this.#writer.writeBuffer(stable ? buffer.subarray(start, end) : Buffer.from(buffer.subarray(start, end)));
      // what the kernel did not take at once still lies in the caller's buffer
      lent = stable && this.#writer.unsent > 0;
      if (after !== '') this.#writer.write(after);
    }
    // small pieces leave at the end of the turn, and nobody is told that they have
    if (!lent && this.#writer.unsent <= BACKLOG) return true;
    this.#blockedRequest = true;
    return false;
  }

  /** The request's body is complete (as `BodySink`). */
  end(trailers: string): void {
    if (this.#exchange === null || this.#state === CLOSED) return;
    if (this.#requestFraming === CHUNKED) {
      const tail = trailers === '' ? '0\r\n\r\n' : `0\r\n${trailers}\r\n`;
      if (!this.#headSent) this.#writeHead();
      this.#writer.write(tail);
    }
    this.#bodySent = true;
    this.#exchange.sentAt = this.endpoint.worker.clock.monotonic();
  }

  /** The client is gone or broke its framing: the target must not take what it has for the whole. */
  abort(): void {
    this.#exchange = null;
    this.destroy();
  }

  #drained(): void {
    if (this.#stream !== null) return this.#stream.drained();
    if (!this.#blockedRequest) return;
    this.#blockedRequest = false;
    if (this.#state !== CLOSED) this.endpoint.worker.wheel.watch(this, this.#idleMs);
    this.#exchange?.resumeRequest();
  }

  /** The target takes nothing more. An answer that it gave before lies in the kernel, and the end of the connection behind it: it is being read, or will be when the client takes more. */
  #refused(): void {
    this.#deaf = true;
    this.#stream?.refused();
  }

  // --- the response

  get readsAlone(): boolean {
    return this.#bulk !== null || this.#given !== this.endpoint.worker.readBuffer;
  }

  heardInTurn(buffer: Buffer, length: number): void {
    // whether reading was to stop the socket has heard already (`#pause`)
    this.#read(buffer, length);
  }

  endedInTurn(): void {
    this.#attend(() => this.#ended());
  }

  /** A read in the buffer that was given last. */
  #readInPlace(length: number): AfterRead {
    const given = this.#given;
    // whether reading was to stop the socket has heard already (`#pause`)
    this.#read(given, length);
    const next = this.#bulk ?? this.endpoint.worker.readBuffer;
    if (next === given) return true;
    this.#given = next;
    return next;
  }

  #read(buffer: Buffer, length: number): boolean {
    const exchange = this.#exchange;
    try {
      if (this.#held === null) this.#consume(buffer, 0, length, buffer === this.#bulk);
      else {
        const joined = Buffer.concat([this.#held, buffer.subarray(0, length)]);
        this.#held = null;
        this.#consume(joined, 0, joined.length, true);
      }
    } catch (error) {
      this.crashed(error, exchange);
    }
    return !this.#paused;
  }

  /** `stable`: the octets stay as they are after this returns. */
  #consume(buffer: Buffer, from: number, end: number, stable: boolean): void {
    let start = from;
    while (start < end) {
      if (this.#stream !== null) {
        if (!this.#stream.read(buffer, start, end, stable)) this.#pause();
        return;
      }
      const exchange = this.#exchange;
      if (exchange === null || this.#state === IDLE) {
        // nobody asked: an answer without a request would be taken for that of the next one
        return this.destroy();
      }
      if (this.#paused) {
        this.#held = stable ? buffer.subarray(start, end) : Buffer.from(buffer.subarray(start, end));
        return;
      }
      start = this.#state === HEAD ? this.#readHead(exchange, buffer, start, end, stable) : this.#readBody(exchange, buffer, start, end, stable);
      if (start === -1) return;
    }
  }

  #readHead(exchange: Exchange, buffer: Buffer, start: number, end: number, stable: boolean): number {
    const { worker } = this.endpoint;
    const { head, response } = worker;
    let flaw: Flaw = head.parse(buffer, start, end - start > RESPONSE_HEAD_BYTES ? start + RESPONSE_HEAD_BYTES : end);
    if (flaw === INCOMPLETE) {
      if (end - start >= RESPONSE_HEAD_BYTES) flaw = HEAD_TOO_LARGE;
      else {
        this.#held = stable ? buffer.subarray(start, end) : Buffer.from(buffer.subarray(start, end));
        return -1;
      }
    }
    if (flaw !== OK) return this.#malformed(exchange, flaw === HEAD_TOO_LARGE ? faults['upstream-head-too-large'] : faults['upstream-malformed']);
    const { fields, status } = head;
    const bodyStart = start + fields.end;
    if (status < 200) {
      if (status === 101 && (exchange.present & UPGRADE_FIELD) !== 0 && exchange.webSocket) return this.#switchProtocol(exchange, bodyStart);
      // nobody asked to upgrade; 100 was already answered by us
      if (status === 101 || ++this.#informed > INFORMED_MOST) return this.#malformed(exchange, faults['upstream-malformed']);
      this.answerBegun = true;
      if (status !== 100) exchange.inform(status, head.reason, endToEnd(fields, NOT_PASSED_ON | LENGTH_FIELD, head.connectionNames));
      return bodyStart;
    }
    exchange.answeredAt = worker.clock.monotonic();
    if (exchange.sentAt === 0) exchange.sentAt = exchange.answeredAt;
    exchange.targetStatus = status;
    // a body that must not be there would be read as the next answer (RFC 9110 section 15.3.5)
    this.#keepAlive = head.keepAlive && !(status === 204 && (head.chunked || head.contentLength > 0));
    let drop = NOT_PASSED_ON;
    if (!exchange.site.listener.http.serverHeader) drop |= SERVER_FIELD;
    let framing: Framing;
    if (exchange.method === 'HEAD' || status === 304) framing = NO_BODY;
    else if (status === 204) {
      framing = NO_BODY;
      drop |= LENGTH_FIELD;
    } else if (head.chunked) framing = CHUNKED;
    else if (head.contentLength >= 0) framing = head.contentLength === 0 ? NO_BODY : LENGTH;
    else framing = UNTIL_CLOSE;
    response.status = status;
    response.reason = head.reason;
    response.framing = framing;
    response.contentLength = framing === LENGTH ? head.contentLength : 0;
    this.#framing = framing;
    this.head = NO_HEAD;
    if (framing === NO_BODY || (framing === LENGTH && end - bodyStart >= head.contentLength)) {
      const bodyEnd = bodyStart + response.contentLength;
      if (bodyEnd < end) this.#keepAlive = false;
      response.passes(head, drop, bodyEnd - start);
      exchange.respond(response, this, buffer, bodyStart, bodyEnd);
      this.#complete('');
      return -1;
    }
    response.passes(head, drop, 0);
    this.#state = BODY;
    this.#left = response.contentLength;
    this.#chunks = framing === CHUNKED ? new ChunkedDecoder() : null;
    // not over TLS: what has been deciphered is handed over whole after a pause too, and would overwrite octets that were promised to stay
    if (framing === LENGTH && this.#left > LONG_BODY && !this.endpoint.secure) this.#bulk = worker.bulk.take();
    exchange.respond(response, this, null, 0, 0);
    return exchange.ended ? -1 : bodyStart;
  }

  #readBody(exchange: Exchange, buffer: Buffer, start: number, end: number, stable: boolean): number {
    this.endpoint.worker.wheel.watch(this, this.#idleMs);
    if (this.#chunks !== null) return this.#readChunks(exchange, this.#chunks, buffer, start, end);
    if (this.#framing === UNTIL_CLOSE) {
      if (!exchange.send(buffer, start, end, stable)) this.#pause();
      return end;
    }
    const take = Math.min(this.#left, end - start);
    this.#left -= take;
    const sent = exchange.send(buffer, start, start + take, stable);
    if (this.#left === 0) {
      if (start + take < end) this.#keepAlive = false;
      // a buffer that the kernel has not emptied yet is left to the collector
      if (this.#bulk !== null) {
        if (sent) this.endpoint.worker.bulk.give(this.#bulk);
        this.#bulk = null;
      }
      if (!exchange.ended) this.#complete('');
      return -1;
    }
    if (!sent) this.#pause();
    return start + take;
  }

  #readChunks(exchange: Exchange, chunks: ChunkedDecoder, buffer: Buffer, start: number, end: number): number {
    chunks.position = start;
    const flaw = chunks.next(buffer, end);
    if (flaw !== OK && flaw !== INCOMPLETE) return this.#malformed(exchange, faults['upstream-malformed']);
    if (chunks.dataEnd > chunks.dataStart && !exchange.send(buffer, chunks.dataStart, chunks.dataEnd, false)) this.#pause();
    if (!chunks.done) return chunks.position;
    if (chunks.position < end) this.#keepAlive = false;
    this.#chunks = null;
    if (!exchange.ended) this.#complete(chunks.trailers);
    return -1;
  }

  /** The target has taken the WebSocket that the client asked for: from here on this connection and the client's are one. */
  #switchProtocol(exchange: Exchange, bodyStart: number): number {
    const { worker } = this.endpoint;
    const { head } = worker;
    const { fields } = head;
    // any other protocol, or a body, is nothing that was asked for (RFC 9110 section 15.2.2)
    if (!switchesToWebSocket(fields) || head.chunked || head.contentLength >= 0) return this.#malformed(exchange, faults['upstream-malformed']);
    exchange.answeredAt = worker.clock.monotonic();
    if (exchange.sentAt === 0) exchange.sentAt = exchange.answeredAt;
    exchange.targetStatus = 101;
    const drop = exchange.site.listener.http.serverHeader ? NOT_PASSED_ON : NOT_PASSED_ON | SERVER_FIELD;
    const stream = new TargetStream(this, this.#socket, this.#writer);
    const client = exchange.upgrade(endToEnd(fields, drop, head.connectionNames), stream);
    this.#exchange = null;
    this.#owner = null;
    this.head = NO_HEAD;
    this.#letGo(exchange.targetStatus >= 500);
    this.tried = NONE_TRIED;
    if (client === null) {
      this.destroy();
      return -1;
    }
    this.#state = UPGRADED;
    this.#stream = stream;
    // the client's end keeps the time for both
    worker.wheel.release(this);
    stream.join(client);
    stream.paused = false;
    client.resume();
    return bodyStart;
  }

  #malformed(exchange: Exchange, fault: Fault): -1 {
    this.#exchange = null;
    this.#broke = true;
    this.destroy();
    exchange.fail(fault);
    return -1;
  }

  /** The response is whole. The connection is given back first: the client's next request may already be waiting for it. */
  #complete(trailers: string): void {
    const exchange = this.#exchange!;
    this.#exchange = null;
    this.#owner = null;
    this.#letGo(exchange.targetStatus >= 500);
    this.tried = NONE_TRIED;
    if (this.#keepAlive && this.#bodySent && !this.#deaf && this.#state !== CLOSED && (exchange.present & ISOLATED_BIT) === 0) {
      this.#state = IDLE;
      this.reused = true;
      if (this.#paused) this.resume();
      // moving a deadline back costs more than moving it forward, so the one of the exchange mostly stays
      if (this.#idleMs > KEEP_ALIVE_MS) this.endpoint.worker.wheel.watch(this, KEEP_ALIVE_MS);
      this.endpoint.release(this);
    } else this.destroy();
    exchange.finish(trailers);
  }

  /** The client has taken what was sent (as `ResponseSource`). */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    const held = this.#held;
    if (held !== null) {
      this.#held = null;
      this.#consume(held, 0, held.length, true);
    }
    if (!this.#paused && this.#state !== CLOSED) this.#socket.resume();
  }

  cancel(): void {
    this.#exchange = null;
    this.destroy();
  }

  #pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  // --- the connection

  #connected(): void {
    if (this.#state !== CONNECTING) return;
    const exchange = this.#exchange;
    if (exchange === null || exchange.ended) return this.destroy();
    this.#send(exchange);
  }

  /** FIN: the end of a body without a length, else the end of the connection. */
  #ended(): void {
    if (this.#stream !== null) return this.#stream.fin();
    const exchange = this.#exchange;
    if (exchange !== null && this.#state === BODY && this.#framing === UNTIL_CLOSE) {
      this.#keepAlive = false;
      this.#complete('');
      return;
    }
    this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  // --- what must not happen

  /** What it was at has thrown: that exchange fails, and the connection is used no more. */
  override crashed(error: unknown, exchange: Exchange | null = this.#exchange): void {
    this.#exchange = null;
    this.#owner = null;
    this.destroy();
    if (exchange === null) this.endpoint.worker.mishaps.note('target', error);
    else exchange.crash('target', error);
  }

  /** Called by the event loop. */
  #attend(run: () => void): void {
    const exchange = this.#exchange;
    try {
      run();
    } catch (error) {
      this.crashed(error, exchange);
    }
  }

  /** Nothing has come for too long. */
  expire(): void {
    const exchange = this.#exchange;
    if (exchange === null) return this.destroy();
    if (this.#paused || (!this.#bodySent && !this.#blockedRequest && this.#state !== CONNECTING)) {
      // the client is the slow one, in taking or in sending: its own timeout judges it
      return this.endpoint.worker.wheel.watch(this, 1_000);
    }
    const fault = this.#state === CONNECTING ? faults['connect-timeout'] : faults['upstream-timeout'];
    this.#failed(fault);
    this.destroy();
  }

  #closed(broken: boolean): void {
    const wasConnecting = this.#state === CONNECTING;
    this.#state = CLOSED;
    this.endpoint.worker.wheel.release(this);
    this.endpoint.forget(this);
    if (this.#held !== null) this.answerBegun = true;
    this.#held = null;
    this.#bulk = null;
    this.#stream?.closed(broken);
    if (this.#exchange === null) return this.#letGo(this.#broke);
    this.#failed(wasConnecting ? connectFault(this.#error) : this.#error === null ? faults['upstream-closed'] : faults['upstream-reset']);
    this.#letGo(true);
  }

  /** The endpoint is done with the exchange: who counts what it does is told, once. */
  #letGo(failed: boolean): void {
    const { candidate } = this;
    if (candidate === null) return;
    this.candidate = null;
    if (candidate.tracker !== null) candidate.tracker.ended(candidate.healthSlot, failed);
  }

  #failed(fault: Fault): void {
    const exchange = this.#exchange;
    const owner = this.#owner;
    this.#exchange = null;
    this.#owner = null;
    this.#broke = true;
    if (exchange === null || exchange.ended) return;
    if (exchange.committed) exchange.fail(fault);
    else owner?.unanswered(exchange, fault, this);
  }
}
