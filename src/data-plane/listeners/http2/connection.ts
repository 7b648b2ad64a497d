import { Watched } from '../../../kernel/index.ts';
import { FrameOutput, type ClientSocket } from '../../sockets/index.ts';
import { faults, type Downstream, type DownstreamTls, type Fault, type Observer, type ResponseHead, type Site } from '../../exchange/index.ts';
import {
  END_STREAM, ENHANCE_YOUR_CALM, type ErrorCode, FRAME_HEAD, FrameWriter, HpackEncoder, INTERNAL_ERROR, NO_ERROR, type Octets, Outflow, PeerSettings, PROTOCOL_ERROR, SETTINGS_ENABLE_CONNECT_PROTOCOL,
  SETTINGS_MAX_CONCURRENT_STREAMS, SETTINGS_MAX_HEADER_LIST_SIZE, WINDOW, WINDOW_MOST,
} from '../../wire/http2/index.ts';
import { queuedOctets } from '../accept.ts';
import { plainAddress, type ConnectionOwner } from '../http1/connection.ts';
import type { Http1Worker } from '../http1/worker.ts';
import { ClientFrames } from './client-frames.ts';
import type { Http2Exchange } from './exchange.ts';
import { CONNECTION_WINDOW, HEADER_LIST_OCTETS, PAYLOAD_PER_FRAME, STREAMS_MOST, UNREAD_MOST, WORTH_A_FRAME } from './limits.ts';
import { Streams, type StreamsOwner } from './streams.ts';

const OPEN = 0;
/** Everything is said; what the client still sends is dropped until it closes. */
const LINGER = 1;
const CLOSED = 2;

const FIRST_MS = 60_000;
const LINGER_MS = 2_000;
/** Between telling that no more requests are wanted and taking none (RFC 9113 section 6.8): time for those on their way. */
const GRACE_MS = 1_000;

/**
 * One client connection speaking HTTP/2 (RFC 9113): its life, and what its streams say, gathered into one write a turn of the loop. What the client says
 * is `ClientFrames`'. Synchronous, as HTTP/1.1 is: a request goes from the read callback to its target's write. What a client can make it keep or do for
 * nothing is bounded (`limits.ts`).
 */
export class Http2Connection extends Watched implements Downstream, StreamsOwner {
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
  /** What the client has said of itself. */
  readonly peer = new PeerSettings('client');
  readonly encoder = new HpackEncoder();
  readonly writer: FrameWriter;
  readonly outflow: Outflow<Http2Exchange>;
  readonly #socket: ClientSocket;
  readonly #output: FrameOutput;
  readonly #owner: ConnectionOwner;
  /** A function until somebody asks: with it the connection lets go of all that the handshake has left behind. */
  #tls: (() => DownstreamTls) | DownstreamTls | null;
  readonly #streams: Streams;
  readonly #frames: ClientFrames;
  #state = OPEN;
  readonly #openedAt: number;
  #site: Site | null = null;
  /** We take no streams above this. */
  #goneAway = WINDOW_MOST;
  #leaving = false;
  /** The client has said that it opens no more streams. */
  #clientLeaves = false;
  #queuedSeen = -1;
  /** In the wheel's `now`: when DATA was last written. */
  #movedAt = 0;
  /** When a body last moved. */
  #bodiesMovedAt = 0;

