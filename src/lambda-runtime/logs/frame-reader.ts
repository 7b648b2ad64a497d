import { LONGEST_LINE } from './line-splitter.ts';

/** What the bundled runtime's frames begin with: see node-runtime/log.cjs. */
const FRAME_TYPE = 0xa55a0003;
const HEAD = 16;
const NOTHING = Buffer.alloc(0);

/** Reads the framed records of a runtime: each is one log event, newlines and all. What is no frame ends the reading. */
export class FrameReader {
  readonly #emit: (timestamp: number, record: string) => void;
  #received: Buffer = NOTHING;
  #broken = false;
  #count = 0;

  constructor(emit: (timestamp: number, record: string) => void) {
    this.#emit = emit;
  }

  /** Records read so far. */
  get count(): number {
    return this.#count;
  }

  push(chunk: Buffer): void {
    if (this.#broken) return;
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    let at = 0;
    while (this.#received.length - at >= HEAD) {
      const length = this.#received.readUInt32BE(at + 4);
      // The function can write to this descriptor too: what it makes up must not grow the host.
      if (this.#received.readUInt32BE(at) !== FRAME_TYPE || length > LONGEST_LINE) {
        this.#broken = true;
        this.#received = NOTHING;
        return;
      }
      if (this.#received.length - at - HEAD < length) break;
      const timestamp = Number(this.#received.readBigUInt64BE(at + 8) / 1000n);
      this.#count++;
      this.#emit(timestamp, this.#received.toString('utf8', at + HEAD, at + HEAD + length));
      at += HEAD + length;
    }
    if (at > 0) this.#received = this.#received.subarray(at);
  }
}
