// One piece, past 600 lines: frames, streams and both windows are states of one machine, and nearly every frame changes two of the three. What stands
// apart already is in `limits.ts`, `exchange.ts` and `wire/http2`. What it shares with upstreams/connections/http2.ts, cutting octets into frames and
// joining CONTINUATION, is the piece to take out next (docs/progress.md).
import type { Socket } from 'node:net';
import { Watched } from '../../../kernel/index.ts';
import { FrameOutput } from '../../sockets/index.ts';
import { CHUNKED, faults, LENGTH, NO_BODY, type Downstream, type DownstreamTls, type Fault, type FaultCode, type Site } from '../../exchange/index.ts';
import {
  BAD_EXPECT, BAD_LENGTH, BAD_PSEUDO_FIELD, FIELD_TOO_LONG, type Flaw, flawName, HEAD_TOO_LARGE, OK, START_LINE_TOO_LONG, TOO_MANY_FIELDS,
} from '../../wire/index.ts';
import {
  ACK, COMPRESSION_ERROR, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, type ErrorCode, FLOW_CONTROL_ERROR, FRAME_HEAD, FRAME_OCTETS,
  FRAME_OCTETS_MOST, FRAME_SIZE_ERROR, GOAWAY, HEADERS, HpackDecoder, HpackEncoder, NO_ERROR, PADDED, PING, PREFACE, PRIORITISED, PRIORITY, PROTOCOL_ERROR,
  PUSH_PROMISE, readUint31, readUint32, REFUSED_STREAM, RST_STREAM, SETTINGS, SETTINGS_ENABLE_CONNECT_PROTOCOL, SETTINGS_ENABLE_PUSH, SETTINGS_HEADER_TABLE_SIZE, SETTINGS_INITIAL_WINDOW_SIZE,
  SETTINGS_MAX_CONCURRENT_STREAMS, SETTINGS_MAX_FRAME_SIZE, SETTINGS_MAX_HEADER_LIST_SIZE, STREAM_CLOSED, WINDOW, WINDOW_MOST, WINDOW_UPDATE, writeFrameHead,
  writeUint32,
} from '../../wire/http2/index.ts';
import { queuedOctets } from '../accept.ts';
import { plainAddress, type ConnectionOwner } from '../http1/connection.ts';
import type { Http1Worker } from '../http1/worker.ts';
import { AnsweredStreams, FINE, UNKNOWN, type Verdict } from './answered-streams.ts';
import { Http2Exchange } from './exchange.ts';
import {
  Allowance, BACKLOG, BLOCK_OCTETS, CONNECTION_WINDOW, HEADER_LIST_OCTETS, IDLE_FRAMES_BURST, IDLE_FRAMES_PER_SECOND, PAYLOAD_PER_FRAME, RESET_KEPT, RESETS_BURST,
  RESETS_PER_SECOND, STREAMS_MOST, UNREAD_MOST, WORTH_A_FRAME,
} from './limits.ts';

const AWAIT_PREFACE = 0;
const OPEN = 1;
/** Everything is said; what the client still sends is dropped until it closes. */
const LINGER = 2;
const CLOSED = 3;

const FIRST_MS = 60_000;
const LINGER_MS = 2_000;
/** The connection's window is given back in steps of this. */
const CREDIT_STEP = 256 * 1024;
/** Between telling that no more requests are wanted and taking none (RFC 9113 section 6.8): time for those on their way. */
const GRACE_MS = 1_000;

/** A header block that goes on in CONTINUATION frames. */
interface OpenBlock {
  readonly stream: number;
  readonly last: boolean;
  readonly selfDependent: boolean;
  readonly parts: Buffer[];
  octets: number;
}

/**
 * One client connection speaking HTTP/2 (RFC 9113): reads frames, keeps the streams, and gathers what all of them say into one write a turn of the
 * loop. Synchronous, as HTTP/1.1 is: a request goes from the read callback to its target's write. What a client can make it keep or do for
 * nothing is bounded (`limits.ts`).
 */
export class Http2Connection extends Watched implements Downstream {
  readonly worker: Http1Worker;
  readonly id: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly remoteLabel: string;
  stamp = '';
  stampOwner: object | null = null;
  readonly #socket: Socket;
  readonly #output: FrameOutput;
  readonly #owner: ConnectionOwner;
  readonly #tls: (() => DownstreamTls) | null;
  #tlsSeen: DownstreamTls | null = null;
  #state = AWAIT_PREFACE;
  readonly #openedAt: number;
  #site: Site | null = null;
  // --- reading
  #held: Buffer | null = null;
  /** Payload of a DATA frame that is still to come, with the stream it is for; its padding comes after it. */
  #dataLeft = 0;
  #dataPadding = 0;
  #dataLast = false;
  #dataStream = 0;
  #block: OpenBlock | null = null;
  readonly #decoder = new HpackDecoder();
  #settled = false;
  #readAt = 0;
  // --- streams
  readonly #streams = new Map<number, Http2Exchange>();
  /** Those that are answered while their requests are not whole. */
  readonly #answered = new AnsweredStreams();
  #askingToStop = false;
  #lastStream = 0;
  /** The ids that the client skipped last: never opened, so never to be used (RFC 9113 section 5.1.1). */
  #skippedFrom = 0;
  #skippedTo = 0;
  /** The streams that were reset last. True: by us, and what is on its way for them is dropped in silence. */
  readonly #reset = new Map<number, boolean>();
  /** We take no streams above this. */
  #goneAway = WINDOW_MOST;
  #leaving = false;
  /** The client has said that it opens no more streams. */
  #clientLeaves = false;
  // --- flow control
  #receiveWindow = CONNECTION_WINDOW;
  #consumed = 0;
  #sendWindow = WINDOW;
  #initialSendWindow = WINDOW;
  // --- writing
  readonly #encoder = new HpackEncoder();
  #waiting: Http2Exchange[] = [];
  #pumping = false;
  /** The DATA frame that was written last, while its flags can still be changed. */
  #lastData: Http2Exchange | null = null;
  #lastDataAt = 0;
  #lastDataBatch = -1;
  // --- limits
  readonly #idleFrames: Allowance;
  readonly #resets: Allowance;
  #queuedSeen = -1;
  /** In the wheel's `now`: when DATA was last written. */
  #movedAt = 0;

