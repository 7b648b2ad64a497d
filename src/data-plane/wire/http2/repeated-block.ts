import type { HeaderField } from './field.ts';
import type { HpackDecoder } from './hpack-decoder.ts';

/**
 * The last short header block of one direction of a connection, and what it said. Peers that say the same again and again (calls of one method, polls, and
 * what is answered to them) send the same block each time, and as long as the table of the decoder has not changed it means the same; one that stands alone (nginx puts all of
 * every answer into the table, and never names it again) means the same whatever is in the table.
 */
export class RepeatedBlock<Fields> {
  readonly fields: Fields;
  readonly #octets: Uint8Array;
  /** 0: nothing is known. */
  #length = 0;
  #generation = -1;
  /** What it puts into the table each time; null: it means something only while the table stays as it was. */
  #inserted: readonly HeaderField[] | null = null;

  /** `most`: octets of a block that is remembered. */
  constructor(fields: Fields, most: number) {
    this.fields = fields;
    this.#octets = new Uint8Array(most);
  }

  /** `fields` says what this block says. */
  is(buffer: Buffer, start: number, end: number, decoder: HpackDecoder): boolean {
    if (end - start !== this.#length || (this.#inserted === null && decoder.generation !== this.#generation)) return false;
    const octets = this.#octets;
    for (let i = start; i < end; i++) if (buffer[i] !== octets[i - start]) return false;
    if (this.#inserted !== null) decoder.again(this.#inserted);
    return true;
  }

  /** `fields` is about to be filled. */
  forget(): void {
    this.#length = 0;
  }

  /** `fields` has been filled from this block, the last that was decoded, which has not changed the table or stands alone. */
  keep(buffer: Buffer, start: number, end: number, { generation, standsAlone, inserted }: HpackDecoder): void {
    this.#length = end - start;
    this.#generation = generation;
    this.#inserted = standsAlone ? inserted : null;
    for (let i = start; i < end; i++) this.#octets[i - start] = buffer[i]!;
  }
}
