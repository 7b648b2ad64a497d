import { latin1 } from '../../../kernel/index.ts';
import { field, fieldLike, type HeaderField } from './field.ts';
import { decodeHuffman } from './huffman.ts';
import { FIRST_DYNAMIC, STATIC } from './static-table.ts';

/** Who is told the fields of a header block, in order. */
export interface FieldSink {
  add(field: HeaderField): void;
}

const NOTHING: readonly HeaderField[] = [];
/** Longest string that is decoded from Huffman, octets; a header block is not that long. */
const LONGEST_STRING = 128 * 1024;
const scratch = Buffer.allocUnsafeSlow(LONGEST_STRING);

/** RFC 7541 section 4: what both sides begin with. */
export const DEFAULT_TABLE_SIZE = 4096;

/** Decodes the header blocks of one direction of one connection (RFC 7541). What the peer makes it keep is bounded by `limit`. */
export class HpackDecoder {
  /** SETTINGS_HEADER_TABLE_SIZE as we have said it. */
  readonly #limit: number;
  /** The size that the peer has chosen, at most the limit. */
  #maximum: number;
  #size = 0;
  /** A ring: the newest entry is before `#head`. */
  #entries: HeaderField[] = [];
  #head = 0;
  #count = 0;
  /** Changes with the table, and with what may become of it: a block that leaves it as it was means the same as long as it stays. */
  generation = 0;
  /** The block that was decoded last names no entry that came before it and changes no size: whenever it comes it says the same, and puts the same into the table. */
  standsAlone = false;
  /** What that block has put into the table. */
  inserted: readonly HeaderField[] = NOTHING;
  /** What blocks that were not decoded have put into it besides, and how many: it does not know of them yet. */
  #owed: readonly HeaderField[] = [];
  #times = 0;
  #at = 0;

  constructor(limit = DEFAULT_TABLE_SIZE) {
    this.#limit = limit;
    this.#maximum = limit;
  }

  get tableSize(): number {
    this.#settle();
    return this.#size;
  }

  /** Entries, the newest first: for tests. */
  get table(): readonly HeaderField[] {
    this.#settle();
    return Array.from({ length: this.#count }, (_, i) => this.#entry(FIRST_DYNAMIC + i)!);
  }

  /** False for a block that cannot be decoded: a connection error of type COMPRESSION_ERROR, since the tables differ from then on. */
  decode(buffer: Buffer, start: number, end: number, sink: FieldSink): boolean {
    this.#settle();
    this.#at = start;
    let inserted: HeaderField[] | null = null;
    this.inserted = NOTHING;
    this.standsAlone = true;
    let begun = false;
    while (this.#at < end) {
      const first = buffer[this.#at]!;
      if ((first & 0x80) !== 0) {
        const index = (first & 0x7f) < 0x7f ? (this.#at++, first & 0x7f) : this.#integer(buffer, end, 0x7f);
        const entry = index < 0 ? undefined : this.#entry(index);
        if (entry === undefined) return false;
        if (index >= FIRST_DYNAMIC) this.standsAlone = false;
        sink.add(entry);
      } else if ((first & 0xe0) === 0x20) {
        // a change of size comes before the first field (section 4.2)
        const size = this.#integer(buffer, end, 0x1f);
        if (begun || size < 0 || size > this.#limit) return false;
        this.#maximum = size;
        this.standsAlone = false;
        this.generation++;
        this.#evict(size);
        continue;
      } else {
        const indexing = (first & 0x40) !== 0;
        const literal = this.#literal(buffer, end, indexing ? 0x3f : 0x0f);
        if (literal === null) return false;
        if (indexing) {
          this.#insert(literal);
          if (inserted === null) this.inserted = inserted = [literal];
          else inserted.push(literal);
        }
        sink.add(literal);
      }
      begun = true;
    }
    return true;
  }

  /** A block that stands alone and has put `inserted` into the table has come again. */
  again(inserted: readonly HeaderField[]): void {
    if (inserted.length === 0) return;
    if (inserted !== this.#owed) this.#settle();
    this.#owed = inserted;
    this.#times++;
    this.generation++;
  }

  /** Puts into the table what it owes: no more of it than the table holds. */
  #settle(): void {
    if (this.#times === 0) return;
    let size = 0;
    for (const entry of this.#owed) size += entry.size;
    let times = Math.min(this.#times, Math.ceil(this.#maximum / size) + 1);
    this.#times = 0;
    for (; times > 0; times--) for (const entry of this.#owed) this.#insert(entry);
  }

  #literal(buffer: Buffer, end: number, mask: number): HeaderField | null {
    const index = this.#integer(buffer, end, mask);
    if (index < 0) return null;
    if (index === 0) {
      const name = this.#string(buffer, end);
      if (name === null) return null;
      const value = this.#string(buffer, end);
      return value === null ? null : field(name, value);
    }
    const named = this.#entry(index);
    if (named === undefined) return null;
    if (index >= FIRST_DYNAMIC) this.standsAlone = false;
    const value = this.#string(buffer, end);
    return value === null ? null : fieldLike(named, value);
  }

  /** An integer whose prefix is the octet at `#at` under `mask` (section 5.1); -1 where it is cut off, or absurd. */
  #integer(buffer: Buffer, end: number, mask: number): number {
    if (this.#at >= end) return -1;
    let value = buffer[this.#at++]! & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.#at >= end) return -1;
      const octet = buffer[this.#at++]!;
      value += (octet & 0x7f) << shift;
      if ((octet & 0x80) === 0) return value;
    }
    return -1;
  }

  #string(buffer: Buffer, end: number): string | null {
    if (this.#at >= end) return null;
    const huffman = (buffer[this.#at]! & 0x80) !== 0;
    const length = this.#integer(buffer, end, 0x7f);
    const start = this.#at;
    if (length < 0 || start + length > end) return null;
    this.#at = start + length;
    if (!huffman) return length === 0 ? '' : latin1(buffer, start, start + length);
    const decoded = decodeHuffman(buffer, start, start + length, scratch);
    return decoded < 0 ? null : latin1(scratch, 0, decoded);
  }

  #entry(index: number): HeaderField | undefined {
    if (index < FIRST_DYNAMIC) return STATIC[index];
    const back = index - FIRST_DYNAMIC + 1;
    if (back > this.#count) return undefined;
    const capacity = this.#entries.length;
    return this.#entries[(this.#head - back + capacity) % capacity];
  }

  #insert(entry: HeaderField): void {
    this.generation++;
    this.#evict(this.#maximum - entry.size);
    // larger than the whole table: empties it, and that is no error (section 4.4)
    if (entry.size > this.#maximum) return;
    if (this.#count === this.#entries.length) this.#grow();
    this.#entries[this.#head] = entry;
    this.#head = (this.#head + 1) % this.#entries.length;
    this.#count++;
    this.#size += entry.size;
  }

  #evict(maximum: number): void {
    if (this.#size > maximum) this.generation++;
    while (this.#count > 0 && this.#size > maximum) {
      const capacity = this.#entries.length;
      const oldest = (this.#head - this.#count + capacity) % capacity;
      this.#size -= this.#entries[oldest]!.size;
      this.#entries[oldest] = STATIC[1]!;
      this.#count--;
    }
  }

  #grow(): void {
    const ordered: HeaderField[] = [];
    for (let back = this.#count; back > 0; back--) ordered.push(this.#entry(FIRST_DYNAMIC + back - 1)!);
    const capacity = Math.max(8, ordered.length * 2);
    while (ordered.length < capacity) ordered.push(STATIC[1]!);
    this.#entries = ordered;
    this.#head = this.#count;
  }
}
