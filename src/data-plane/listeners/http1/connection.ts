// One piece, past 700 lines: reading, holding, pausing, writing and ending are states of one machine, and each of its fields is read by most of them.
// Cut apart, the hot path would go through accessors, and the orders that matter (held octets, `#working`, `#exchange`) would have two owners.
import { latin1, Watched, type ByteStream, type Taker } from '../../../kernel/index.ts';
import { LONG_BODY, socketWriter, TcpSocket, type ClientSocket, type SocketWriter } from '../../sockets/index.ts';
import { CHUNKED, faults, LENGTH, NO_BODY, type Downstream, type DownstreamTls, type Fault, type FaultCode, type Observer, type Site } from '../../exchange/index.ts';
import {
  BAD_EXPECT, ChunkedDecoder, COMPLIANT, FIELD_TOO_LONG, type Flaw, flawName, HEAD_TOO_LARGE, INCOMPLETE, isAllowed, ISOLATED, type Mended, OK, START_LINE_TOO_LONG, type TierVerdict, TOO_MANY_FIELDS,
  UNSUPPORTED_TRANSFER_CODING, UNSUPPORTED_VERSION,
} from '../../wire/index.ts';
import { queuedOctets } from '../accept.ts';
import { ClientStream } from './client-stream.ts';
import { Http1Exchange } from './exchange.ts';
import { classify, mend } from './mitigation.ts';
import { HEAD_BYTES, type Http1Worker } from './worker.ts';

/** What a connection needs of the listener that accepted it. Read anew for each request, so that a change serves open connections too. */
export interface ConnectionOwner {
  /** The site that serves a host; null when none does. */
  site(host: string): Site | null;
  /** No new requests: connections close as they fall idle. */
  readonly draining: boolean;
  readonly advertisedPort: string;
  closed(connection: ClientConnection): void;
}

/** A connection of a client, whatever it speaks. */
export interface ClientConnection extends Downstream {
  /** Who has counted it when it opened, and counts it when it closes. */
  observer: Observer | null;
  /** Ends after what is under way or on its way. */
  drain(): void;
  destroy(): void;
}

const HEAD = 0;
const BODY = 1;
/** The request is read whole; its reply is under way. */
const REPLY = 2;
/** Everything is sent; what the client still sends is dropped until it closes. */
const LINGER = 3;
const CLOSED = 4;
/** Another protocol has taken over: octets pass. */
const UPGRADED = 5;

/** Octets kept of requests that were sent ahead of our answer; more and reading stops. */
const PIPELINE_BYTES = 64 * 1024;
const LINGER_MS = 2_000;
/** A client that goes on sending is listened to for so long at most. */
const LINGER_MOST_MS = 30_000;
/** How long a client that is told of the end by nothing yet may be silent before we leave: a request may be on its way. */
const QUIET_MS = 1_000;
/** Time for a first request on a new connection. */
const FIRST_MS = 60_000;
/** A FIN this soon after the request's last octet is a half-close of a client that still waits; later, it has given up (ALB's 460). */
const HALF_CLOSE_MS = 50;
/** Small integers end there; 0 is nobody's. */
const LAST_OWNER = 0x3fffffff;
const CR = 13;
const LF = 10;

/**
 * One client connection speaking HTTP/1.x: cuts what is read into requests, one exchange at a time, and keeps the order of pipelined ones.
 * Straight-line and synchronous: from the read callback to the target's write nothing waits unless a step does.
 */
