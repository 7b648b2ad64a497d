// One piece, past 600 lines: the client's half of the machine in listeners/http2/connection.ts, and for its reasons; what is of one stream is in
// `http2-request.ts`. Cutting octets into frames, which both do, is the piece to take out next (docs/progress.md).
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { Watched } from '../../../kernel/index.ts';
import { FrameOutput } from '../../sockets/index.ts';
import { faults, NO_BODY, type Fault } from '../../exchange/index.ts';
import { HEAD_TOO_LARGE, OK } from '../../wire/index.ts';
import {
  ACK, CANCEL, COMPRESSION_ERROR, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, type ErrorCode, FLOW_CONTROL_ERROR, FRAME_HEAD,
  FRAME_OCTETS, FRAME_OCTETS_MOST, FRAME_SIZE_ERROR, GOAWAY, HEADERS, HpackDecoder, HpackEncoder, PADDED, PING, PREFACE, PRIORITISED,
  PROTOCOL_ERROR, PUSH_PROMISE, readUint31, readUint32, REFUSED_STREAM, RST_STREAM, SETTINGS, SETTINGS_ENABLE_PUSH, SETTINGS_HEADER_TABLE_SIZE,
  SETTINGS_INITIAL_WINDOW_SIZE, SETTINGS_MAX_CONCURRENT_STREAMS, SETTINGS_MAX_FRAME_SIZE, SETTINGS_MAX_HEADER_LIST_SIZE, WINDOW, WINDOW_MOST,
  WINDOW_UPDATE, writeFrameHead, writeUint32,
} from '../../wire/http2/index.ts';
import { RESPONSE_HEAD_BYTES, type UpstreamWorker } from '../worker.ts';
import { connectFault } from './connect-fault.ts';
import type { Http2Request } from './http2-request.ts';

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;

/** ALB gives a target ten seconds to accept a connection. */
const CONNECT_MS = 10_000;
/** Idle connections are closed before most servers would. */
const KEEP_ALIVE_MS = 60_000;
/** An answer to a PING on a connection that is in doubt. */
const PING_MS = 5_000;
/** Until the target has said how many it takes; what it refuses is sent again. */
const STREAMS_FIRST = 100;
/** Streams of one connection at most, whatever the target would take: another connection shares the work of its end. */
const STREAMS_MOST = 256;
/** The connection's window is only a bound above those of its streams, which are what holds answers back. */
const CONNECTION_WINDOW = 16 * 1024 * 1024;
const CREDIT_STEP = 4 * 1024 * 1024;
const BACKLOG = 64 * 1024;
const BLOCK_OCTETS = 64 * 1024;
/** Frames that carry nothing, between two that do. */
const IDLE_FRAMES_MOST = 10_000;
/** Ids are 31 bits: a connection that has used them up is replaced. */
const LAST_ID = 0x7ffffff0;

export interface Http2Origin {
  readonly address: string;
  readonly port: number;
  readonly secure: boolean;
  readonly worker: UpstreamWorker;
  /** Whether requests say that trailers are welcome: gRPC servers ask for it. */
  readonly trailers: boolean;
  /** A connection takes no new streams any more. */
  leaving(connection: Http2Upstream): void;
  closed(connection: Http2Upstream): void;
}

interface OpenBlock {
  readonly stream: number;
  readonly last: boolean;
  readonly parts: Buffer[];
  octets: number;
}

/** One connection to a target, speaking HTTP/2: many exchanges at once. Cleartext is spoken with prior knowledge, TLS must have chosen h2 by ALPN. */
export class Http2Upstream extends Watched {
  readonly worker: UpstreamWorker;
  readonly #origin: Http2Origin;
  readonly #socket: Socket;
  readonly #output: FrameOutput;
  #state = CONNECTING;
  #error: NodeJS.ErrnoException | null = null;
  readonly #streams = new Map<number, Http2Request>();
  /** Requests that wait for the connection. */
  #early: Http2Request[] = [];
  #nextId = 1;
  #streamLimit = STREAMS_FIRST;
  #leaving = false;
  // --- reading
  #held: Buffer | null = null;
  #dataLeft = 0;
  #dataPadding = 0;
  #dataLast = false;
  #dataStream = 0;
  #block: OpenBlock | null = null;
  readonly #decoder = new HpackDecoder();
  #settled = false;
  #idleFrames = 0;
  // --- flow control and writing
  #receiveWindow = CONNECTION_WINDOW;
  #consumed = 0;
  #sendWindow = WINDOW;
  #initialSendWindow = WINDOW;
  readonly #encoder = new HpackEncoder();
  #waiting: Http2Request[] = [];
  #pumping = false;
  #lastData: Http2Request | null = null;
  #lastDataAt = 0;
  #lastDataBatch = -1;
  /** A PING that tells whether the target is still there. */
  #pinged = false;

