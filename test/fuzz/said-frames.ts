import { HpackDecoder } from '../../src/data-plane/wire/http2/index.ts';
import { END_HEADERS, END_STREAM, T } from '../e2e/http2/raw.ts';

export interface SaidFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** Judges what one end has said: it must be whole frames, whose header blocks one decoder can read in order, and no stream goes on after its end. */
export class SaidFrames {
  /** It has ended in GOAWAY with an error. */
  broken = false;
  readonly #decoder = new HpackDecoder();
  readonly #ended = new Set<number>();
  readonly #told: (frame: SaidFrame) => void;
  #parts: Buffer[] = [];
  readonly #taker = { add: ({ flaw, name }: { readonly flaw: number; readonly name: string }): void => { if (flaw !== 0) throw new Error(`a field that nobody takes: ${name}`); } };

  /** `told` hears each frame. */
  constructor(told: (frame: SaidFrame) => void) {
    this.#told = told;
  }

  read(said: Buffer): void {
    let at = 0;
    while (at < said.length) {
      if (this.broken) throw new Error('something is said after GOAWAY');
      if (said.length - at < 9) throw new Error('half a frame was said');
      const length = said.readUIntBE(at, 3);
      const frame = { type: said[at + 3]!, flags: said[at + 4]!, stream: said.readUInt32BE(at + 5), payload: said.subarray(at + 9, at + 9 + length) };
      if (frame.payload.length !== length || length > 16_384 || frame.stream > 0x7fffffff) throw new Error('a frame is cut off, or too long');
      at += 9 + length;
      this.#judge(frame);
      this.#told(frame);
    }
  }

  #judge({ type, flags, stream, payload }: SaidFrame): void {
    if (type === T.HEADERS || type === T.CONTINUATION) {
      this.#parts.push(payload);
      if ((flags & END_HEADERS) !== 0) {
        const octets = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
        this.#parts = [];
        if (!this.#decoder.decode(octets, 0, octets.length, this.#taker)) throw new Error('a header block that nobody can read');
      }
    }
    if (type === T.HEADERS || type === T.DATA) {
      if (this.#ended.has(stream)) throw new Error(`stream ${stream} goes on after its end: ${type}`);
      if ((flags & END_STREAM) !== 0) this.#ended.add(stream);
    }
    if (type === T.RST_STREAM) this.#ended.add(stream);
    if (type === T.GOAWAY && payload.readUInt32BE(4) !== 0) this.broken = true;
  }
}
