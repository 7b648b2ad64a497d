import type { FrameReader } from './frame-reader.ts';
import { type FieldSink, HpackDecoder } from './hpack-decoder.ts';
import { RepeatedBlock } from './repeated-block.ts';
import { type Flaw, OK } from '../flaw.ts';

/** The field section of a message, filled from one header block after another. */
export interface FieldSection extends FieldSink {
  readonly flaw: Flaw;
  begin(): void;
  end(): void;
}

export interface SectionReaderOptions<Fields> {
  /** The thread's own: what a block says that is not worth remembering. */
  readonly shared: Fields;
  /** For the block that is remembered: made when the first comes that may be. */
  readonly make: () => Fields;
  /** Octets of a block that is remembered at most. */
  readonly most: number;
}

/** Reads the header blocks of one direction of a connection, and those that repeat the one before without decoding them. */
export class SectionReader<Fields extends FieldSection> {
  readonly #options: SectionReaderOptions<Fields>;
  readonly #decoder = new HpackDecoder();
  #repeated: RepeatedBlock<Fields> | null = null;
  /** The block that was read last repeats the one before. */
  repeats = false;

  constructor(options: SectionReaderOptions<Fields>) {
    this.#options = options;
  }

  /** The head of a message, from the block that `reader` has found; it holds until the next. Null: it is no HPACK, and the tables of both sides differ from now on. */
  head({ buffer, start, end }: FrameReader): Fields | null {
    const decoder = this.#decoder;
    const { shared, make, most } = this.#options;
    const repeated = end - start > most ? null : (this.#repeated ??= new RepeatedBlock(make(), most));
    const fields = repeated === null ? shared : repeated.fields;
    this.repeats = repeated !== null && repeated.is(buffer, start, end, decoder);
    if (this.repeats) return fields;
    const { generation } = decoder;
    repeated?.forget();
    fields.begin();
    if (!decoder.decode(buffer, start, end, fields)) return null;
    fields.end();
    if (repeated !== null && fields.flaw === OK && (decoder.standsAlone || decoder.generation === generation)) repeated.keep(buffer, start, end, decoder);
    return fields;
  }

  /** Fields behind a body. False: it is no HPACK. */
  trailers({ buffer, start, end }: FrameReader, into: FieldSink & { begin(): void }): boolean {
    into.begin();
    return this.#decoder.decode(buffer, start, end, into);
  }
}