  constructor(origin: Http2Origin) {
    super();
    this.#origin = origin;
    const { worker } = origin;
    this.worker = worker;
    const options = {
      host: origin.address,
      port: origin.port,
      noDelay: true,
      onread: { buffer: worker.readBuffer, callback: (length: number, buffer: Uint8Array): boolean => this.#read(buffer as Buffer, length) },
    };
    // verified where the installation says so, as for HTTP/1.1
    this.#socket = origin.secure ? connectTls({ ...options, ...worker.targetTls, ALPNProtocols: ['h2'] } as ConnectionOptions) : connect(options);
    this.#socket.on(origin.secure ? 'secureConnect' : 'connect', () => this.#connected());
    this.#output = new FrameOutput(this.#socket, { turn: worker.writes, buffers: worker.frames, drained: () => this.#pump() });
    this.#socket.on('end', () => this.destroy());
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#error ??= error;
    });
    this.#socket.on('close', () => this.#closed());
    worker.wheel.watch(this, CONNECT_MS);
  }

  /** Takes another exchange. */
  get free(): boolean {
    return !this.#leaving && this.#state !== CLOSED && this.#streams.size + this.#early.length < this.#streamLimit;
  }

  get inFlight(): number {
    return this.#streams.size + this.#early.length;
  }

  get congested(): boolean {
    return this.#output.unsent > BACKLOG;
  }

  /** No more exchanges; closes when the last is over. */
  retire(): void {
    this.#leaving = true;
    if (this.inFlight === 0) this.#goodbye();
  }

  // --- for requests

  begin(request: Http2Request): void {
    if (this.#state === CONNECTING) this.#early.push(request);
    else if (this.#state === OPEN) this.#open(request);
    else request.failed(faults['connect-failed'], null);
  }

  #open(request: Http2Request): void {
    const exchange = request.exchange;
    if (exchange === null || exchange.ended) return;
    const head = request.head.length === 1 ? request.head[0]! : request.head.join('');
    const output = this.#output;
    if (this.#streams.size === 0) this.worker.wheel.watch(this, request.idleMs);
    request.reused = this.#nextId > 1;
    request.id = this.#nextId;
    request.sendWindow = this.#initialSendWindow;
    request.receiveWindow = WINDOW;
    this.#nextId += 2;
    this.#streams.set(request.id, request);
    if (this.#nextId > LAST_ID) this.#leave();
    const { method, target } = exchange;
    const authority = hostOf(head);
    const at = output.reserve(FRAME_HEAD + HpackEncoder.room(head.length + target.length + authority.length));
    const end = this.#encoder.request(
      { method, scheme: this.#origin.secure ? 'https' : 'http', authority, path: target, trailers: this.#origin.trailers },
      { text: head, from: head.indexOf('\r\n') + 2 }, output.buffer, at + FRAME_HEAD,
    );
    const last = exchange.framing === NO_BODY;
    this.#writeBlock(request.id, at, end, last ? END_STREAM : 0);
    request.opened(last);
  }

  writeData(request: Http2Request, buffer: Buffer, start: number, end: number): number {
    let at = start;
    const output = this.#output;
    while (at < end && this.#state === OPEN && output.unsent <= BACKLOG) {
      const take = Math.min(end - at, FRAME_OCTETS, request.sendWindow, this.#sendWindow);
      if (take <= 0) break;
      const offset = output.reserve(FRAME_HEAD + take);
      writeFrameHead(output.buffer, offset, { length: take, type: DATA, flags: 0, stream: request.id });
      buffer.copy(output.buffer, offset + FRAME_HEAD, at, at + take);
      output.commit(offset + FRAME_HEAD + take);
      this.#lastData = request;
      this.#lastDataAt = offset;
      this.#lastDataBatch = output.batch;
      request.sendWindow -= take;
      this.#sendWindow -= take;
      at += take;
    }
    return at;
  }

  writeEnd(request: Http2Request, trailers: string): void {
    if (this.#state !== OPEN) return;
    const output = this.#output;
    if (trailers !== '') {
      const at = output.reserve(FRAME_HEAD + HpackEncoder.room(trailers.length));
      this.#writeBlock(request.id, at, this.#encoder.trailers(trailers, output.buffer, at + FRAME_HEAD), END_STREAM);
    } else if (this.#lastData === request && this.#lastDataBatch === output.batch) output.buffer[this.#lastDataAt + 4]! |= END_STREAM;
    else {
      const at = output.reserve(FRAME_HEAD);
      output.commit(writeFrameHead(output.buffer, at, { length: 0, type: DATA, flags: END_STREAM, stream: request.id }));
    }
  }

  credit(stream: number, octets: number): void {
    if (this.#state === OPEN) this.#control(WINDOW_UPDATE, 0, { stream, value: octets });
  }

  waits(request: Http2Request): void {
    if (request.listed) return;
    request.listed = true;
    this.#waiting.push(request);
  }

  /** The exchange is over on both sides. */
  done(request: Http2Request): void {
    if (request.id === 0) {
      const at = this.#early.indexOf(request);
      if (at !== -1) this.#early.splice(at, 1);
      return;
    }
    if (!this.#streams.delete(request.id) || this.#streams.size > 0) return;
    if (this.#leaving) this.#goodbye();
    else this.worker.wheel.watch(this, KEEP_ALIVE_MS);
  }

  reset(request: Http2Request, code: ErrorCode): void {
    const open = request.id !== 0 && this.#streams.has(request.id);
    if (open && this.#state === OPEN) this.#control(RST_STREAM, 0, { stream: request.id, value: code });
    this.done(request);
  }

  // --- reading

  #read(buffer: Buffer, length: number): boolean {
    let from = buffer;
    let end = length;
    if (this.#held !== null) {
      from = Buffer.concat([this.#held, buffer.subarray(0, length)]);
      this.#held = null;
      end = from.length;
    }
    const at = this.#consume(from, end);
    if (at < end && this.#state === OPEN) this.#held = from === buffer ? Buffer.from(buffer.subarray(at, end)) : from.subarray(at, end);
    return true;
  }

  #consume(buffer: Buffer, end: number): number {
    let at = 0;
    while (at < end && this.#state === OPEN) {
      if (this.#dataLeft > 0 || this.#dataPadding > 0) {
        at = this.#readData(buffer, at, end);
        continue;
      }
      if (end - at < FRAME_HEAD) return at;
      const length = (buffer[at]! << 16) | (buffer[at + 1]! << 8) | buffer[at + 2]!;
      const type = buffer[at + 3]!;
      const flags = buffer[at + 4]!;
      const stream = readUint31(buffer, at + 5);
      if (length > FRAME_OCTETS) this.#refuse(FRAME_SIZE_ERROR);
      else if (!this.#settled && (type !== SETTINGS || (flags & ACK) !== 0)) this.#refuse(PROTOCOL_ERROR);
      else if (this.#block !== null && type !== CONTINUATION) this.#refuse(PROTOCOL_ERROR);
      if (this.#isClosed) return end;
      const needed = type === DATA ? FRAME_HEAD + ((flags & PADDED) !== 0 && length > 0 ? 1 : 0) : FRAME_HEAD + length;
      if (end - at < needed) return at;
      const payload = at + FRAME_HEAD;
      if (type === DATA) at = this.#beginData(buffer, payload, { flags, stream, length });
      else {
        this.#frame(buffer, payload, { type, flags, stream, length });
        at = payload + length;
      }
    }
    return at;
  }

  get #isClosed(): boolean {
    return this.#state === CLOSED;
  }

  #frame(buffer: Buffer, start: number, frame: { readonly type: number; readonly flags: number; readonly stream: number; readonly length: number }): void {
    const { type, flags, stream, length } = frame;
    if (type !== HEADERS && ++this.#idleFrames > IDLE_FRAMES_MOST) return this.#refuse(ENHANCE_YOUR_CALM);
    switch (type) {
      case HEADERS:
        return this.#headers(buffer, start, frame);
      case CONTINUATION: {
        const block = this.#block;
        if (block === null || block.stream !== stream) return this.#refuse(PROTOCOL_ERROR);
        block.parts.push(Buffer.from(buffer.subarray(start, start + length)));
        block.octets += length;
        if (block.octets > BLOCK_OCTETS) return this.#refuse(ENHANCE_YOUR_CALM);
        if ((flags & END_HEADERS) === 0) return;
        this.#block = null;
        return this.#headerBlock(block, Buffer.concat(block.parts), 0, block.octets);
      }
      case RST_STREAM: {
        if (stream === 0 || this.#isIdle(stream)) return this.#refuse(PROTOCOL_ERROR);
        if (length !== 4) return this.#refuse(FRAME_SIZE_ERROR);
        const request = this.#streams.get(stream);
        if (request === undefined) return;
        const code = readUint32(buffer, start);
        // the target has not looked at it (RFC 9113 section 8.7)
        return request.failed(code === REFUSED_STREAM && !request.answerBegun ? faults['upstream-refused'] : faults['upstream-reset'], null);
      }
      case SETTINGS:
        return this.#settings(buffer, start, frame);
      case PUSH_PROMISE:
        // we have said that we take none
        return this.#refuse(PROTOCOL_ERROR);
      case PING:
        if (stream !== 0) return this.#refuse(PROTOCOL_ERROR);
        if (length !== 8) return this.#refuse(FRAME_SIZE_ERROR);
        if ((flags & ACK) === 0) this.#payload(PING, ACK, buffer.subarray(start, start + 8));
        else this.#pinged = false;
        return;
      case GOAWAY: {
        if (stream !== 0) return this.#refuse(PROTOCOL_ERROR);
        if (length < 8) return this.#refuse(FRAME_SIZE_ERROR);
        const last = readUint31(buffer, start);
        this.#leave();
        for (const [id, request] of this.#streams) if (id > last) request.failed(faults['upstream-refused'], null);
        if (this.inFlight === 0) this.#goodbye();
        return;
      }
      case WINDOW_UPDATE: {
        if (length !== 4) return this.#refuse(FRAME_SIZE_ERROR);
        const increment = readUint31(buffer, start);
        if (stream === 0) {
          this.#sendWindow += increment;
          if (increment === 0 || this.#sendWindow > WINDOW_MOST) return this.#refuse(increment === 0 ? PROTOCOL_ERROR : FLOW_CONTROL_ERROR);
        } else {
          if (this.#isIdle(stream)) return this.#refuse(PROTOCOL_ERROR);
          const request = this.#streams.get(stream);
          if (request === undefined) return;
          request.sendWindow += increment;
          if (increment === 0) return request.malformed(PROTOCOL_ERROR);
          if (request.sendWindow > WINDOW_MOST) return request.malformed(FLOW_CONTROL_ERROR);
        }
        if (this.#waiting.length > 0) this.#pump();
        return;
      }
      default:
        // PRIORITY, and types that nobody knows
        return;
    }
  }

  #beginData(buffer: Buffer, payload: number, frame: { readonly flags: number; readonly stream: number; readonly length: number }): number {
    const { stream, length } = frame;
    let at = payload;
    let padding = 0;
    if (stream === 0 || this.#isIdle(stream)) this.#refuse(PROTOCOL_ERROR);
    else if (length > this.#receiveWindow) this.#refuse(FLOW_CONTROL_ERROR);
    else if ((frame.flags & PADDED) !== 0) {
      padding = length === 0 ? 0 : buffer[at++]! + 1;
      if (length === 0) this.#refuse(FRAME_SIZE_ERROR);
      else if (padding > length) this.#refuse(PROTOCOL_ERROR);
    }
    if (this.#state !== OPEN) return at;
    if (length === padding && (frame.flags & END_STREAM) === 0) {
      if (++this.#idleFrames > IDLE_FRAMES_MOST) this.#refuse(ENHANCE_YOUR_CALM);
    } else this.#idleFrames = 0;
    this.#receiveWindow -= length;
    this.#consumed += length;
    if (this.#consumed >= CREDIT_STEP) {
      this.#receiveWindow += this.#consumed;
      this.credit(0, this.#consumed);
      this.#consumed = 0;
    }
    this.#dataStream = stream;
    this.#dataLast = (frame.flags & END_STREAM) !== 0;
    this.#dataLeft = length - padding;
    this.#dataPadding = padding === 0 ? 0 : padding - 1;
    const request = this.#streams.get(stream);
    if (request !== undefined) {
      if (length > request.receiveWindow) request.malformed(FLOW_CONTROL_ERROR);
      else {
        request.receiveWindow -= length - padding;
        if (this.#dataLeft === 0) this.#dataEnds();
      }
    }
    return at;
  }

  #readData(buffer: Buffer, start: number, end: number): number {
    let at = start;
    if (this.#dataLeft > 0) {
      const take = Math.min(this.#dataLeft, end - at);
      this.#dataLeft -= take;
      const request = this.#streams.get(this.#dataStream);
      if (request !== undefined) {
        if (!request.data(buffer, at, at + take)) request.malformed(PROTOCOL_ERROR);
        else if (this.#dataLeft === 0) this.#dataEnds();
      }
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
    const request = this.#streams.get(this.#dataStream);
    if (request !== undefined && !request.endOfBody('')) request.malformed(PROTOCOL_ERROR);
  }

  #headers(buffer: Buffer, start: number, frame: { readonly flags: number; readonly stream: number; readonly length: number }): void {
    const { stream, flags } = frame;
    let at = start;
    let end = start + frame.length;
    if (stream === 0 || this.#isIdle(stream)) return this.#refuse(PROTOCOL_ERROR);
    if ((flags & PADDED) !== 0) {
      if (frame.length === 0) return this.#refuse(FRAME_SIZE_ERROR);
      end -= buffer[at++]!;
    }
    if ((flags & PRIORITISED) !== 0) at += 5;
    if (at > end) return this.#refuse(PROTOCOL_ERROR);
    const last = (flags & END_STREAM) !== 0;
    if ((flags & END_HEADERS) !== 0) return this.#headerBlock({ stream, last }, buffer, at, end);
    this.#block = { stream, last, parts: [Buffer.from(buffer.subarray(at, end))], octets: end - at };
  }

  #headerBlock(head: { readonly stream: number; readonly last: boolean }, buffer: Buffer, start: number, end: number): void {
    const request = this.#streams.get(head.stream);
    if (request?.headRead === true) {
      const { trailers } = this.worker;
      trailers.begin();
      if (!this.#decoder.decode(buffer, start, end, trailers)) return this.#refuse(COMPRESSION_ERROR);
      if (!head.last || trailers.flaw !== OK || !request.endOfBody(trailers.lines)) request.malformed(PROTOCOL_ERROR);
      return;
    }
    // of a stream that is over the block is read too: the tables of both sides must stay the same
    const { fields } = this.worker;
    fields.begin();
    if (!this.#decoder.decode(buffer, start, end, fields)) return this.#refuse(COMPRESSION_ERROR);
    fields.end();
    if (request === undefined) return;
    if (fields.flaw === HEAD_TOO_LARGE) request.failed(faults['upstream-head-too-large'], CANCEL);
    else if (fields.flaw !== OK || !request.headers(fields, head.last)) request.malformed(PROTOCOL_ERROR);
  }

  #settings(buffer: Buffer, start: number, { flags, stream, length }: { readonly flags: number; readonly stream: number; readonly length: number }): void {
    if (stream !== 0) return this.#refuse(PROTOCOL_ERROR);
    if ((flags & ACK) !== 0) {
      if (length !== 0) this.#refuse(FRAME_SIZE_ERROR);
      return;
    }
    if (length % 6 !== 0) return this.#refuse(FRAME_SIZE_ERROR);
    if (!this.#settled) this.#streamLimit = STREAMS_MOST;
    this.#settled = true;
    for (let at = start; at < start + length; at += 6) {
      const value = readUint32(buffer, at + 2);
      switch ((buffer[at]! << 8) | buffer[at + 1]!) {
        case SETTINGS_HEADER_TABLE_SIZE:
          this.#encoder.limit(value);
          break;
        case SETTINGS_MAX_CONCURRENT_STREAMS:
          this.#streamLimit = Math.min(value, STREAMS_MOST);
          break;
        case SETTINGS_INITIAL_WINDOW_SIZE: {
          if (value > WINDOW_MOST) return this.#refuse(FLOW_CONTROL_ERROR);
          const change = value - this.#initialSendWindow;
          this.#initialSendWindow = value;
          for (const request of this.#streams.values()) request.sendWindow += change;
          break;
        }
        case SETTINGS_MAX_FRAME_SIZE:
          if (value < FRAME_OCTETS || value > FRAME_OCTETS_MOST) return this.#refuse(PROTOCOL_ERROR);
          break;
        default:
          break;
      }
    }
    this.#payload(SETTINGS, ACK, null);
    this.#pump();
  }

  #isIdle(stream: number): boolean {
    return (stream & 1) === 0 || stream >= this.#nextId;
  }

  // --- writing

  #writeBlock(stream: number, at: number, end: number, flags: number): void {
    const output = this.#output;
    const length = end - at - FRAME_HEAD;
    if (length <= FRAME_OCTETS) {
      writeFrameHead(output.buffer, at, { length, type: HEADERS, flags: flags | END_HEADERS, stream });
      return output.commit(end);
    }
    const block = Buffer.from(output.buffer.subarray(at + FRAME_HEAD, end));
    for (let from = 0; from < length; from += FRAME_OCTETS) {
      const take = Math.min(FRAME_OCTETS, length - from);
      const offset = output.reserve(FRAME_HEAD + take);
      const last = from + take === length ? END_HEADERS : 0;
      writeFrameHead(output.buffer, offset, { length: take, type: from === 0 ? HEADERS : CONTINUATION, flags: from === 0 ? flags | last : last, stream });
      block.copy(output.buffer, offset + FRAME_HEAD, from, from + take);
      output.commit(offset + FRAME_HEAD + take);
    }
  }

  #control(type: number, flags: number, { stream, value }: { readonly stream: number; readonly value: number }): void {
    const at = this.#output.reserve(FRAME_HEAD + 4);
    const end = writeFrameHead(this.#output.buffer, at, { length: 4, type, flags, stream });
    this.#output.commit(writeUint32(this.#output.buffer, end, value));
  }

  #payload(type: number, flags: number, payload: Buffer | null): void {
    const length = payload?.length ?? 0;
    const at = this.#output.reserve(FRAME_HEAD + length);
    const end = writeFrameHead(this.#output.buffer, at, { length, type, flags, stream: 0 });
    if (payload !== null) payload.copy(this.#output.buffer, end);
    this.#output.commit(end + length);
  }

  #pump(): void {
    if (this.#pumping || this.#state !== OPEN) return;
    this.#pumping = true;
    let moved = true;
    while (moved && this.#waiting.length > 0 && !this.congested) {
      moved = false;
      const round = this.#waiting;
      this.#waiting = [];
      for (const request of round) {
        request.listed = false;
        if (request.exchange === null) continue;
        if (!this.congested && request.pump()) moved = true;
        if (request.waiting) this.waits(request);
      }
    }
    this.#pumping = false;
  }

  // --- the connection

  #connected(): void {
    if (this.#state !== CONNECTING) return;
    if (this.#origin.secure && (this.#socket as TLSSocket).alpnProtocol !== 'h2') {
      this.#error = Object.assign(new Error('the target does not choose h2 by ALPN'), { code: 'ERR_TLS_ALPN' });
      return this.destroy();
    }
    this.#state = OPEN;
    const output = this.#output;
    const at = output.reserve(128);
    const { buffer } = output;
    let end = at + PREFACE.copy(buffer, at);
    end = writeFrameHead(buffer, end, { length: 12, type: SETTINGS, flags: 0, stream: 0 });
    for (const [setting, value] of [[SETTINGS_ENABLE_PUSH, 0], [SETTINGS_MAX_HEADER_LIST_SIZE, RESPONSE_HEAD_BYTES]] as const) {
      buffer[end] = setting >>> 8;
      buffer[end + 1] = setting;
      end = writeUint32(buffer, end + 2, value);
    }
    end = writeFrameHead(buffer, end, { length: 4, type: WINDOW_UPDATE, flags: 0, stream: 0 });
    output.commit(writeUint32(buffer, end, CONNECTION_WINDOW - WINDOW));
    this.worker.wheel.watch(this, KEEP_ALIVE_MS);
    const early = this.#early;
    this.#early = [];
    for (const request of early) this.#open(request);
  }

  #leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#origin.leaving(this);
  }

  #goodbye(): void {
    if (this.#state === OPEN) {
      const payload = Buffer.alloc(8);
      this.#payload(GOAWAY, 0, payload);
      this.#output.end();
      this.worker.wheel.watch(this, PING_MS);
      this.#pinged = true;
    } else this.destroy();
    this.#leave();
  }

  /** The target breaks the rules: nothing on this connection can be trusted any more. */
  #refuse(code: ErrorCode): void {
    if (this.#state !== OPEN) return;
    const payload = Buffer.alloc(8);
    payload.writeUInt32BE(code, 4);
    this.#payload(GOAWAY, 0, payload);
    this.#output.flush();
    this.#end(faults['upstream-malformed']);
    this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Looks for streams whose target is silent; on an idle connection, closes it. */
  expire(): void {
    if (this.#state === CONNECTING) {
      this.#end(faults['connect-timeout']);
      return this.destroy();
    }
    if (this.#pinged) {
      // no answer to the PING: the target is gone without a word
      this.#end(faults['upstream-timeout']);
      return this.destroy();
    }
    if (this.#streams.size === 0) return this.#goodbye();
    const { wheel } = this.worker;
    let next = Infinity;
    let late = false;
    for (const request of this.#streams.values()) {
      if (!request.awaitsTarget) {
        next = Math.min(next, 1_000);
        continue;
      }
      const left = request.touchedAt + request.idleMs - wheel.now;
      if (left > 0) next = Math.min(next, left);
      else {
        late = true;
        request.failed(faults['upstream-timeout'], CANCEL);
      }
    }
    if (late && this.#state === OPEN) {
      // one answer is slow, or all of them will be
      this.#pinged = true;
      this.#payload(PING, 0, Buffer.from('turnpike'));
      next = Math.min(next, PING_MS);
    }
    wheel.watch(this, next === Infinity ? KEEP_ALIVE_MS : Math.max(next, 100));
  }

  #closed(): void {
    const connecting = this.#state === CONNECTING;
    this.#end(connecting ? connectFault(this.#error) : this.#error === null ? faults['upstream-closed'] : faults['upstream-reset']);
  }

  /** All that is under way has come to nothing. */
  #end(fault: Fault): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.#leaving = true;
    this.worker.wheel.release(this);
    this.#held = null;
    this.#block = null;
    this.#waiting = [];
    this.#origin.closed(this);
    const requests = [...this.#streams.values(), ...this.#early];
    this.#streams.clear();
    this.#early = [];
    for (const request of requests) request.failed(fault, null);
  }
}

/** Value of Host in a head that we have written. */
function hostOf(head: string): string {
  let start = head.indexOf('\r\nHost: ');
  if (start === -1) start = head.indexOf('\r\nhost: ');
  if (start === -1) {
    const found = /\r\nhost:[ \t]*([^\r\n]*?)[ \t]*\r\n/i.exec(head);
    return found === null ? '' : found[1]!;
  }
  return head.slice(start + 8, head.indexOf('\r\n', start + 8)).trim();
}
