import { faults, NO_BODY, CHUNKED, LENGTH, type FaultCode } from '../../exchange/index.ts';
import {
  BAD_EXPECT, BAD_LENGTH, BAD_PSEUDO_FIELD, FIELD_TOO_LONG, type Flaw, flawName, HEAD_TOO_LARGE, OK, START_LINE_TOO_LONG, TOO_MANY_FIELDS,
} from '../../wire/index.ts';
import {
  ACK, BLOCK, BLOCK_PART, BROKEN, COMPRESSION_ERROR, CONTINUATION, DATA_HEAD, DATA_PIECE, ENHANCE_YOUR_CALM, FLOW_CONTROL_ERROR, FRAME, FRAME_SIZE_ERROR, FrameReader, GOAWAY,
  Inflow, MORE, NO_ERROR, PING, PRIORITY, PROTOCOL_ERROR, PUSH_PROMISE, readUint31, REFUSED_STREAM, type RequestFields, RST_STREAM, SectionReader, SETTINGS, STREAM_CLOSED, WINDOW, WINDOW_MOST,
  WINDOW_UPDATE,
} from '../../wire/http2/index.ts';
import { FINE, UNKNOWN } from './answered-streams.ts';
import type { Http2Connection } from './connection.ts';
import { Http2Exchange } from './exchange.ts';
import { CONNECTION_WINDOW, PAYLOAD_PER_FRAME, WORTH_WAITING_FOR } from './limits.ts';
import type { Streams } from './streams.ts';
import { requestFields } from './worker.ts';

/** The connection's window is given back in steps of this. */
const CREDIT_STEP = 256 * 1024;
/** What says a request in indexes alone is a few octets long; a block with words in it is hardly sent twice. */
const REPEATED_MOST = 64;
/** A CONTINUATION must bring so much: a block of many tiny frames costs more than it says. */
const WORTHWHILE_PART = 256;

/** What the frames of a client mean (RFC 9113 section 6), and the requests that come of them. */
export class ClientFrames {
  readonly #connection: Http2Connection;
  readonly #streams: Streams;
  readonly #reader = new FrameReader(true);
  readonly #sections: SectionReader<RequestFields>;
  readonly #inflow = new Inflow(CONNECTION_WINDOW, CREDIT_STEP);
  /** Monotonic: of the octets that are being read. 0: nobody has asked yet. */
  #readAt = 0;

  constructor(connection: Http2Connection, streams: Streams) {
    this.#connection = connection;
    this.#streams = streams;
    this.#sections = new SectionReader({ shared: connection.worker.http2.request, make: requestFields, most: REPEATED_MOST });
  }

  /** What was begun has not come to its end. */
  get unfinished(): boolean {
    return this.#reader.awaitsPreface || this.#reader.inBlock;
  }

  /** The client can send no more DATA: targets have not taken what has come. */
  get windowFull(): boolean {
    return this.#inflow.full;
  }

  /** Octets that nobody takes any more. */
  drop(): void {
    this.#reader.drop();
  }

  read(length: number, buffer: Buffer): void {
    const reader = this.#reader;
    const connection = this.#connection;
    this.#readAt = 0;
    reader.feed(buffer, length);
    while (connection.isOpen) {
      try {
        switch (reader.next()) {
          case MORE:
            return reader.hold(buffer);
          case DATA_PIECE:
            this.#dataPiece();
            break;
          case DATA_HEAD:
            this.#dataHead();
            break;
          case BLOCK:
            this.#block();
            break;
          case FRAME:
            this.#frame();
            break;
          case BLOCK_PART:
            this.#blockPart();
            break;
          case BROKEN:
            if (reader.error === ENHANCE_YOUR_CALM) connection.flood(reader.why);
            else connection.refuse(reader.error, reader.why);
            break;
        }
      } catch (error) {
        this.#crashed(error);
      }
    }
  }