  constructor(socket: ClientSocket, owner: ConnectionOwner, context: { readonly worker: Http1Worker; readonly id: number; readonly tls: (() => DownstreamTls) | null }) {
    super();
    const { worker } = context;
    this.worker = worker;
    this.id = context.id;
    this.#socket = socket;
    this.#owner = owner;
    this.#tls = context.tls;
    this.remoteAddress = plainAddress(socket.remoteAddress ?? '');
    this.remotePort = socket.remotePort ?? 0;
    this.remoteLabel = this.remoteAddress.includes(':') ? `[${this.remoteAddress}]:${this.remotePort}` : `${this.remoteAddress}:${this.remotePort}`;
    this.#openedAt = worker.wheel.now;
    this.#output = new FrameOutput(socket, { turn: worker.writes, buffers: worker.http2.buffers, drained: () => this.pump(), refused: null });
    this.writer = new FrameWriter(this.#output);
    this.outflow = new Outflow(this.#output, this.writer);
    this.#streams = new Streams(this, worker.wheel.now);
    this.#frames = new ClientFrames(this, this.#streams);
    socket.on('end', () => this.#onEnd());
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.#onClose());
    worker.wheel.watch(this, FIRST_MS);
    this.writer.settings([
      [SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS_MOST], [SETTINGS_MAX_HEADER_LIST_SIZE, HEADER_LIST_OCTETS], [SETTINGS_ENABLE_CONNECT_PROTOCOL, 1],
    ]);
    this.writer.windowUpdate(0, CONNECTION_WINDOW - WINDOW);
  }

  get localAddress(): string {
    return plainAddress(this.#socket.localAddress ?? '');
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  get advertisedPort(): string {
    return this.#owner.advertisedPort;
  }

  get tls(): DownstreamTls | null {
    if (typeof this.#tls === 'function') this.#tls = this.#tls();
    return this.#tls;
  }

  /** It is read from, and something can still be said. */
  get isOpen(): boolean {
    return this.#state === OPEN;
  }

  get congested(): boolean {
    return this.outflow.congested;
  }

  get #idleMs(): number {
    return (this.#site ?? this.#owner.site(''))?.listener.http.idleTimeoutMs ?? FIRST_MS;
  }

  /** The socket's read callback: `buffer` is the thread's and is reused when this returns. Flow control bounds what comes, so reading never stops. */
  read(length: number, buffer: Buffer): boolean {
    if (this.#state === OPEN) this.#frames.read(length, buffer);
    else if (this.#state === LINGER) this.worker.wheel.watch(this, LINGER_MS);
    return true;
  }

  // --- what the client's frames come to

  siteOf(host: string): Site | null {
    const site = this.#owner.site(host);
    if (site !== null) this.#site = site;
    return site;
  }

  /** `alone`: no other is under way. */
  requestBegins({ listener: { http } }: Site, alone: boolean): void {
    const { wheel } = this.worker;
    // while others are under way, the deadline is theirs: `expire` looks at all
    if (alone) wheel.watch(this, http.idleTimeoutMs);
    if (this.#owner.draining || wheel.now - this.#openedAt > http.keepAliveMs) this.#leave();
  }

  /** From its first octet to its last a head has as long as a silent connection has. */
  blockBegins(): void {
    if (this.deadline > this.worker.wheel.now + this.#idleMs) this.worker.wheel.watch(this, this.#idleMs);
  }

  takesNone(stream: number): boolean {
    return stream > this.#goneAway;
  }

  /** DATA has come that is worth waiting for. */
  bodyMoved(): void {
    this.#bodiesMovedAt = this.worker.wheel.now;
  }

  /** It opens no more streams; those that it has are served. */
  clientLeaves(): void {
    this.#clientLeaves = true;
    this.#closeWhenDone();
  }

  /** A connection error (RFC 9113 section 5.4.1). */
  refuse(code: ErrorCode, why: string): void {
    this.#break(faults['http2-protocol'], code, why);
  }

  flood(why: string): void {
    this.#break(faults['http2-flood'], ENHANCE_YOUR_CALM, why);
  }

  /** Says so, gives up what is under way, and closes. */
  #break(fault: Fault, code: ErrorCode, why: string): void {
    if (this.#state >= LINGER) return;
    const site = this.#site ?? this.#owner.site('');
    const { open, ids } = this.#streams;
    if (open.size === 0) site?.observer.connectionRefused(this.remoteAddress, fault, why);
    this.writer.goAway(ids.last, code, why);
    this.#close();
    for (const exchange of open.values()) exchange.abandon(fault);
    open.clear();
  }

  // --- what must not happen

  /** Whose it was nobody can say: the connection ends, and what is under way on it. */
  override crashed(error: unknown): void {
    const { mishaps } = this.worker;
    mishaps.note('client', error);
    try {
      this.#break(faults.internal, INTERNAL_ERROR, 'the program failed');
    } catch (again) {
      mishaps.note('client', again);
    }
    if (this.#state === OPEN) this.destroy();
  }

  /** The exchange cannot even fail. */
  forsake(exchange: Http2Exchange): void {
    if (this.#streams.open.get(exchange.id) !== exchange) return;
    this.reset(exchange, INTERNAL_ERROR);
    this.exchangeEnded(exchange);
  }

  // --- writing

  control(type: number, flags: number, payload: Buffer | null): void {
    this.writer.control(type, flags, payload);
    if (this.#output.unsent > UNREAD_MOST) this.flood('what it asks for is not read');
  }

  pump(): void {
    if (this.#state === OPEN) this.outflow.pump();
  }

  writeHead(exchange: Http2Exchange, head: { readonly status: number; readonly lines: string; readonly last: boolean }): void {
    if (this.#state >= LINGER) return;
    const output = this.#output;
    const at = output.reserve(FRAME_HEAD + HpackEncoder.room(head.lines.length));
    const end = this.encoder.response(head.status, head.lines, output.buffer, at + FRAME_HEAD);
    exchange.bytesOut += this.writer.block(exchange.id, head.last ? END_STREAM : 0, { at, end });
  }

  /** The head of an answer that goes on as it was received, with its body behind it. */
  writeReceived(exchange: Http2Exchange, head: ResponseHead, octets: Octets): void {
    if (this.#state >= LINGER) return;
    const output = this.#output;
    const at = output.reserve(FRAME_HEAD + HpackEncoder.MEMO_OCTETS);
    const end = this.encoder.again(octets, output.buffer, at + FRAME_HEAD);
    if (end !== -1) {
      exchange.bytesOut += this.writer.block(exchange.id, 0, { at, end });
      return;
    }
    this.writeHead(exchange, { status: head.status, lines: head.headers, last: false });
    this.encoder.saidBy(octets);
  }

  /** As much of the octets as windows and the socket take; where it stopped. */
  writeData(exchange: Http2Exchange, buffer: Buffer, start: number, end: number): number {
    if (this.#state >= LINGER) return start;
    const sent = this.outflow.data(exchange, buffer, start, end) - start;
    exchange.bytesOut += sent;
    // the client's two WINDOW_UPDATE have led to something, unless it opens its windows by single octets
    if (sent > 0) this.#movedAt = this.worker.wheel.now;
    if (sent >= WORTH_A_FRAME) this.#streams.earnIdle(2 + sent / PAYLOAD_PER_FRAME);
    return start + sent;
  }

  /** END_STREAM: with the trailers, else on the last DATA frame if it has not left yet. */
  writeEnd(exchange: Http2Exchange, trailers: string): void {
    if (this.#state >= LINGER) return;
    if (trailers === '') return this.writer.end(exchange.id);
    const output = this.#output;
    const at = output.reserve(FRAME_HEAD + HpackEncoder.room(trailers.length));
    const end = this.encoder.trailers(trailers, output.buffer, at + FRAME_HEAD);
    exchange.bytesOut += this.writer.block(exchange.id, END_STREAM, { at, end });
  }

  /** Octets of a stream's window are free again. */
  credit(stream: number, octets: number): void {
    if (this.#state === OPEN) this.writer.windowUpdate(stream, octets);
  }

  /** Octets of the connection's window are free again. */
  consumed(octets: number): void {
    this.#frames.consumed(octets);
  }

  /** The exchange waits for a window, or for the socket. */
  waits(exchange: Http2Exchange): void {
    this.outflow.waits(exchange);
  }

  /** Tells the client that a stream ends here. */
  reset(exchange: Http2Exchange, code: ErrorCode): void {
    this.#streams.reset(exchange, code);
  }

  /** Called by the exchange when it is over. */
  exchangeEnded(exchange: Http2Exchange): void {
    if (!this.#streams.ended(exchange) || this.#state >= LINGER || this.#streams.open.size > 0) return;
    this.worker.wheel.watch(this, this.#idleMs);
    this.#closeWhenDone();
  }

  // --- ending

  /** Stops taking requests: those under way, and those on their way, are served. */
  drain(): void {
    this.#leave();
    for (const exchange of this.#streams.open.values()) exchange.drain();
  }

  /** Says that no more requests are wanted, and a moment later that none is taken (RFC 9113 section 6.8). */
  #leave(): void {
    if (this.#leaving || this.#state >= LINGER) return;
    this.#leaving = true;
    this.writer.goAway(WINDOW_MOST, NO_ERROR, '');
    this.worker.clock.after(GRACE_MS, () => {
      if (this.#state >= LINGER) return;
      this.#takeNoMore();
      this.#closeWhenDone();
    });
    this.#closeWhenDone();
  }

  #takeNoMore(): void {
    this.#goneAway = this.#streams.ids.last;
    this.writer.goAway(this.#goneAway, NO_ERROR, '');
  }

  #closeWhenDone(): void {
    if (this.#streams.open.size > 0 || this.#state >= LINGER) return;
    // streams may be on their way for a moment after the first GOAWAY
    const over = this.#clientLeaves || (this.#leaving && this.#goneAway !== WINDOW_MOST);
    if (!over) return;
    this.#streams.stopAnswered(Infinity);
    if (this.#goneAway === WINDOW_MOST) this.#takeNoMore();
    this.#close();
  }

  /** FIN, and what the client still says is read and dropped: closing at once would reset the connection and take what was said with it. */
  #close(): void {
    if (this.#state >= LINGER) return;
    this.#state = LINGER;
    this.#forget();
    this.worker.wheel.watch(this, LINGER_MS);
    this.#output.end();
  }

  #forget(): void {
    this.#frames.drop();
    this.outflow.stop();
    this.#streams.answered.takeDue(Infinity);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The client says no more. Nobody waits for an answer on a connection that cannot carry a WINDOW_UPDATE. */
  #onEnd(): void {
    if (this.#state < LINGER && this.#streams.open.size === 0) this.#close();
    else this.destroy();
  }

  #onClose(): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.worker.wheel.release(this);
    this.#forget();
    for (const exchange of this.#streams.open.values()) exchange.abandon(faults['client-closed']);
    this.#streams.open.clear();
    this.#owner.closed(this);
  }

  /** Looks at every stream that waits for the client, and at the connection. */
  expire(): void {
    const { wheel } = this.worker;
    const { open } = this.#streams;
    const idle = this.#idleMs;
    if (this.#state === LINGER) return this.destroy();
    if (this.#frames.unfinished) return this.refuse(PROTOCOL_ERROR, 'what was begun has not come to its end in time');
    if (this.#output.unsent > 0) {
      const queued = queuedOctets(this.#socket);
      // nothing has been taken since the last look
      if (queued > 0 && queued === this.#queuedSeen) return this.destroy();
      this.#queuedSeen = queued;
      return wheel.watch(this, idle);
    }
    this.#queuedSeen = -1;
    if (open.size === 0) {
      this.#takeNoMore();
      return this.#close();
    }
    // clients send large bodies one after another, and none while those of others fill the connection's window
    const bodiesMovedAt = this.#frames.windowFull ? wheel.now : this.#bodiesMovedAt;
    let next = idle;
    for (const exchange of open.values()) {
      if (!exchange.awaitsClient) continue;
      // one whose own window is open waits for its turn in the connection's, and that is judged as a whole
      const turnAt = !exchange.hasQueued ? bodiesMovedAt : exchange.sendWindow > 0 ? this.#movedAt : 0;
      const left = Math.max(exchange.touchedAt, turnAt) + idle - wheel.now;
      if (left > 0) next = Math.min(next, left);
      else this.#late(exchange);
    }
    if (this.#state === OPEN) wheel.watch(this, open.size === 0 ? idle : Math.max(next, 100));
  }

  /** A stream whose client does not move. */
  #late(exchange: Http2Exchange): void {
    try {
      if (exchange.hasQueued) {
        this.reset(exchange, ENHANCE_YOUR_CALM);
        exchange.abandon(faults['client-closed']);
      } else exchange.late();
    } catch (error) {
      exchange.crash('client', error);
    }
  }
}
