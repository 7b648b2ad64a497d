import { latin1 } from '../../src/kernel/index.ts';
import { ChunkedDecoder, flawName, INCOMPLETE, OK, RequestHead, type HeadLimits } from '../../src/data-plane/wire/index.ts';

/** Small, so that cases of a few hundred octets reach them. */
export const LIMITS: HeadLimits = { fields: 20, line: 200, startLine: 200 };
const HEAD_OCTETS = 2000;

export interface FramedRequest {
  readonly method: string;
  readonly target: string;
  readonly body: string;
}

export interface Framed {
  readonly requests: readonly FramedRequest[];
  /** `flawName` of what ended it, `incomplete` where more octets could follow. */
  readonly end: string;
}

/**
 * Cuts a stream of octets into requests with the parts of the codec, as a connection does it: what is read is held until a head is whole,
 * each octet goes to one message, the first flaw ends everything.
 */
export class Framer {
  readonly #head = new RequestHead(LIMITS);
  #keep = true;
  readonly requests: FramedRequest[] = [];
  #held: Buffer = Buffer.alloc(0);
  #left = 0;
  #chunks: ChunkedDecoder | null = null;
  #current: { method: string; target: string; body: string } | null = null;
  #closed = false;
  end = 'incomplete';

  read(part: Buffer): void {
    if (this.end !== 'incomplete' || this.#closed) return;
    const buffer = this.#held.length === 0 ? part : Buffer.concat([this.#held, part]);
    this.#held = Buffer.alloc(0);
    let at = 0;
    while (at < buffer.length && this.end === 'incomplete' && !this.#closed) {
      const next = this.#current === null ? this.#readHead(buffer, at) : this.#readBody(buffer, at);
      if (next === -1) return;
      if (next < at || next > buffer.length) throw new Error(`went from ${at} to ${next} of ${buffer.length}`);
      at = next;
    }
  }

  #readHead(buffer: Buffer, from: number): number {
    let start = from;
    while (buffer[start] === 13 && buffer[start + 1] === 10) start += 2;
    if (start === buffer.length) return start;
    if (buffer[start] === 13 && start + 1 === buffer.length) return this.#hold(buffer, start);
    const head = this.#head;
    const flaw = head.parse(buffer, start, Math.min(buffer.length, start + HEAD_OCTETS));
    if (flaw === INCOMPLETE) {
      if (buffer.length - start < HEAD_OCTETS) return this.#hold(buffer, start);
      this.end = 'head-too-large';
      return -1;
    }
    if (flaw !== OK) {
      this.end = flawName(flaw);
      return -1;
    }
    this.#current = { method: head.method, target: head.target, body: '' };
    this.#chunks = head.chunked ? new ChunkedDecoder() : null;
    this.#left = Math.max(head.contentLength, 0);
    this.#keep = head.keepAlive;
    if (!head.chunked && this.#left === 0) this.#done();
    return start + head.fields.end;
  }

  #readBody(buffer: Buffer, at: number): number {
    const current = this.#current!;
    if (this.#chunks === null) {
      const take = Math.min(this.#left, buffer.length - at);
      current.body += latin1(buffer, at, at + take);
      this.#left -= take;
      if (this.#left === 0) this.#done();
      return at + take;
    }
    const chunks = this.#chunks;
    chunks.position = at;
    const flaw = chunks.next(buffer, buffer.length);
    if (flaw !== OK && flaw !== INCOMPLETE) {
      this.end = flawName(flaw);
      return -1;
    }
    if (chunks.position <= at && !chunks.done) throw new Error(`no progress at ${at}`);
    if (chunks.dataEnd > chunks.dataStart) current.body += latin1(buffer, chunks.dataStart, chunks.dataEnd);
    if (chunks.done) this.#done();
    return chunks.position;
  }

  #done(): void {
    this.requests.push(this.#current!);
    this.#current = null;
    this.#chunks = null;
    if (!this.#keep) this.#closed = true;
  }

  #hold(buffer: Buffer, start: number): -1 {
    this.#held = buffer.subarray(start);
    return -1;
  }
}

export function frame(octets: Buffer, at: readonly number[]): Framed {
  const framer = new Framer();
  let from = 0;
  for (const to of at) {
    // a buffer of its own for each read, with a trap behind its end
    const part = Buffer.concat([octets.subarray(from, to), Buffer.from('!!!!')]).subarray(0, to - from);
    framer.read(part);
    from = to;
  }
  return { requests: framer.requests, end: framer.end };
}