export class Http1Connection extends Watched implements Downstream {
  readonly worker: Http1Worker;
  readonly id: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly remoteLabel: string;
  stamp = '';
  stampOwner: object | null = null;
  forwarded = '';
  forwardedFor: string | null = null;
  observer: Observer | null = null;
  readonly socket: ClientSocket;
  readonly #writer: SocketWriter;
  readonly #owner: ConnectionOwner;
  /** A function until somebody asks: with it the connection lets go of all that the handshake has left behind. */
  #tls: (() => DownstreamTls) | DownstreamTls | null;
  #state = HEAD;
  /** Octets read but not yet used: part of a head, of a body that nobody takes yet, or pipelined requests. */
  #held: Buffer | null = null;
  #paused = false;
  #working = false;
  #exchange: Http1Exchange | null = null;
  #stream: ClientStream | null = null;
  #bodyLeft = 0;
  #chunks: ChunkedDecoder | null = null;
  #bodyRead = true;
  /** A long body is read into it, and lent to whoever sends it on: nothing is read while that is so. */
  #bulk: Buffer | null = null;
  #blocked = false;
  #ended = false;
  #requestReadAt = 0;
  #site: Site | null = null;
  readonly #openedAt: number;
  keepAlive = true;
  #headBegun = false;
  /** Octets of the head that were there when it was last looked at. */
  #headSeen = 0;
  #lingerUntil = 0;
  /** Octets that waited for the kernel when the idle timeout was last over. */
  #queuedSeen = -1;

