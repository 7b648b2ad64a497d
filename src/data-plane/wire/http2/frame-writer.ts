import {
  CONTINUATION, DATA, END_HEADERS, END_STREAM, type ErrorCode, FRAME_HEAD, FRAME_OCTETS, GOAWAY, HEADERS, RST_STREAM, SETTINGS, WINDOW_UPDATE, writeFrameHead, writeUint32,
} from './frame.ts';

/** Where frames are gathered until they are sent. */
export interface FrameSink {
  /** Write here, from what `reserve` answers; then `commit`. */
  readonly buffer: Buffer;
  /** Rises with each buffer that has been sent: what was written under the same number can still be changed. */
  readonly batch: number;
  readonly unsent: number;
  reserve(octets: number): number;
  commit(end: number): void;
}

/** Writes the frames of one direction of a connection. */
export class FrameWriter {
  readonly #sink: FrameSink;
  /** The DATA frame that was written last, while its flags can still be changed. */
  #dataStream = 0;
  #dataAt = 0;
  #dataBatch = -1;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  settings(pairs: readonly (readonly [setting: number, value: number])[]): void {
    const at = this.#sink.reserve(FRAME_HEAD + pairs.length * 6);
    const { buffer } = this.#sink;
    let end = writeFrameHead(buffer, at, { length: pairs.length * 6, type: SETTINGS, flags: 0, stream: 0 });
    for (const [setting, value] of pairs) {
      buffer[end] = setting >>> 8;
      buffer[end + 1] = setting;
      end = writeUint32(buffer, end + 2, value);
    }
    this.#sink.commit(end);
  }

  /** Frames the header block that was written from `at` on, behind room for the first frame's head; octets of it. */
  block(stream: number, flags: number, { at, end }: { readonly at: number; readonly end: number }): number {
    const sink = this.#sink;
    const length = end - at - FRAME_HEAD;
    if (length <= FRAME_OCTETS) {
      writeFrameHead(sink.buffer, at, { length, type: HEADERS, flags: flags | END_HEADERS, stream });
      sink.commit(end);
      return length;
    }
    // seldom: the block is moved apart to make room for the heads of CONTINUATION frames
    const block = Buffer.from(sink.buffer.subarray(at + FRAME_HEAD, end));
    for (let from = 0; from < length; from += FRAME_OCTETS) {
      const take = Math.min(FRAME_OCTETS, length - from);
      const offset = sink.reserve(FRAME_HEAD + take);
      const last = from + take === length ? END_HEADERS : 0;
      writeFrameHead(sink.buffer, offset, { length: take, type: from === 0 ? HEADERS : CONTINUATION, flags: from === 0 ? flags | last : last, stream });
      block.copy(sink.buffer, offset + FRAME_HEAD, from, from + take);
      sink.commit(offset + FRAME_HEAD + take);
    }
    return length;
  }

  /** One DATA frame; of no more than `FRAME_OCTETS`. */
  data(stream: number, buffer: Buffer, { from, to }: { readonly from: number; readonly to: number }): void {
    const sink = this.#sink;
    const length = to - from;
    const offset = sink.reserve(FRAME_HEAD + length);
    writeFrameHead(sink.buffer, offset, { length, type: DATA, flags: 0, stream });
    buffer.copy(sink.buffer, offset + FRAME_HEAD, from, to);
    sink.commit(offset + FRAME_HEAD + length);
    this.#dataStream = stream;
    this.#dataAt = offset;
    this.#dataBatch = sink.batch;
  }

  /** END_STREAM: on the last DATA frame if it has not left yet. */
  end(stream: number): void {
    const sink = this.#sink;
    if (this.#dataStream === stream && this.#dataBatch === sink.batch) {
      sink.buffer[this.#dataAt + 4]! |= END_STREAM;
      return;
    }
    const at = sink.reserve(FRAME_HEAD);
    sink.commit(writeFrameHead(sink.buffer, at, { length: 0, type: DATA, flags: END_STREAM, stream }));
  }

  reset(stream: number, code: ErrorCode): void {
    this.#number(RST_STREAM, stream, code);
  }

  /** Room for so many octets more, on a stream or (0) on the connection. */
  windowUpdate(stream: number, octets: number): void {
    this.#number(WINDOW_UPDATE, stream, octets);
  }

  /** A frame of the connection. */
  control(type: number, flags: number, payload: Buffer | null): void {
    const sink = this.#sink;
    const length = payload?.length ?? 0;
    const at = sink.reserve(FRAME_HEAD + length);
    const end = writeFrameHead(sink.buffer, at, { length, type, flags, stream: 0 });
    if (payload !== null) payload.copy(sink.buffer, end);
    sink.commit(end + length);
  }

  goAway(last: number, code: ErrorCode, why: string): void {
    const sink = this.#sink;
    const at = sink.reserve(FRAME_HEAD + 8 + why.length);
    let end = writeFrameHead(sink.buffer, at, { length: 8 + why.length, type: GOAWAY, flags: 0, stream: 0 });
    end = writeUint32(sink.buffer, writeUint32(sink.buffer, end, last), code);
    sink.commit(end + sink.buffer.write(why, end, 'latin1'));
  }

  #number(type: number, stream: number, value: number): void {
    const at = this.#sink.reserve(FRAME_HEAD + 4);
    const end = writeFrameHead(this.#sink.buffer, at, { length: 4, type, flags: 0, stream });
    this.#sink.commit(writeUint32(this.#sink.buffer, end, value));
  }
}