  constructor(socket: Socket, owner: ConnectionOwner, context: { readonly worker: Http1Worker; readonly id: number; readonly tls: (() => DownstreamTls) | null }) {
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
    this.#idleFrames = new Allowance(IDLE_FRAMES_BURST, IDLE_FRAMES_PER_SECOND, worker.wheel.now);
    this.#resets = new Allowance(RESETS_BURST, RESETS_PER_SECOND, worker.wheel.now);
    this.#output = new FrameOutput(socket, { turn: worker.writes, buffers: worker.http2.buffers, drained: () => this.#pump() });
    socket.on('end', () => this.#onEnd());
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.#onClose());
    worker.wheel.watch(this, FIRST_MS);
    this.#sayHello();
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
    if (this.#tls === null) return null;
    return (this.#tlsSeen ??= this.#tls());
  }

  /** So much waits for the socket that streams should hold back. */
  get congested(): boolean {
    return this.#output.unsent > BACKLOG;
  }

  get #idleMs(): number {
    return (this.#site ?? this.#owner.site(''))?.listener.http.idleTimeoutMs ?? FIRST_MS;
  }

  // --- reading

  /** The socket's read callback: `buffer` is the thread's and is reused when this returns. Flow control bounds what comes, so reading never stops. */
  read(length: number, buffer: Buffer): boolean {
    this.#readAt = 0;
    let from = buffer;
    let end = length;
    if (this.#held !== null) {
      from = Buffer.concat([this.#held, buffer.subarray(0, length)]);
      this.#held = null;
      end = from.length;
    }
    const at = this.#consume(from, end);
    if (at < end && this.#state < LINGER) this.#held = from === buffer ? Buffer.from(buffer.subarray(at, end)) : from.subarray(at, end);
    return true;
  }

  /** Reads whole frames, and DATA as it comes; where it stopped. */
  #consume(buffer: Buffer, end: number): number {
    let at = 0;
    while (at < end) {
      if (this.#state !== OPEN) {
        if (this.#state === AWAIT_PREFACE) {
          const length = Math.min(end - at, PREFACE.length);
          if (PREFACE.compare(buffer, at, at + length, 0, length) !== 0) {
            this.#refuse(PROTOCOL_ERROR, 'the connection does not begin with the preface of HTTP/2');
            return end;
          }
          if (length < PREFACE.length) return at;
          at += length;
          this.#state = OPEN;
          continue;
        }
        if (this.#state === LINGER) this.worker.wheel.watch(this, LINGER_MS);
        return end;
      }
      if (this.#dataLeft > 0 || this.#dataPadding > 0) {
        at = this.#readData(buffer, at, end);
        continue;
      }
      if (end - at < FRAME_HEAD) return at;
      const length = (buffer[at]! << 16) | (buffer[at + 1]! << 8) | buffer[at + 2]!;
      const type = buffer[at + 3]!;
      if (length > FRAME_OCTETS) {
        this.#refuse(FRAME_SIZE_ERROR, 'a frame is longer than SETTINGS_MAX_FRAME_SIZE');
        return end;
      }
      if (!this.#settled && (type !== SETTINGS || (buffer[at + 4]! & ACK) !== 0)) {
        this.#refuse(PROTOCOL_ERROR, 'the first frame is not SETTINGS');
        return end;
      }
      if (this.#block !== null && type !== CONTINUATION) {
        this.#refuse(PROTOCOL_ERROR, 'a header block is interrupted by another frame');
        return end;
      }
      // of a padded one the length of its padding must be there
      const needed = type === DATA ? FRAME_HEAD + ((buffer[at + 4]! & PADDED) !== 0 && length > 0 ? 1 : 0) : FRAME_HEAD + length;
      if (end - at < needed) return at;
      const payload = at + FRAME_HEAD;
      if (type === DATA) at = this.#beginData(buffer, payload, { flags: buffer[at + 4]!, stream: readUint31(buffer, at + 5), length });
      else {
        this.#frame(buffer, payload, { type, flags: buffer[at + 4]!, stream: readUint31(buffer, at + 5), length });
        at = payload + length;
      }
    }
    return at;
  }

  #frame(buffer: Buffer, start: number, frame: { readonly type: number; readonly flags: number; readonly stream: number; readonly length: number }): void {
    switch (frame.type) {
      case HEADERS:
        return this.#headers(buffer, start, frame);
      case CONTINUATION:
        return this.#continuation(buffer, start, frame);
      case PRIORITY:
        if (!this.#spendIdle()) return;
        if (frame.stream === 0) return this.#refuse(PROTOCOL_ERROR, 'PRIORITY on stream 0');
        if (frame.length !== 5) return this.#streamError(frame.stream, FRAME_SIZE_ERROR);
        if (readUint31(buffer, start) === frame.stream) this.#streamError(frame.stream, PROTOCOL_ERROR);
        return;
      case RST_STREAM:
        return this.#resetStream(frame);
      case SETTINGS:
        return this.#settings(buffer, start, frame);
      case PUSH_PROMISE:
        return this.#refuse(PROTOCOL_ERROR, 'a client may not push');
      case PING:
        if (!this.#spendIdle()) return;
        if (frame.stream !== 0) return this.#refuse(PROTOCOL_ERROR, 'PING on a stream');
        if (frame.length !== 8) return this.#refuse(FRAME_SIZE_ERROR, 'PING is not of eight octets');
        if ((frame.flags & ACK) === 0) this.#control(PING, ACK, { stream: 0, payload: buffer.subarray(start, start + 8) });
        return;
      case GOAWAY:
        if (frame.stream !== 0) return this.#refuse(PROTOCOL_ERROR, 'GOAWAY on a stream');
        if (frame.length < 8) return this.#refuse(FRAME_SIZE_ERROR, 'GOAWAY is shorter than eight octets');
        // the client opens no more streams; those that it has are served
        this.#clientLeaves = true;
        this.#closeWhenDone();
        return;
      case WINDOW_UPDATE:
        return this.#windowUpdate(buffer, start, frame);
      default:
        // unknown types are ignored (RFC 9113 section 5.5)
        this.#spendIdle();
    }
  }

  // --- DATA

  #beginData(buffer: Buffer, payload: number, frame: { readonly flags: number; readonly stream: number; readonly length: number }): number {
    const { stream, length } = frame;
    let at = payload;
    let padding = 0;
    if (stream === 0) this.#refuse(PROTOCOL_ERROR, 'DATA on stream 0');
    else if (this.#isIdle(stream)) this.#refuse(PROTOCOL_ERROR, 'DATA on a stream that was never opened');
    else if (length > this.#receiveWindow) this.#refuse(FLOW_CONTROL_ERROR, 'more DATA than the window of the connection has room for');
    else if ((frame.flags & PADDED) !== 0) {
      padding = length === 0 ? 0 : buffer[at++]! + 1;
      if (length === 0) this.#refuse(FRAME_SIZE_ERROR, 'padded DATA without the length of its padding');
      else if (padding > length) this.#refuse(PROTOCOL_ERROR, 'more padding than payload');
    }
    if (this.#state !== OPEN) return at;
    this.#receiveWindow -= length;
    this.#dataStream = stream;
    this.#dataLast = (frame.flags & END_STREAM) !== 0;
    this.#dataLeft = length - padding;
    this.#dataPadding = padding === 0 ? 0 : padding - 1;
    const exchange = this.#streams.get(stream);
    if (padding > 0) {
      if (exchange === undefined) this.consumed(padding);
      else exchange.padding(padding);
    }
    if (length - padding === 0 && !this.#dataLast) this.#spendIdle();
    else this.#idleFrames.earn((length - padding) / PAYLOAD_PER_FRAME);
    if (exchange === undefined) this.#strayFrame(stream, this.#answered.data(stream, { length, payload: length - padding, last: this.#dataLast }));
    else if (exchange.remoteClosed) this.#breakStream(exchange, STREAM_CLOSED, OK);
    else if (length > exchange.receiveWindow) this.#breakStream(exchange, FLOW_CONTROL_ERROR, OK);
    else {
      exchange.receiveWindow -= length;
      if (this.#dataLeft === 0) this.#dataEnds();
    }
    return at;
  }

  #readData(buffer: Buffer, start: number, end: number): number {
    let at = start;
    if (this.#dataLeft > 0) {
      const take = Math.min(this.#dataLeft, end - at);
      this.#dataLeft -= take;
      const exchange = this.#streams.get(this.#dataStream);
      if (exchange === undefined) this.consumed(take);
      else if (!exchange.data(buffer, at, at + take)) {
        this.consumed(take);
        this.#breakStream(exchange, PROTOCOL_ERROR, BAD_LENGTH);
      } else if (this.#dataLeft === 0) this.#dataEnds();
      at += take;
    }
    if (this.#dataLeft === 0 && this.#dataPadding > 0) {
      const skip = Math.min(this.#dataPadding, end - at);
      this.#dataPadding -= skip;
      at += skip;
    }
    return at;
  }

  #dataEnds(): void {
    if (!this.#dataLast) return;
    const exchange = this.#streams.get(this.#dataStream);
    if (exchange !== undefined && !exchange.endOfBody('')) this.#breakStream(exchange, PROTOCOL_ERROR, BAD_LENGTH);
  }

  // --- header blocks

  #headers(buffer: Buffer, start: number, frame: { readonly flags: number; readonly stream: number; readonly length: number }): void {
    const { stream, flags } = frame;
    let at = start;
    let end = start + frame.length;
    if (stream === 0) return this.#refuse(PROTOCOL_ERROR, 'HEADERS on stream 0');
    if ((flags & PADDED) !== 0) {
      if (frame.length === 0) return this.#refuse(FRAME_SIZE_ERROR, 'padded HEADERS without the length of its padding');
      end -= buffer[at++]!;
    }
    let selfDependent = false;
    if ((flags & PRIORITISED) !== 0) {
      if (end - at < 5) return this.#refuse(FRAME_SIZE_ERROR, 'HEADERS without the priority that its flag says');
      selfDependent = readUint31(buffer, at) === stream;
      at += 5;
    }
    if (at > end) return this.#refuse(PROTOCOL_ERROR, 'more padding than payload');
    const last = (flags & END_STREAM) !== 0;
    if ((flags & END_HEADERS) !== 0) return this.#headerBlock({ stream, last, selfDependent }, buffer, at, end);
    this.#block = { stream, last, selfDependent, parts: [Buffer.from(buffer.subarray(at, end))], octets: end - at };
    // from its first octet to its last a head has as long as a silent connection has
    if (this.deadline > this.worker.wheel.now + this.#idleMs) this.worker.wheel.watch(this, this.#idleMs);
  }

  #continuation(buffer: Buffer, start: number, { flags, stream, length }: { readonly flags: number; readonly stream: number; readonly length: number }): void {
    const block = this.#block;
    if (block === null || block.stream !== stream) return this.#refuse(PROTOCOL_ERROR, 'CONTINUATION of no header block');
    block.parts.push(Buffer.from(buffer.subarray(start, start + length)));
    block.octets += length;
    if (block.octets > BLOCK_OCTETS) return this.#flood('a header block without end');
    // each must bring something: a block of many tiny frames costs more than it says
    if (length < 256 && !this.#spendIdle()) return;
    if ((flags & END_HEADERS) === 0) return;
    this.#block = null;
    this.#headerBlock(block, Buffer.concat(block.parts), 0, block.octets);
  }

  #headerBlock(head: { readonly stream: number; readonly last: boolean; readonly selfDependent: boolean }, buffer: Buffer, start: number, end: number): void {
    const { stream } = head;
    const exchange = this.#streams.get(stream);
    if (exchange !== undefined || (stream <= this.#lastStream && this.#answered.has(stream))) return this.#trailerBlock(stream, head.last, buffer, start, end);
    const { request } = this.worker.http2;
    request.begin();
    if (!this.#decoder.decode(buffer, start, end, request)) return this.#refuse(COMPRESSION_ERROR, 'a header block cannot be decoded');
    if ((stream & 1) === 0) return this.#refuse(PROTOCOL_ERROR, 'the id of a client\'s stream is even');
    if (stream <= this.#lastStream) {
      // trailers of a stream that we have reset may have been on their way
      if (this.#reset.get(stream) === true) return;
      const neverOpened = stream >= this.#skippedFrom && stream < this.#skippedTo;
      return this.#refuse(neverOpened ? PROTOCOL_ERROR : STREAM_CLOSED, neverOpened ? 'the id of a stream is lower than one before' : 'HEADERS on a stream that is closed');
    }
    if (stream > this.#goneAway) return;
    if (stream > this.#lastStream + 2) {
      this.#skippedFrom = this.#lastStream + 1;
      this.#skippedTo = stream;
    }
    this.#lastStream = stream;
    if (head.selfDependent) return this.#streamError(stream, PROTOCOL_ERROR);
    if (this.#streams.size + this.#answered.size >= STREAMS_MOST) return this.#streamError(stream, REFUSED_STREAM);
    request.end();
    this.#request(stream, head.last, end - start);
  }

  #request(stream: number, last: boolean, octets: number): void {
    const { worker } = this;
    const { request } = worker.http2;
    const exchange = new Http2Exchange(this, stream, { send: this.#initialSendWindow, receive: WINDOW });
    if (this.#readAt === 0) this.#readAt = worker.clock.monotonic();
    exchange.startedAt = this.#readAt;
    exchange.startedWall = worker.wall(this.#readAt);
    exchange.bytesIn = octets;
    exchange.remoteClosed = last;
    exchange.received(request);
    const alone = this.#streams.size === 0;
    this.#streams.set(stream, exchange);
    if (request.flaw !== OK) return this.#refuseRequest(exchange, request.flaw, request.overLimit);
    if (last) {
      if (request.contentLength > 0) return this.#breakStream(exchange, PROTOCOL_ERROR, BAD_LENGTH);
      exchange.framing = NO_BODY;
    } else if (request.contentLength > 0) {
      exchange.framing = LENGTH;
      exchange.contentLength = request.contentLength;
    } else exchange.framing = request.contentLength === 0 ? NO_BODY : CHUNKED;
    const site = this.#owner.site(request.host);
    if (site === null) return exchange.fail(faults.shutdown);
    exchange.site = site;
    this.#site = site;
    const { http } = site.listener;
    // while others are under way, the deadline is theirs: `expire` looks at all
    if (alone) worker.wheel.watch(this, http.idleTimeoutMs);
    if (this.#owner.draining || worker.wheel.now - this.#openedAt > http.keepAliveMs) this.#leave();
    // the DATA of a WebSocket is no body (RFC 8441 section 5)
    if (request.protocol !== '') exchange.framing = NO_BODY;
    if (exchange.method === 'TRACE') exchange.fail(faults['method-not-allowed']);
    else if (exchange.method === 'CONNECT') exchange.fail(faults['bad-request']);
    else site.serve(exchange);
  }

  /** A request that is malformed is reset (RFC 9113 section 8.1.1); one that is only more than we take is answered. */
  #refuseRequest(exchange: Http2Exchange, flaw: Flaw, overLimit: boolean): void {
    const site = this.#owner.site(exchange.host) ?? this.#owner.site('');
    if (site !== null) exchange.site = this.#site = site;
    exchange.flaw = flawName(flaw);
    if (overLimit) exchange.fail(faults[FAULT_OF_FLAW[flaw] ?? 'bad-request']);
    else this.#breakStream(exchange, PROTOCOL_ERROR, flaw);
  }

  #trailerBlock(stream: number, last: boolean, buffer: Buffer, start: number, end: number): void {
    const { trailers } = this.worker.http2;
    trailers.begin();
    if (!this.#decoder.decode(buffer, start, end, trailers)) return this.#refuse(COMPRESSION_ERROR, 'a header block cannot be decoded');
    const exchange = this.#streams.get(stream);
    if (exchange === undefined) return this.#strayFrame(stream, this.#answered.trailers(stream, last && trailers.flaw === OK));
    exchange.bytesIn += end - start;
    if (exchange.remoteClosed) this.#breakStream(exchange, STREAM_CLOSED, OK);
    else if (!last) this.#breakStream(exchange, PROTOCOL_ERROR, BAD_PSEUDO_FIELD);
    else if (trailers.flaw !== OK) this.#breakStream(exchange, PROTOCOL_ERROR, trailers.flaw);
    else if (!exchange.endOfBody(trailers.lines)) this.#breakStream(exchange, PROTOCOL_ERROR, BAD_LENGTH);
  }

  // --- other frames

  #resetStream({ stream, length }: { readonly stream: number; readonly length: number }): void {
    if (length !== 4) return this.#refuse(FRAME_SIZE_ERROR, 'RST_STREAM is not of four octets');
    if (stream === 0 || this.#isIdle(stream)) return this.#refuse(PROTOCOL_ERROR, 'RST_STREAM on a stream that was never opened');
    const exchange = this.#streams.get(stream);
    if (exchange === undefined) {
      this.#answered.delete(stream);
      this.#rememberReset(stream, false);
      this.#spendIdle();
      return;
    }
    this.#rememberReset(stream, false);
    exchange.remoteClosed = true;
    exchange.abandon(faults['client-closed']);
    this.#spendReset();
  }

  #settings(buffer: Buffer, start: number, { flags, stream, length }: { readonly flags: number; readonly stream: number; readonly length: number }): void {
    if (stream !== 0) return this.#refuse(PROTOCOL_ERROR, 'SETTINGS on a stream');
    if (!this.#spendIdle()) return;
    if ((flags & ACK) !== 0) {
      if (length !== 0) this.#refuse(FRAME_SIZE_ERROR, 'SETTINGS that acknowledges carries settings');
      return;
    }
    if (length % 6 !== 0) return this.#refuse(FRAME_SIZE_ERROR, 'SETTINGS is not of six octets each');
    this.#settled = true;
    for (let at = start; at < start + length; at += 6) {
      const value = readUint32(buffer, at + 2);
      switch ((buffer[at]! << 8) | buffer[at + 1]!) {
        case SETTINGS_HEADER_TABLE_SIZE:
          this.#encoder.limit(value);
          break;
        case SETTINGS_ENABLE_PUSH:
          if (value > 1) return this.#refuse(PROTOCOL_ERROR, 'SETTINGS_ENABLE_PUSH is neither 0 nor 1');
          break;
        case SETTINGS_INITIAL_WINDOW_SIZE: {
          if (value > WINDOW_MOST) return this.#refuse(FLOW_CONTROL_ERROR, 'SETTINGS_INITIAL_WINDOW_SIZE is too large');
          const change = value - this.#initialSendWindow;
          this.#initialSendWindow = value;
          for (const exchange of this.#streams.values()) {
            exchange.sendWindow += change;
            if (exchange.sendWindow > WINDOW_MOST) return this.#refuse(FLOW_CONTROL_ERROR, 'SETTINGS_INITIAL_WINDOW_SIZE makes a window too large');
          }
          break;
        }
        case SETTINGS_MAX_FRAME_SIZE:
          // ours are never longer than the least of it
          if (value < FRAME_OCTETS || value > FRAME_OCTETS_MOST) return this.#refuse(PROTOCOL_ERROR, 'SETTINGS_MAX_FRAME_SIZE is out of range');
          break;
        default:
          break;
      }
    }
    this.#control(SETTINGS, ACK, { stream: 0, payload: null });
    this.#pump();
  }

  #windowUpdate(buffer: Buffer, start: number, { stream, length }: { readonly stream: number; readonly length: number }): void {
    if (length !== 4) return this.#refuse(FRAME_SIZE_ERROR, 'WINDOW_UPDATE is not of four octets');
    if (!this.#spendIdle()) return;
    const increment = readUint31(buffer, start);
    if (stream === 0) {
      if (increment === 0) return this.#refuse(PROTOCOL_ERROR, 'WINDOW_UPDATE of nothing');
      this.#sendWindow += increment;
      if (this.#sendWindow > WINDOW_MOST) return this.#refuse(FLOW_CONTROL_ERROR, 'the window of the connection is too large');
    } else {
      if (this.#isIdle(stream)) return this.#refuse(PROTOCOL_ERROR, 'WINDOW_UPDATE on a stream that was never opened');
      const exchange = this.#streams.get(stream);
      if (exchange === undefined) {
        const verdict = this.#answered.windowUpdate(stream, increment);
        // on a stream that is closed it was on its way
        return verdict === UNKNOWN ? undefined : this.#strayFrame(stream, verdict);
      }
      if (increment === 0) return this.#breakStream(exchange, PROTOCOL_ERROR, OK);
      exchange.sendWindow += increment;
      if (exchange.sendWindow > WINDOW_MOST) return this.#breakStream(exchange, FLOW_CONTROL_ERROR, OK);
    }
    if (this.#waiting.length > 0) this.#pump();
  }

  // --- writing, for exchanges

  writeHead(exchange: Http2Exchange, head: { readonly status: number; readonly lines: string; readonly last: boolean }): void {
    if (this.#state >= LINGER) return;
    const output = this.#output;
    const at = output.reserve(FRAME_HEAD + HpackEncoder.room(head.lines.length));
    const end = this.#encoder.response(head.status, head.lines, output.buffer, at + FRAME_HEAD);
    exchange.bytesOut += this.#writeBlock(exchange.id, at, end, head.last ? END_STREAM : 0);
  }

  /** As much of the octets as windows and the socket take; where it stopped. */
  writeData(exchange: Http2Exchange, buffer: Buffer, start: number, end: number): number {
    let at = start;
    const output = this.#output;
    while (at < end && this.#state < LINGER && output.unsent <= BACKLOG) {
      const take = Math.min(end - at, FRAME_OCTETS, exchange.sendWindow, this.#sendWindow);
      if (take <= 0) break;
      const offset = output.reserve(FRAME_HEAD + take);
      writeFrameHead(output.buffer, offset, { length: take, type: DATA, flags: 0, stream: exchange.id });
      buffer.copy(output.buffer, offset + FRAME_HEAD, at, at + take);
      output.commit(offset + FRAME_HEAD + take);
      this.#lastData = exchange;
      this.#lastDataAt = offset;
      this.#lastDataBatch = output.batch;
      exchange.sendWindow -= take;
      this.#sendWindow -= take;
      exchange.bytesOut += take;
      at += take;
    }
    // the client's two WINDOW_UPDATE have led to something, unless it opens its windows by single octets
    if (at > start) this.#movedAt = this.worker.wheel.now;
    if (at - start >= WORTH_A_FRAME) this.#idleFrames.earn(2 + (at - start) / PAYLOAD_PER_FRAME);
    return at;
  }

  /** END_STREAM: with the trailers, else on the last DATA frame if it has not left yet. */
  writeEnd(exchange: Http2Exchange, trailers: string): void {
    if (this.#state >= LINGER) return;
    const output = this.#output;
    if (trailers !== '') {
      const at = output.reserve(FRAME_HEAD + HpackEncoder.room(trailers.length));
      const end = this.#encoder.trailers(trailers, output.buffer, at + FRAME_HEAD);
      exchange.bytesOut += this.#writeBlock(exchange.id, at, end, END_STREAM);
    } else if (this.#lastData === exchange && this.#lastDataBatch === output.batch) output.buffer[this.#lastDataAt + 4]! |= END_STREAM;
    else {
      const at = output.reserve(FRAME_HEAD);
      output.commit(writeFrameHead(output.buffer, at, { length: 0, type: DATA, flags: END_STREAM, stream: exchange.id }));
    }
  }

  /** Frames the header block that was written from `at` on, behind room for the first frame's head; octets of it. */
  #writeBlock(stream: number, at: number, end: number, flags: number): number {
    const output = this.#output;
    const length = end - at - FRAME_HEAD;
    if (length <= FRAME_OCTETS) {
      writeFrameHead(output.buffer, at, { length, type: HEADERS, flags: flags | END_HEADERS, stream });
      output.commit(end);
      return length;
    }
    // seldom: the block is moved apart to make room for the heads of CONTINUATION frames
    const block = Buffer.from(output.buffer.subarray(at + FRAME_HEAD, end));
    for (let from = 0; from < length; from += FRAME_OCTETS) {
      const take = Math.min(FRAME_OCTETS, length - from);
      const offset = output.reserve(FRAME_HEAD + take);
      const last = from + take === length ? END_HEADERS : 0;
      writeFrameHead(output.buffer, offset, { length: take, type: from === 0 ? HEADERS : CONTINUATION, flags: from === 0 ? flags | last : last, stream });
      block.copy(output.buffer, offset + FRAME_HEAD, from, from + take);
      output.commit(offset + FRAME_HEAD + take);
    }
    return length;
  }

  /** Octets of a stream's window are free again. */
  credit(stream: number, octets: number): void {
    this.#windowCredit(stream, octets);
  }

  /** Octets of the connection's window are free again. */
  consumed(octets: number): void {
    this.#consumed += octets;
    if (this.#consumed < CREDIT_STEP) return;
    this.#receiveWindow += this.#consumed;
    this.#windowCredit(0, this.#consumed);
    this.#consumed = 0;
  }

  /** The exchange waits for a window, or for the socket. */
  waits(exchange: Http2Exchange): void {
    if (exchange.listed) return;
    exchange.listed = true;
    this.#waiting.push(exchange);
  }

  /** Tells the client that a stream ends here. */
  reset(exchange: Http2Exchange, code: ErrorCode): void {
    this.#writeReset(exchange.id, code);
    exchange.remoteClosed = true;
  }

  /** Called by the exchange when it is over. */
  exchangeEnded(exchange: Http2Exchange): void {
    if (!this.#streams.delete(exchange.id)) return;
    if (this.#state >= LINGER) return;
    // the answer is whole and the request is not: the rest of it is not wanted (RFC 9113 section 8.1)
    if (!exchange.remoteClosed) this.#endsEarly(exchange);
    else if (exchange.fault === null) this.#resets.earn(1);
    this.#idleFrames.earn(4);
    if (this.#streams.size === 0) {
      this.worker.wheel.watch(this, this.#idleMs);
      this.#closeWhenDone();
    }
  }

  #endsEarly(exchange: Http2Exchange): void {
    if (exchange.webSocket) return this.#writeReset(exchange.id, NO_ERROR);
    this.#answered.add(exchange, this.worker.wheel.now);
    this.#askToStop();
  }

  /** Tells the client that nobody listens on the streams that have had their time. */
  #askToStop(): void {
    if (this.#askingToStop) return;
    this.#askingToStop = true;
    this.worker.clock.after(this.#answered.nextIn(this.worker.wheel.now), () => {
      this.#askingToStop = false;
      for (const stream of this.#answered.takeDue(this.worker.wheel.now)) this.#writeReset(stream, NO_ERROR);
      if (this.#answered.size > 0) this.#askToStop();
    });
  }

  /** Gives every stream that waits its turn, a frame at a time, as long as something moves. */
  #pump(): void {
    if (this.#pumping || this.#state !== OPEN) return;
    this.#pumping = true;
    let moved = true;
    while (moved && this.#waiting.length > 0 && !this.congested) {
      moved = false;
      const round = this.#waiting;
      this.#waiting = [];
      for (const exchange of round) {
        exchange.listed = false;
        if (exchange.ended) continue;
        if (!this.congested && exchange.pump()) moved = true;
        if (exchange.waiting) this.waits(exchange);
      }
    }
    this.#pumping = false;
  }

  #sayHello(): void {
    const output = this.#output;
    const at = output.reserve(64);
    let end = writeFrameHead(output.buffer, at, { length: 18, type: SETTINGS, flags: 0, stream: 0 });
    end = writeSetting(output.buffer, end, SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS_MOST);
    end = writeSetting(output.buffer, end, SETTINGS_MAX_HEADER_LIST_SIZE, HEADER_LIST_OCTETS);
    end = writeSetting(output.buffer, end, SETTINGS_ENABLE_CONNECT_PROTOCOL, 1);
    end = writeFrameHead(output.buffer, end, { length: 4, type: WINDOW_UPDATE, flags: 0, stream: 0 });
    output.commit(writeUint32(output.buffer, end, CONNECTION_WINDOW - WINDOW));
  }

  #control(type: number, flags: number, { stream, payload }: { readonly stream: number; readonly payload: Buffer | null }): void {
    const output = this.#output;
    const length = payload?.length ?? 0;
    const at = output.reserve(FRAME_HEAD + length);
    writeFrameHead(output.buffer, at, { length, type, flags, stream });
    if (payload !== null) payload.copy(output.buffer, at + FRAME_HEAD);
    output.commit(at + FRAME_HEAD + length);
    if (output.unsent > UNREAD_MOST) this.#flood('what it asks for is not read');
  }

  #windowCredit(stream: number, octets: number): void {
    if (this.#state >= LINGER) return;
    const at = this.#output.reserve(FRAME_HEAD + 4);
    const end = writeFrameHead(this.#output.buffer, at, { length: 4, type: WINDOW_UPDATE, flags: 0, stream });
    this.#output.commit(writeUint32(this.#output.buffer, end, octets));
  }

  #writeReset(stream: number, code: ErrorCode): void {
    if (this.#state >= LINGER) return;
    this.#rememberReset(stream, true);
    const at = this.#output.reserve(FRAME_HEAD + 4);
    const end = writeFrameHead(this.#output.buffer, at, { length: 4, type: RST_STREAM, flags: 0, stream });
    this.#output.commit(writeUint32(this.#output.buffer, end, code));
  }

  #rememberReset(stream: number, byUs: boolean): void {
    this.#reset.set(stream, byUs);
    if (this.#reset.size > RESET_KEPT) this.#reset.delete(this.#reset.keys().next().value!);
  }

  // --- errors and limits

  #isIdle(stream: number): boolean {
    return (stream & 1) === 0 || stream > this.#lastStream;
  }

  /** What a frame of a stream without an exchange comes to: one that is answered, that we have reset, or that is closed. */
  #strayFrame(stream: number, verdict: Verdict): void {
    if (verdict === FINE) return;
    if (verdict === NO_ERROR) this.#writeReset(stream, NO_ERROR);
    else if (verdict !== UNKNOWN) this.#streamError(stream, verdict);
    else {
      const byUs = this.#reset.get(stream);
      // RFC 9113 section 5.1, "closed": after RST_STREAM it is an error of the stream, after END_STREAM one of the connection
      if (byUs === false) this.#streamError(stream, STREAM_CLOSED);
      else if (byUs === undefined) this.#refuse(STREAM_CLOSED, 'DATA on a stream that is closed');
    }
  }

  /** An error of a stream that has no exchange. */
  #streamError(stream: number, code: ErrorCode): void {
    const exchange = this.#streams.get(stream);
    if (exchange !== undefined) return this.#breakStream(exchange, code, OK);
    // a stream that was never opened cannot be reset (RFC 9113 section 5.1)
    if (this.#isIdle(stream)) return this.#refuse(code, 'PRIORITY is malformed');
    this.#writeReset(stream, code);
    if (code !== REFUSED_STREAM || !this.#settled) this.#spendReset();
    else this.#spendIdle();
  }

  #breakStream(exchange: Http2Exchange, code: ErrorCode, flaw: Flaw): void {
    if (flaw !== OK) exchange.flaw = flawName(flaw);
    this.reset(exchange, code);
    exchange.abandon(faults['bad-request']);
    this.#spendReset();
  }

  #spendIdle(): boolean {
    if (this.#idleFrames.take(this.worker.wheel.now)) return true;
    this.#flood('too many frames that carry nothing');
    return false;
  }

  #spendReset(): void {
    if (this.#state === OPEN && !this.#resets.take(this.worker.wheel.now)) this.#flood('too many streams are reset');
  }

  #flood(why: string): void {
    this.#break(faults['http2-flood'], ENHANCE_YOUR_CALM, why);
  }

  #refuse(code: ErrorCode, why: string): void {
    this.#break(faults['http2-protocol'], code, why);
  }

  /** A connection error (RFC 9113 section 5.4.1): says so, gives up what is under way, and closes. */
  #break(fault: Fault, code: ErrorCode, why: string): void {
    if (this.#state >= LINGER) return;
    const site = this.#site ?? this.#owner.site('');
    if (this.#streams.size === 0) site?.observer.connectionRefused(this.remoteAddress, fault, why);
    this.#writeGoAway(this.#lastStream, code, why);
    this.#close();
    for (const exchange of this.#streams.values()) exchange.abandon(fault);
    this.#streams.clear();
  }

  #writeGoAway(last: number, code: ErrorCode, why: string): void {
    const at = this.#output.reserve(FRAME_HEAD + 8 + why.length);
    const { buffer } = this.#output;
    let end = writeFrameHead(buffer, at, { length: 8 + why.length, type: GOAWAY, flags: 0, stream: 0 });
    end = writeUint32(buffer, writeUint32(buffer, end, last), code);
    this.#output.commit(end + buffer.write(why, end, 'latin1'));
  }

  // --- ending

  /** Stops taking requests: those under way, and those on their way, are served. */
  drain(): void {
    this.#leave();
    for (const exchange of this.#streams.values()) exchange.drain();
  }

  /** Says that no more requests are wanted, and a moment later that none is taken (RFC 9113 section 6.8). */
  #leave(): void {
    if (this.#leaving || this.#state >= LINGER) return;
    this.#leaving = true;
    this.#writeGoAway(WINDOW_MOST, NO_ERROR, '');
    this.worker.clock.after(GRACE_MS, () => {
      if (this.#state >= LINGER) return;
      this.#goneAway = this.#lastStream;
      this.#writeGoAway(this.#lastStream, NO_ERROR, '');
      this.#closeWhenDone();
    });
    this.#closeWhenDone();
  }

  #closeWhenDone(): void {
    if (this.#streams.size > 0 || this.#state >= LINGER) return;
    // streams may be on their way for a moment after the first GOAWAY
    const over = this.#clientLeaves || (this.#leaving && this.#goneAway !== WINDOW_MOST);
    if (!over) return;
    for (const stream of this.#answered.takeDue(Infinity)) this.#writeReset(stream, NO_ERROR);
    if (this.#goneAway === WINDOW_MOST) this.#writeGoAway(this.#lastStream, NO_ERROR, '');
    this.#close();
  }

  /** FIN, and what the client still says is read and dropped: closing at once would reset the connection and take what was said with it. */
  #close(): void {
    if (this.#state >= LINGER) return;
    this.#state = LINGER;
    this.#answered.takeDue(Infinity);
    this.#held = null;
    this.#block = null;
    this.#waiting = [];
    this.worker.wheel.watch(this, LINGER_MS);
    this.#output.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The client says no more. Nobody waits for an answer on a connection that cannot carry a WINDOW_UPDATE. */
  #onEnd(): void {
    if (this.#state < LINGER && this.#streams.size === 0) this.#close();
    else this.destroy();
  }

  #onClose(): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.worker.wheel.release(this);
    this.#answered.takeDue(Infinity);
    this.#held = null;
    this.#block = null;
    for (const exchange of this.#streams.values()) exchange.abandon(faults['client-closed']);
    this.#streams.clear();
    this.#owner.closed(this);
  }

  /** Looks at every stream that waits for the client, and at the connection. */
  expire(): void {
    const { wheel } = this.worker;
    const idle = this.#idleMs;
    if (this.#state === LINGER) return this.destroy();
    if (this.#state === AWAIT_PREFACE || this.#block !== null) return this.#refuse(PROTOCOL_ERROR, 'what was begun has not come to its end in time');
    if (this.#output.unsent > 0) {
      const queued = queuedOctets(this.#socket);
      // nothing has been taken since the last look
      if (queued > 0 && queued === this.#queuedSeen) return this.destroy();
      this.#queuedSeen = queued;
      return wheel.watch(this, idle);
    }
    this.#queuedSeen = -1;
    if (this.#streams.size === 0) {
      this.#writeGoAway(this.#lastStream, NO_ERROR, '');
      return this.#close();
    }
    let next = idle;
    for (const exchange of this.#streams.values()) {
      if (!exchange.awaitsClient) continue;
      // one whose own window is open waits for its turn in the connection's, and that is judged as a whole
      const moved = exchange.hasQueued && exchange.sendWindow > 0 ? Math.max(exchange.touchedAt, this.#movedAt) : exchange.touchedAt;
      const left = moved + idle - wheel.now;
      if (left > 0) next = Math.min(next, left);
      else this.#late(exchange);
    }
    if (this.#state === OPEN) wheel.watch(this, this.#streams.size === 0 ? idle : Math.max(next, 100));
  }

  /** A stream whose client does not move. */
  #late(exchange: Http2Exchange): void {
    if (exchange.hasQueued) {
      this.reset(exchange, ENHANCE_YOUR_CALM);
      exchange.abandon(faults['client-closed']);
    } else exchange.late();
  }
}

const FAULT_OF_FLAW: Readonly<Record<number, FaultCode>> = {
  [START_LINE_TOO_LONG]: 'target-too-long',
  [FIELD_TOO_LONG]: 'head-too-large',
  [HEAD_TOO_LARGE]: 'head-too-large',
  [TOO_MANY_FIELDS]: 'too-many-fields',
  [BAD_EXPECT]: 'expectation-failed',
};

function writeSetting(into: Buffer, at: number, setting: number, value: number): number {
  into[at] = setting >>> 8;
  into[at + 1] = setting;
  return writeUint32(into, at + 2, value);
}
