import { faults } from '../../exchange/index.ts';
import { HEAD_TOO_LARGE, OK } from '../../wire/index.ts';
import {
  ACK, BLOCK, BROKEN, CANCEL, COMPRESSION_ERROR, DATA_HEAD, DATA_PIECE, ENHANCE_YOUR_CALM, FLOW_CONTROL_ERROR, FRAME, FRAME_SIZE_ERROR, FrameReader, GOAWAY, Inflow,
  MORE, NO_ERROR, PING, PRIORITY, PROTOCOL_ERROR, PUSH_PROMISE, readUint31, readUint32, REFUSED_STREAM, type ResponseFields, RST_STREAM, SectionReader, SETTINGS, STREAM_CLOSED, WINDOW_MOST, WINDOW_UPDATE,
} from '../../wire/http2/index.ts';
import { responseFields } from '../worker.ts';
import type { Http2Upstream } from './http2.ts';
import type { Http2Request } from './http2-request.ts';

const CREDIT_STEP = 4 * 1024 * 1024;
/** Heads of answers that are remembered: a few fields in words and the rest by their index. */
const REPEATED_MOST = 256;
/** Frames that carry nothing, between two that do. */
const IDLE_FRAMES_MOST = 10_000;

/** What the frames of a target mean (RFC 9113 section 6). Whatever breaks the rules ends the connection: nothing on it can be trusted any more. */
export class TargetFrames {
  readonly #connection: Http2Upstream;
  readonly #streams: ReadonlyMap<number, Http2Request>;
  readonly #reader = new FrameReader(false);
  readonly #sections: SectionReader<ResponseFields>;
  /** Only a bound above the windows of the streams, which are what holds answers back. */
  readonly #inflow: Inflow;
  #idleFrames = 0;
  /** Of the frame before: those of one stream mostly come together. */
  #request: Http2Request | null = null;

  constructor(connection: Http2Upstream, streams: ReadonlyMap<number, Http2Request>, window: number) {
    this.#connection = connection;
    this.#streams = streams;
    this.#sections = new SectionReader({ shared: connection.worker.fields, make: responseFields, most: REPEATED_MOST });
    this.#inflow = new Inflow(window, CREDIT_STEP);
  }

  drop(): void {
    this.#request = null;
    this.#reader.drop();
  }