  constructor(socket: ClientSocket, owner: ConnectionOwner, context: { readonly worker: Http1Worker; readonly id: number; readonly tls: (() => DownstreamTls) | null }) {
    super();
    this.worker = context.worker;
    this.id = context.id;
    this.socket = socket;
    this.#owner = owner;
    this.#tls = context.tls;
    this.remoteAddress = plainAddress(socket.remoteAddress ?? '');
    this.remotePort = socket.remotePort ?? 0;
    // brackets, as ALB's X-Forwarded-For with ports writes them: without, nobody could tell the port of an IPv6 address
    this.remoteLabel = this.remoteAddress.includes(':') ? `[${this.remoteAddress}]:${this.remotePort}` : `${this.remoteAddress}:${this.remotePort}`;
    this.#openedAt = this.worker.wheel.now;
    this.#writer = socketWriter(socket, {
      turn: this.worker.writes,
      drained: () => this.#attend(() => (this.#stream ?? this.#exchange)?.drained()),
      refused: () => this.#attend(() => (this.#stream === null ? this.destroy() : this.#stream.refused())),
    });
    socket.on('finish', () => this.#onFinish());
    socket.on('end', () => this.#attend(() => this.#onEnd()));
    socket.on('error', () => this.destroy());
    socket.on('close', (broken: boolean) => this.#onClose(broken));
    this.worker.wheel.watch(this, FIRST_MS);
  }

  get localAddress(): string {
    return plainAddress(this.socket.localAddress ?? '');
  }

  get localPort(): number {
    return this.socket.localPort ?? 0;
  }

  get advertisedPort(): string {
    return this.#owner.advertisedPort;
  }

  get tls(): DownstreamTls | null {
    if (typeof this.#tls === 'function') this.#tls = this.#tls();
    return this.#tls;
  }

  get unsent(): number {
    return this.#writer.unsent;
  }

  /** The request's body has been read to its end. */
  get bodyRead(): boolean {
    return this.#bodyRead;
  }

  get idle(): boolean {
    return this.#exchange === null && this.#state === HEAD && this.#held === null;
  }

  get #idleMs(): number {
    return this.#site?.listener.http.idleTimeoutMs ?? FIRST_MS;
  }

  // --- reading

  /** The socket's read callback: `buffer` is the thread's and is reused when this returns. False stops reading. */
  read(length: number, buffer: Buffer): boolean {
    this.#consume(buffer, 0, length);
    return !this.#paused;
  }

  /** The one way in for what was read: whatever it leads to and throws fails the exchange of this connection, whoever called. */
  #consume(fresh: Buffer, from: number, to: number): void {
    try {
      this.#use(fresh, from, to);
    } catch (error) {
      this.crashed(error);
    }
  }

  #use(fresh: Buffer, from: number, to: number): void {
    let buffer = fresh;
    let start = from;
    let end = to;
    if (this.#held !== null) {
      const before = this.#held.length;
      buffer = Buffer.concat([this.#held, fresh.subarray(from, to)]);
      this.#held = null;
      start = 0;
      end = buffer.length;
      // a head that drips in is looked at again when a line has come to its end, or when there is twice as much of it
      if (this.#state === HEAD && this.#headSeen > 0 && end < 2 * this.#headSeen && end < HEAD_BYTES && buffer.indexOf(LF, before) === -1) {
        this.#held = buffer;
        return;
      }
    }
    this.#working = true;
    while (start < end) {
      const state: number = this.#state;
      if (state === HEAD) start = this.#readHead(buffer, start, end);
      else if (state === BODY) {
        if (this.#exchange === null || this.#exchange.sink === null || this.#blocked) break;
        start = this.#readBody(buffer, start, end);
      } else if (state === REPLY) break;
      else if (state === UPGRADED) {
        if (this.#stream!.paused) break;
        this.#stream!.read(buffer, start, end, buffer !== fresh);
        start = end;
      } else {
        start = end;
        if (state === LINGER) this.#lingerOn();
      }
      if (start === -1) {
        this.#working = false;
        return;
      }
    }
    this.#working = false;
    if (start < end) {
      this.#held = buffer === fresh ? Buffer.from(buffer.subarray(start, end)) : buffer.subarray(start, end);
      if (this.#state === BODY || this.#state === UPGRADED || this.#held.length > PIPELINE_BYTES) this.#pause();
    } else if (this.#state === HEAD && this.#ended) this.#closeGracefully();
    else if (this.#state === UPGRADED && this.#stream!.paused) this.#pause();
  }

  /** Reads one head at `start`. Returns where its body begins, or -1 when the octets are held or the connection is done for. */
  #readHead(buffer: Buffer, from: number, end: number): number {
    let start = from;
    // empty lines before a request line are skipped, for clients that end bodies with one (RFC 9112 section 2.2)
    while (buffer[start] === CR && start + 1 < end && buffer[start + 1] === LF) start += 2;
    if (start === end) return start;
    if (buffer[start] === CR && start + 1 === end) return this.#holdHead(buffer, start, end);
    const { worker } = this;
    worker.owner = worker.owner === LAST_OWNER ? 1 : worker.owner + 1;
    const { head } = worker;
    let flaw = head.parse(buffer, start, end - start > HEAD_BYTES ? start + HEAD_BYTES : end);
    if (flaw === INCOMPLETE) {
      if (end - start >= HEAD_BYTES) flaw = HEAD_TOO_LARGE;
      else return this.#holdHead(buffer, start, end);
    }
    let mending: Mended | null = null;
    if (flaw !== OK) {
      mending = mend(latin1(buffer, start, Math.min(end, start + HEAD_BYTES)), flaw);
      if (mending === null && end - start < HEAD_BYTES) return this.#holdHead(buffer, start, end);
      if (mending !== null && mending.head !== null) {
        const octets = Buffer.from(mending.head, 'latin1');
        flaw = head.parse(octets, 0, octets.length);
      }
    }
    this.#headSeen = 0;
    const exchange = new Http1Exchange(this);
    this.#headBegun = false;
    const now = worker.clock.monotonic();
    exchange.startedAt = now;
    exchange.startedWall = worker.wall(now);
    if (flaw !== OK) {
      if (mending !== null) note(exchange, mending);
      return this.#refuse(exchange, flaw);
    }
    const verdict = mending ?? classify(head);
    const headLength = mending === null ? head.fields.end : mending.length;
    exchange.parsed = worker.owner;
    exchange.method = head.method;
    const query = head.query;
    exchange.target = head.target;
    exchange.path = query === null ? exchange.target : head.path;
    exchange.query = query;
    exchange.host = head.host;
    exchange.authority = head.authority;
    exchange.absolute = head.absolute;
    exchange.version = head.version;
    exchange.present = head.present;
    exchange.connectionNames = head.connectionNames;
    exchange.received(head);
    exchange.expectsContinue = head.expectsContinue;
    exchange.bytesIn = headLength;
    this.keepAlive = head.keepAlive && !this.#owner.draining;
    if (head.chunked) {
      exchange.framing = CHUNKED;
      this.#chunks = new ChunkedDecoder();
      this.#state = BODY;
      this.#bodyRead = false;
    } else if (head.contentLength > 0) {
      exchange.framing = LENGTH;
      exchange.contentLength = this.#bodyLeft = head.contentLength;
      // OpenSSL gives 16 KB at a time at most
      if (this.#bodyLeft > LONG_BODY && this.#tls === null && this.socket instanceof TcpSocket) this.socket.buffer = this.#bulk = worker.bulk.take();
      this.#state = BODY;
      this.#bodyRead = false;
    } else {
      exchange.framing = NO_BODY;
      this.#state = REPLY;
      this.#bodyRead = true;
      this.#requestReadAt = now;
    }
    const site = this.#owner.site(head.host);
    if (site === null) {
      this.#exchange = exchange;
      exchange.fail(faults.shutdown);
      return start + headLength;
    }
    exchange.site = site;
    this.#site = site;
    this.#exchange = exchange;
    const { http } = site.listener;
    worker.wheel.watch(this, http.idleTimeoutMs);
    if (worker.wheel.now - this.#openedAt > http.keepAliveMs) this.keepAlive = false;
    this.#blocked = false;
    if (verdict !== COMPLIANT && !this.#mayPass(exchange, verdict, site)) exchange.fail(faults['bad-request']);
    else if (exchange.method === 'TRACE') exchange.fail(faults['method-not-allowed']);
    else if (exchange.method === 'CONNECT') exchange.fail(faults['bad-request']);
    else site.serve(exchange);
    return start + headLength;
  }

  /** Whether a request that is not compliant is served here. What is ambiguous is the last on its connections: "closes the client and target connections". */
  #mayPass(exchange: Http1Exchange, verdict: TierVerdict, site: Site): boolean {
    note(exchange, verdict);
    if ('isOld' in verdict && verdict.isOld === true) exchange.version = 10;
    if (verdict.tier !== 'Acceptable') {
      this.keepAlive = false;
      exchange.present |= 1 << ISOLATED;
    }
    return isAllowed(verdict.tier, site.listener.http.desync);
  }

  /** Keeps what there is of a head until more comes. */
  #holdHead(buffer: Buffer, start: number, end: number): -1 {
    const { worker } = this;
    // a buffer that others read into too, or will
    this.#held = Buffer.from(buffer.subarray(start, end));
    this.#headSeen = end - start;
    // from its first octet to its last a head has as long as a silent connection has; dripping does not extend that
    if (!this.#headBegun) {
      this.#headBegun = true;
      worker.wheel.watch(this, this.#idleMs);
    }
    return -1;
  }

  #refuse(exchange: Http1Exchange, flaw: Flaw): -1 {
    const { head } = this.worker;
    exchange.bytesIn = head.fields.length;
    exchange.method = head.method;
    exchange.flaw = flawName(flaw);
    this.#refuseWith(exchange, faults[FAULT_OF_FLAW[flaw] ?? 'bad-request']);
    return -1;
  }

  /** Answers a request that could not be read to the end of its head, and closes. */
  #refuseWith(exchange: Http1Exchange, fault: Fault): void {
    this.#state = REPLY;
    this.#bodyRead = true;
    this.keepAlive = false;
    this.#held = null;
    this.#exchange = exchange;
    const site = this.#site ?? this.#owner.site('');
    if (site !== null) exchange.site = site;
    exchange.fail(fault);
  }

  #readBody(buffer: Buffer, start: number, end: number): number {
    const exchange = this.#exchange!;
    const sink = exchange.sink!;
    // octets of a body are no silence, however long the whole takes
    this.touch();
    if (this.#chunks === null) {
      const take = Math.min(this.#bodyLeft, end - start);
      this.#bodyLeft -= take;
      exchange.bytesIn += take;
      const bulk = this.#bulk === buffer ? buffer : null;
      if (this.#bodyLeft === 0) this.#bodyDone();
      if (sink.write(buffer, start, start + take, bulk !== null)) {
        if (this.#bodyLeft === 0 && bulk !== null) this.worker.bulk.give(bulk);
      } else {
        this.#blocked = true;
        if (this.#bodyLeft > 0 && bulk !== null) this.#pause();
      }
      if (this.#bodyLeft === 0 && !exchange.ended) sink.end('');
      return start + take;
    }
    const chunks = this.#chunks;
    chunks.position = start;
    const flaw = chunks.next(buffer, end);
    exchange.bytesIn += chunks.position - start;
    if (flaw !== OK && flaw !== INCOMPLETE) {
      this.#breakBody(exchange, flaw);
      return -1;
    }
    if (chunks.dataEnd > chunks.dataStart && !sink.write(buffer, chunks.dataStart, chunks.dataEnd, false)) this.#blocked = true;
    if (chunks.done) {
      this.#chunks = null;
      this.#bodyDone();
      if (!exchange.ended) sink.end(chunks.trailers);
    }
    return chunks.position;
  }

  #bodyDone(): void {
    this.#bodyRead = true;
    this.#leaveBulk();
    this.#requestReadAt = this.worker.clock.monotonic();
    if (this.#state === BODY) this.#state = this.#exchange === null ? HEAD : REPLY;
  }

  /** Reads go into the thread's buffer again; the other one may still be lent. */
  #leaveBulk(): void {
    if (this.#bulk === null) return;
    this.#bulk = null;
    (this.socket as TcpSocket).buffer = this.worker.readBuffer;
  }

  /** The body is not what its framing says: the target must not see it end as if it were whole. */
  #breakBody(exchange: Http1Exchange, flaw: Flaw): void {
    exchange.flaw = flawName(flaw);
    const { sink } = exchange;
    this.closeAfterwards();
    sink?.abort(faults['bad-request']);
    exchange.fail(faults['bad-request']);
  }

  /** Somebody takes the body (again): gives what is held, and reads on. */
  bodyWanted(): void {
    this.#blocked = false;
    this.touch();
    if (this.#working) return;
    this.#goOn();
  }

  #goOn(): void {
    const held = this.#held;
    if (held !== null) {
      this.#held = null;
      this.#consume(held, 0, held.length);
    }
    if (this.#paused && !this.#mustWait() && this.#state !== CLOSED) {
      this.#paused = false;
      this.socket.resume();
    }
  }

  /** Nobody can take more octets now: a body without a reader, or as many pipelined requests as are kept. */
  #mustWait(): boolean {
    if (this.#state === BODY) return this.#blocked || this.#exchange === null || this.#exchange.sink === null;
    if (this.#state === UPGRADED) return this.#stream!.paused;
    return this.#held !== null && this.#held.length > PIPELINE_BYTES;
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.socket.pause();
  }

  // --- writing

  write(text: string): void {
    this.#writer.write(text);
  }

  /** The octets may be overwritten when it returns. */
  writeOctets(buffer: Buffer, start: number, end: number): void {
    this.#writer.writeOctets(buffer, start, end);
  }

  /** The octets must stay as they are until the exchange is told that all has drained. */
  writeBuffer(buffer: Buffer): void {
    this.#writer.writeBuffer(buffer);
  }

  /** Something moved: the idle timeout starts again. */
  touch(): void {
    if (this.#site !== null) this.worker.wheel.watch(this, this.#site.listener.http.idleTimeoutMs);
  }

  closeAfterwards(): void {
    this.keepAlive = false;
  }

  /** Called by the exchange once its reply is written. */
  exchangeEnded(exchange: Http1Exchange): void {
    if (this.#exchange !== exchange) return;
    this.#exchange = null;
    if (this.#state === CLOSED) return;
    if (!this.keepAlive || !this.#bodyRead) return this.#closeGracefully();
    this.#state = HEAD;
    this.#blocked = false;
    if (this.#owner.draining) this.worker.wheel.watch(this, QUIET_MS);
    else this.touch();
    if (this.#held === null) {
      if (this.#ended) this.#closeGracefully();
      else if (this.#paused) this.#goOn();
      return;
    }
    // inside `#consume` the loop goes on by itself
    if (!this.#working) this.#goOn();
  }

  // --- another protocol

  /** The exchange under way has answered 101: from here on `taker` gets what is read. */
  upgrade(taker: Taker): ByteStream {
    const exchange = this.#exchange!;
    // who keeps time also keeps accounts: nothing of the request is needed any more, and it may be hours until the connection ends
    const stream = new ClientStream(this, this.#writer, { taker, exchange: taker.keepsTime ? null : exchange });
    if (taker.keepsTime) {
      this.#exchange = null;
      exchange.upgradeEnded(0, 0);
    }
    this.#stream = stream;
    this.#state = UPGRADED;
    this.keepAlive = false;
    this.touch();
    return stream;
  }

  /** The stream is read again: gives it what is held first, and FIN last. */
  streamWanted(): void {
    if (!this.#working) this.#goOn();
    if (this.#ended && this.#held === null) this.#stream!.fin();
  }

  /** Before anything was read: another codec takes the socket. */
  giveUp(): void {
    this.#state = CLOSED;
    this.worker.wheel.release(this);
    for (const event of ['finish', 'end', 'error', 'close']) this.socket.removeAllListeners(event);
  }

  // --- ending

  /**
   * Ends with the next answer, which says so (RFC 9112 section 9.6): that of the request under way, or, where the client has been told nothing, of
   * one that may be on its way. A client that stays silent is left.
   */
  drain(): void {
    if (this.idle) this.worker.wheel.watch(this, QUIET_MS);
    else if (this.#exchange?.status === 0) this.keepAlive = false;
    this.#stream?.drain();
  }

  /**
   * Sends FIN, then reads on for a while: closing while the client still sends would reset the connection and could take our last answer
   * with it (RFC 9112 section 9.6).
   */
  #closeGracefully(): void {
    if (this.#state >= LINGER) return;
    this.#state = LINGER;
    this.#held = null;
    this.#leaveBulk();
    this.#lingerUntil = this.worker.wheel.now + LINGER_MOST_MS;
    // a slow client has as long to take what is left as it had for the rest
    this.worker.wheel.watch(this, this.unsent > 0 ? this.#idleMs : LINGER_MS);
    this.#writer.end();
    if (this.#paused) {
      this.#paused = false;
      this.socket.resume();
    }
  }

  /** Everything has gone out, FIN included: what the client still says gets its last seconds. */
  #onFinish(): void {
    if (this.#state !== LINGER) return;
    this.#lingerUntil = this.worker.wheel.now + LINGER_MOST_MS;
    this.worker.wheel.watch(this, LINGER_MS);
  }

  #lingerOn(): void {
    if (this.unsent === 0 && this.worker.wheel.now < this.#lingerUntil) this.worker.wheel.watch(this, LINGER_MS);
  }

  destroy(): void {
    this.socket.destroy();
  }

  // --- what must not happen

  /** What is under way fails, and nothing more is taken from the connection. */
  override crashed(error: unknown): void {
    this.#working = false;
    const exchange = this.#exchange;
    if (exchange !== null && this.#state !== UPGRADED) return exchange.crash('client', error);
    this.worker.mishaps.note('client', error);
    this.destroy();
  }

  /** The exchange cannot even fail. Its answer must not look whole. */
  forsake(exchange: Http1Exchange): void {
    if (this.#exchange !== exchange) return;
    if (this.#tls === null) this.socket.resetAndDestroy();
    else this.destroy();
  }

  /** Called by the event loop. */
  #attend(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.crashed(error);
    }
  }

  /**
   * Ends the connection in the middle of an answer: nothing more is said on it. `reset`: with RST, where FIN would tell the client that the
   * answer is whole (HTTP/1.0 bodies without a length).
   */
  breakOff(reset: boolean): void {
    if (this.#state >= LINGER) return;
    this.#state = LINGER;
    this.keepAlive = false;
    this.#held = null;
    this.worker.wheel.watch(this, LINGER_MS);
    if (reset && this.#tls === null) return void this.socket.resetAndDestroy();
    // what its exchange was given before is the client's
    this.#writer.flush();
    this.socket.destroy();
  }

  /** The client is gone, or takes nothing: what was sent ahead of our answer is not carried out. */
  #giveUp(exchange: Http1Exchange): void {
    this.breakOff(false);
    exchange.abandon(faults['client-closed']);
  }

  #onEnd(): void {
    this.#ended = true;
    if (this.#state === UPGRADED) {
      if (this.#held === null) this.#stream!.fin();
      return;
    }
    const exchange = this.#exchange;
    if (exchange === null) {
      // what has been ended must not be ended again: the stream would make an error of it
      if (this.#state < LINGER) {
        this.#state = LINGER;
        this.#writer.end();
      }
      return;
    }
    if (!this.#bodyRead || this.worker.clock.monotonic() - this.#requestReadAt > HALF_CLOSE_MS) {
      this.#giveUp(exchange);
    }
  }

  #onClose(broken: boolean): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.worker.wheel.release(this);
    this.#held = null;
    this.#attend(() => this.#stream?.closed(broken));
    this.#attend(() => this.#exchange?.abandon(faults['client-closed']));
    this.#exchange = null;
    this.#owner.closed(this);
  }

  /** The idle timeout. */
  expire(): void {
    const exchange = this.#exchange;
    if (exchange !== null && this.#state === BODY && !this.#blocked && exchange.sink !== null) {
      // the client owes us octets of its body
      exchange.sink.abort(faults['request-timeout']);
      this.closeAfterwards();
      exchange.fail(faults['request-timeout']);
      return;
    }
    if (this.unsent > 0) {
      const queued = queuedOctets(this.socket);
      if (queued !== this.#queuedSeen) {
        // the client is slow, but it takes something
        this.#queuedSeen = queued;
        this.worker.wheel.watch(this, this.#idleMs);
      } else if (exchange !== null && this.#state !== UPGRADED) this.#giveUp(exchange);
      else this.destroy();
      return;
    }
    if (this.#state === UPGRADED) {
      if (this.#stream!.keepsTime) this.worker.wheel.watch(this, this.#idleMs);
      // ALB closes both connections when nothing has passed either way
      else this.destroy();
      return;
    }
    if (exchange !== null) {
      // the target's silence is the target's timeout; look again
      this.worker.wheel.watch(this, 1_000);
      return;
    }
    if (this.#state === HEAD && this.#held !== null) {
      // ALB answers 408 to a request that does not come to an end
      const late = new Http1Exchange(this);
      late.startedAt = this.worker.clock.monotonic();
      late.startedWall = this.worker.wall(late.startedAt);
      late.bytesIn = this.#held.length;
      return this.#refuseWith(late, faults['request-timeout']);
    }
    if (this.#state === LINGER) return this.destroy();
    this.#closeGracefully();
  }
}

function note(exchange: Http1Exchange, { tier, reason }: TierVerdict): void {
  if (tier === 'Compliant') return;
  exchange.classification = tier;
  exchange.classificationReason = reason;
}

const FAULT_OF_FLAW: Readonly<Record<number, FaultCode>> = {
  [START_LINE_TOO_LONG]: 'target-too-long',
  [FIELD_TOO_LONG]: 'head-too-large',
  [HEAD_TOO_LARGE]: 'head-too-large',
  [TOO_MANY_FIELDS]: 'too-many-fields',
  [UNSUPPORTED_VERSION]: 'version-not-supported',
  [UNSUPPORTED_TRANSFER_CODING]: 'unsupported-transfer-coding',
  [BAD_EXPECT]: 'expectation-failed',
};

/** An IPv4 address that came in on an IPv6 socket, as IPv4. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
