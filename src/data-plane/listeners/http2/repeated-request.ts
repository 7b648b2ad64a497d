import type { HpackDecoder, RequestFields } from '../../wire/http2/index.ts';

/** What says a request in indexes alone is a few octets long; a block with words in it is hardly sent twice. */
const OCTETS = 64;

/**
 * The last short header block of a connection, and what it said. Clients that ask the same again and again (gRPC calls of one method, polls) send the
 * same block each time, and as long as the table of the decoder has not changed it means the same.
 */
export class RepeatedRequest {
  readonly fields: RequestFields;
  readonly #octets = new Uint8Array(OCTETS);
  /** 0: nothing is known. */
  #length = 0;
  #generation = -1;

  constructor(fields: RequestFields) {
    this.fields = fields;
  }

  static fits(length: number): boolean {
    return length <= OCTETS;
  }

  /** `fields` says what this block says. */
  is(buffer: Buffer, start: number, end: number, { generation }: HpackDecoder): boolean {
    if (end - start !== this.#length || generation !== this.#generation) return false;
    const octets = this.#octets;
    for (let i = start; i < end; i++) if (buffer[i] !== octets[i - start]) return false;
    return true;
  }

  /** `fields` is about to be filled. */
  forget(): void {
    this.#length = 0;
  }

  /** `fields` has been filled from this block, which has not changed the table. */
  keep(buffer: Buffer, start: number, end: number, { generation }: HpackDecoder): void {
    this.#length = end - start;
    this.#generation = generation;
    for (let i = start; i < end; i++) this.#octets[i - start] = buffer[i]!;
  }
}