  read(length: number, buffer: Buffer): void {
    const reader = this.#reader;
    const connection = this.#connection;
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
            if (!this.#isFlood()) this.#frame();
            break;
          case BROKEN:
            connection.refuse(reader.error);
            break;
          default:
            this.#isFlood();
        }
      } catch (error) {
        this.#crashed(error);
      }
    }
  }

  /** What a frame has led to has thrown: that costs the exchange, or, where the frame is nobody's, the connection. */
  #crashed(error: unknown): void {
    const request = this.#streams.get(this.#reader.stream);
    if (request === undefined) this.#connection.crashed(error);
    else request.crashed(error);
  }

  /** What was asked for goes out: that it was asked for in many frames is no flood. */
  earnIdle(): void {
    this.#idleFrames = 0;
  }

  #requestOf(stream: number): Http2Request | undefined {
    const last = this.#request;
    if (last !== null && last.id === stream) return last.ended ? undefined : last;
    const request = this.#streams.get(stream);
    if (request !== undefined) this.#request = request;
    return request;
  }

  #isFlood(): boolean {
    if (++this.#idleFrames <= IDLE_FRAMES_MOST) return false;
    this.#connection.refuse(ENHANCE_YOUR_CALM);
    return true;
  }

  // --- DATA

  #dataHead(): void {
    const { stream, length, left, padding, last } = this.#reader;
    const connection = this.#connection;
    if (connection.isIdle(stream)) return connection.refuse(PROTOCOL_ERROR);
    if (!this.#inflow.take(length)) return connection.refuse(FLOW_CONTROL_ERROR);
    if (left > 0 || last) this.#idleFrames = 0;
    else if (this.#isFlood()) return;
    const credit = this.#inflow.free(length);
    if (credit > 0) connection.credit(0, credit);
    const request = this.#requestOf(stream);
    if (request === undefined) return this.#stray(stream);
    if (request.remoteEnded) return request.malformed(STREAM_CLOSED);
    if (length > request.receiveWindow) return request.malformed(FLOW_CONTROL_ERROR);
    request.receiveWindow -= length;
    if (padding > 0) request.padding(padding);
    if (left === 0 && last) this.#endOfBody(request, '');
  }

  #dataPiece(): void {
    const { stream, buffer, start, end, left, last } = this.#reader;
    const request = this.#requestOf(stream);
    if (request === undefined) return;
    if (!request.data(buffer, start, end)) request.malformed(PROTOCOL_ERROR);
    else if (left === 0 && last && !request.ended) this.#endOfBody(request, '');
  }

  #endOfBody(request: Http2Request, trailers: string): void {
    if (!request.endOfBody(trailers)) request.malformed(PROTOCOL_ERROR);
  }

  // --- header blocks

  #block(): void {
    const reader = this.#reader;
    const { stream, last } = reader;
    const connection = this.#connection;
    if (connection.isIdle(stream)) return connection.refuse(PROTOCOL_ERROR);
    const request = this.#requestOf(stream);
    if (request?.headRead === true) {
      const { trailers } = connection.worker;
      if (!this.#sections.trailers(reader, trailers)) return connection.refuse(COMPRESSION_ERROR);
      if (request.remoteEnded) request.malformed(STREAM_CLOSED);
      else if (!last || trailers.flaw !== OK) request.malformed(PROTOCOL_ERROR);
      else this.#endOfBody(request, trailers.lines);
      return;
    }
    // of a stream that is over the block is read too: the tables of both sides must stay the same
    const fields = this.#sections.head(reader);
    if (fields === null) return connection.refuse(COMPRESSION_ERROR);
    if (request === undefined) return this.#stray(stream);
    // as DATA is: an answer may have none
    this.#idleFrames = 0;
    if (fields.flaw === HEAD_TOO_LARGE) request.failed(faults['upstream-head-too-large'], CANCEL);
    else if (fields.flaw !== OK || !request.headers(fields, last)) request.malformed(PROTOCOL_ERROR);
  }

  /** A message goes on that is over: it was on its way when we ended it, or it breaks the rules (RFC 9113 section 5.1, "closed"). */
  #stray(stream: number): void {
    const connection = this.#connection;
    const { resets } = connection;
    if (resets.wasResetByPeer(stream)) connection.resetStray(stream, STREAM_CLOSED);
    else if (!resets.wasResetByUs(stream)) connection.refuse(STREAM_CLOSED);
  }

  // --- other frames

  #frame(): void {
    const { type, flags, stream, length, buffer, start } = this.#reader;
    const connection = this.#connection;
    switch (type) {
      case RST_STREAM: {
        if (connection.isIdle(stream)) return connection.refuse(PROTOCOL_ERROR);
        if (length !== 4) return connection.refuse(FRAME_SIZE_ERROR);
        connection.resets.add(stream, false);
        const request = this.#requestOf(stream);
        if (request === undefined) return;
        const code = readUint32(buffer, start);
        // the target has not looked at it (RFC 9113 section 8.7)
        return request.failed(code === REFUSED_STREAM && !request.answerBegun ? faults['upstream-refused'] : faults['upstream-reset'], null);
      }
      case SETTINGS:
        return this.#settings();
      case PUSH_PROMISE:
        // we have said that we take none
        return connection.refuse(PROTOCOL_ERROR);
      case PING:
        if (stream !== 0) return connection.refuse(PROTOCOL_ERROR);
        if (length !== 8) return connection.refuse(FRAME_SIZE_ERROR);
        if ((flags & ACK) === 0) connection.control(PING, ACK, buffer.subarray(start, start + 8));
        else connection.pingAnswered();
        return;
      case GOAWAY:
        if (stream !== 0) return connection.refuse(PROTOCOL_ERROR);
        if (length < 8) return connection.refuse(FRAME_SIZE_ERROR);
        return connection.targetLeaves(readUint31(buffer, start));
      case WINDOW_UPDATE:
        return this.#windowUpdate();
      case PRIORITY:
        // servers have no use for it: nobody looks at what it says
        if (stream === 0) return connection.refuse(PROTOCOL_ERROR);
        return length === 5 ? undefined : connection.refuse(FRAME_SIZE_ERROR);
      default:
        // types that nobody knows
        return;
    }
  }

  #settings(): void {
    const reader = this.#reader;
    const connection = this.#connection;
    const { peer } = connection;
    if ((reader.flags & ACK) !== 0) {
      if (reader.stream !== 0 || reader.length !== 0) connection.refuse(reader.stream !== 0 ? PROTOCOL_ERROR : FRAME_SIZE_ERROR);
      return;
    }
    const before = peer.initialWindow;
    const error = peer.read(reader, connection.encoder);
    if (error !== NO_ERROR) return connection.refuse(error);
    const change = peer.initialWindow - before;
    for (const request of this.#streams.values()) {
      request.sendWindow += change;
      if (request.sendWindow > WINDOW_MOST) return connection.refuse(FLOW_CONTROL_ERROR);
    }
    connection.settled();
  }

  #windowUpdate(): void {
    const { stream, length, buffer, start } = this.#reader;
    const connection = this.#connection;
    if (length !== 4) return connection.refuse(FRAME_SIZE_ERROR);
    const increment = readUint31(buffer, start);
    if (stream === 0) {
      const { outflow } = connection;
      outflow.window += increment;
      if (increment === 0 || outflow.window > WINDOW_MOST) return connection.refuse(increment === 0 ? PROTOCOL_ERROR : FLOW_CONTROL_ERROR);
    } else {
      if (connection.isIdle(stream)) return connection.refuse(PROTOCOL_ERROR);
      const request = this.#requestOf(stream);
      if (request === undefined) return;
      request.sendWindow += increment;
      if (increment === 0) return request.malformed(PROTOCOL_ERROR);
      if (request.sendWindow > WINDOW_MOST) return request.malformed(FLOW_CONTROL_ERROR);
    }
    connection.pump();
  }
}