  /** What a frame has led to has thrown: that costs the stream, or, where the frame is nobody's, the connection. */
  #crashed(error: unknown): void {
    const exchange = this.#streams.open.get(this.#reader.stream);
    if (exchange === undefined) this.#connection.crashed(error);
    else exchange.crash('client', error);
  }

  /** Octets of the connection's window are free again. */
  consumed(octets: number): void {
    const credit = this.#inflow.free(octets);
    if (credit > 0) this.#connection.credit(0, credit);
  }

  // --- DATA

  #dataHead(): void {
    const { stream, length, left, padding, last } = this.#reader;
    const streams = this.#streams;
    if (streams.ids.isIdle(stream)) return this.#connection.refuse(PROTOCOL_ERROR, 'DATA on a stream that was never opened');
    if (!this.#inflow.take(length)) return this.#connection.refuse(FLOW_CONTROL_ERROR, 'more DATA than the window of the connection has room for');
    if (length >= WORTH_WAITING_FOR) this.#connection.bodyMoved();
    const exchange = streams.open.get(stream);
    if (padding > 0) {
      if (exchange === undefined) this.consumed(padding);
      else exchange.padding(padding);
    }
    if (left === 0 && !last) streams.spendIdle();
    else streams.earnIdle(left / PAYLOAD_PER_FRAME);
    if (exchange === undefined) {
      const verdict = streams.answered.frame(stream, length);
      return streams.stray(stream, verdict === FINE && left === 0 && last ? streams.answered.end(stream, true) : verdict);
    }
    if (exchange.remoteClosed) return streams.break(exchange, STREAM_CLOSED, OK);
    if (length > exchange.receiveWindow) return streams.break(exchange, FLOW_CONTROL_ERROR, OK);
    exchange.receiveWindow -= length;
    if (left === 0 && last) this.#endOfBody(exchange, '');
  }

  #dataPiece(): void {
    const { stream, buffer, start, end, left, last } = this.#reader;
    const exchange = this.#streams.open.get(stream);
    const ends = left === 0 && last;
    if (exchange === undefined) {
      this.consumed(end - start);
      return this.#nobodysData(stream, end - start, ends);
    }
    if (!exchange.data(buffer, start, end)) {
      this.consumed(end - start);
      this.#streams.break(exchange, PROTOCOL_ERROR, BAD_LENGTH);
    } else if (exchange.ended) this.#nobodysData(stream, 0, ends);
    else if (ends) this.#endOfBody(exchange, '');
  }

  /** Of a stream that is answered, or over. */
  #nobodysData(stream: number, octets: number, ends: boolean): void {
    const { answered } = this.#streams;
    if (!answered.has(stream)) return;
    const verdict = answered.data(stream, octets, this.#connection.worker.wheel.now);
    this.#streams.stray(stream, verdict === FINE && ends ? answered.end(stream, true) : verdict);
  }

  #endOfBody(exchange: Http2Exchange, trailers: string): void {
    if (!exchange.endOfBody(trailers)) this.#streams.break(exchange, PROTOCOL_ERROR, BAD_LENGTH);
  }

  // --- header blocks

  #blockPart(): void {
    const { type, length } = this.#reader;
    if (type !== CONTINUATION) this.#connection.blockBegins();
    else if (length < WORTHWHILE_PART) this.#streams.spendIdle();
  }

  #block(): void {
    const reader = this.#reader;
    const { stream, last } = reader;
    const connection = this.#connection;
    const streams = this.#streams;
    const sections = this.#sections;
    if (reader.type === CONTINUATION && reader.length < WORTHWHILE_PART && !streams.spendIdle()) return;
    if (streams.open.has(stream) || (stream <= streams.ids.last && streams.answered.has(stream))) return this.#trailers();
    const request = sections.head(reader);
    if (request === null) return connection.refuse(COMPRESSION_ERROR, 'a header block cannot be decoded');
    if ((stream & 1) === 0) return connection.refuse(PROTOCOL_ERROR, 'the id of a client\'s stream is even');
    if (stream <= streams.ids.last) {
      // trailers of a stream that we have reset may have been on their way
      if (streams.resets.wasResetByUs(stream)) return;
      if (streams.ids.wasSkipped(stream)) return connection.refuse(PROTOCOL_ERROR, 'the id of a stream is lower than one before');
      return connection.refuse(STREAM_CLOSED, 'HEADERS on a stream that is closed');
    }
    if (connection.takesNone(stream)) return;
    streams.ids.open(stream);
    if (reader.selfDependent) return streams.error(stream, PROTOCOL_ERROR);
    if (streams.full) return streams.error(stream, REFUSED_STREAM);
    this.#request(stream, request, { last, octets: reader.end - reader.start, head: sections.repeats ? request.head : '' });
  }

  #request(stream: number, request: RequestFields, { last, octets, head }: { readonly last: boolean; readonly octets: number; readonly head: string }): void {
    const connection = this.#connection;
    const { worker } = connection;
    const exchange = new Http2Exchange(connection, stream, { send: connection.peer.initialWindow, receive: WINDOW });
    if (this.#readAt === 0) this.#readAt = worker.clock.monotonic();
    exchange.startedAt = this.#readAt;
    exchange.startedWall = worker.wall(this.#readAt);
    exchange.bytesIn = octets;
    exchange.remoteClosed = last;
    exchange.received(request, head);
    const alone = this.#streams.open.size === 0;
    this.#streams.open.set(stream, exchange);
    if (request.flaw !== OK) return this.#refuseRequest(exchange, request.flaw, request.overLimit);
    if (last) {
      if (request.contentLength > 0) return this.#streams.break(exchange, PROTOCOL_ERROR, BAD_LENGTH);
      exchange.framing = NO_BODY;
    } else if (request.contentLength > 0) {
      exchange.framing = LENGTH;
      exchange.contentLength = request.contentLength;
    } else exchange.framing = request.contentLength === 0 ? NO_BODY : CHUNKED;
    const site = connection.siteOf(request.host);
    if (site === null) return exchange.fail(faults.shutdown);
    exchange.site = site;
    connection.requestBegins(site, alone);
    // the DATA of a WebSocket is no body (RFC 8441 section 5)
    if (request.protocol !== '') exchange.framing = NO_BODY;
    if (exchange.method === 'TRACE') exchange.fail(faults['method-not-allowed']);
    else if (exchange.method === 'CONNECT') exchange.fail(faults['bad-request']);
    else site.serve(exchange);
  }

  /** A request that is malformed is reset (RFC 9113 section 8.1.1); one that is only more than we take is answered. */
  #refuseRequest(exchange: Http2Exchange, flaw: Flaw, overLimit: boolean): void {
    const site = this.#connection.siteOf(exchange.host) ?? this.#connection.siteOf('');
    if (site !== null) exchange.site = site;
    exchange.flaw = flawName(flaw);
    if (overLimit) exchange.fail(faults[FAULT_OF_FLAW[flaw] ?? 'bad-request']);
    else this.#streams.break(exchange, PROTOCOL_ERROR, flaw);
  }

  #trailers(): void {
    const reader = this.#reader;
    const { stream, last } = reader;
    const { trailers } = this.#connection.worker.http2;
    if (!this.#sections.trailers(reader, trailers)) return this.#connection.refuse(COMPRESSION_ERROR, 'a header block cannot be decoded');
    const streams = this.#streams;
    const exchange = streams.open.get(stream);
    if (exchange === undefined) return streams.stray(stream, streams.answered.end(stream, last && trailers.flaw === OK));
    exchange.bytesIn += reader.end - reader.start;
    if (exchange.remoteClosed) streams.break(exchange, STREAM_CLOSED, OK);
    else if (!last) streams.break(exchange, PROTOCOL_ERROR, BAD_PSEUDO_FIELD);
    else if (trailers.flaw !== OK) streams.break(exchange, PROTOCOL_ERROR, trailers.flaw);
    else this.#endOfBody(exchange, trailers.lines);
  }

  // --- other frames

  #frame(): void {
    const { type, flags, stream, length, buffer, start } = this.#reader;
    const connection = this.#connection;
    const streams = this.#streams;
    switch (type) {
      case PRIORITY:
        if (!streams.spendIdle()) return;
        if (stream === 0) return connection.refuse(PROTOCOL_ERROR, 'PRIORITY on stream 0');
        if (length !== 5) return streams.error(stream, FRAME_SIZE_ERROR);
        if (readUint31(buffer, start) === stream) streams.error(stream, PROTOCOL_ERROR);
        return;
      case RST_STREAM:
        if (length !== 4) return connection.refuse(FRAME_SIZE_ERROR, 'RST_STREAM is not of four octets');
        if (streams.ids.isIdle(stream)) return connection.refuse(PROTOCOL_ERROR, 'RST_STREAM on a stream that was never opened');
        return streams.resetByClient(stream);
      case SETTINGS:
        return this.#settings();
      case PUSH_PROMISE:
        return connection.refuse(PROTOCOL_ERROR, 'a client may not push');
      case PING:
        if (!streams.spendIdle()) return;
        if (stream !== 0) return connection.refuse(PROTOCOL_ERROR, 'PING on a stream');
        if (length !== 8) return connection.refuse(FRAME_SIZE_ERROR, 'PING is not of eight octets');
        if ((flags & ACK) === 0) connection.control(PING, ACK, buffer.subarray(start, start + 8));
        return;
      case GOAWAY:
        if (stream !== 0) return connection.refuse(PROTOCOL_ERROR, 'GOAWAY on a stream');
        if (length < 8) return connection.refuse(FRAME_SIZE_ERROR, 'GOAWAY is shorter than eight octets');
        return connection.clientLeaves();
      case WINDOW_UPDATE:
        return this.#windowUpdate();
      default:
        // unknown types are ignored (RFC 9113 section 5.5)
        streams.spendIdle();
    }
  }

  #settings(): void {
    const reader = this.#reader;
    const connection = this.#connection;
    const { peer } = connection;
    if (!this.#streams.spendIdle()) return;
    if ((reader.flags & ACK) !== 0) {
      if (reader.stream !== 0) connection.refuse(PROTOCOL_ERROR, 'SETTINGS on a stream');
      else if (reader.length !== 0) connection.refuse(FRAME_SIZE_ERROR, 'SETTINGS that acknowledges carries settings');
      return;
    }
    const before = peer.initialWindow;
    const error = peer.read(reader, connection.encoder);
    if (error !== NO_ERROR) return connection.refuse(error, peer.why);
    const change = peer.initialWindow - before;
    if (change !== 0) {
      for (const exchange of this.#streams.open.values()) {
        exchange.sendWindow += change;
        if (exchange.sendWindow > WINDOW_MOST) return connection.refuse(FLOW_CONTROL_ERROR, 'SETTINGS_INITIAL_WINDOW_SIZE makes a window too large');
      }
    }
    connection.control(SETTINGS, ACK, null);
    connection.pump();
  }

  #windowUpdate(): void {
    const { stream, length, buffer, start } = this.#reader;
    const connection = this.#connection;
    const streams = this.#streams;
    if (length !== 4) return connection.refuse(FRAME_SIZE_ERROR, 'WINDOW_UPDATE is not of four octets');
    if (!streams.spendIdle()) return;
    const increment = readUint31(buffer, start);
    if (stream === 0) {
      if (increment === 0) return connection.refuse(PROTOCOL_ERROR, 'WINDOW_UPDATE of nothing');
      connection.outflow.window += increment;
      if (connection.outflow.window > WINDOW_MOST) return connection.refuse(FLOW_CONTROL_ERROR, 'the window of the connection is too large');
    } else {
      if (streams.ids.isIdle(stream)) return connection.refuse(PROTOCOL_ERROR, 'WINDOW_UPDATE on a stream that was never opened');
      const exchange = streams.open.get(stream);
      if (exchange === undefined) {
        const verdict = streams.answered.windowUpdate(stream, increment);
        // on a stream that is closed it was on its way
        return verdict === UNKNOWN ? undefined : streams.stray(stream, verdict);
      }
      if (increment === 0) return streams.break(exchange, PROTOCOL_ERROR, OK);
      exchange.sendWindow += increment;
      if (exchange.sendWindow > WINDOW_MOST) return streams.break(exchange, FLOW_CONTROL_ERROR, OK);
    }
    connection.pump();
  }
}

const FAULT_OF_FLAW: Readonly<Record<number, FaultCode>> = {
  [START_LINE_TOO_LONG]: 'target-too-long',
  [FIELD_TOO_LONG]: 'head-too-large',
  [HEAD_TOO_LARGE]: 'head-too-large',
  [TOO_MANY_FIELDS]: 'too-many-fields',
  [BAD_EXPECT]: 'expectation-failed',
};
