import { latin1 } from '../../kernel/index.ts';
import { CLASS, HEX } from './character.ts';
import { FieldLines } from './field-lines.ts';
import { BAD_CHUNK_END, BAD_CHUNK_SIZE, BAD_TRAILER, BARE_LINE_BREAK, CHUNK_EXTENSION_TOO_LONG, type Flaw, HEAD_TOO_LARGE, INCOMPLETE, OK } from './flaw.ts';
import { endToEnd, fieldSet, HOP_BY_HOP } from './end-to-end.ts';
import { CLIENT_CERTIFICATE, CONTENT_LENGTH, FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO, HOST_FIELD, IDENTITY_FIELD, LOOKALIKE, TRACE_ID, TRANSFER_ENCODING } from './field-name.ts';

const CR = 13;
const LF = 10;
const SEMICOLON = 59;
const SPACE = 32;
const TAB = 9;

const SIZE = 0;
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
const TRAILER = 6;
const DONE = 7;

/** Octets of chunk extensions, over all chunks of a body: nobody needs them, attackers do. */
const EXTENSION_LIMIT = 4096;
const TRAILER_LIMIT = 16 * 1024;
/** What a sender may not put there is not passed on: a reader that merges trailers into the head would believe it (RFC 9110 section 6.5.1). */
export const NOT_IN_TRAILERS = HOP_BY_HOP | fieldSet(FORWARDED_FOR, FORWARDED_PROTO, FORWARDED_PORT, TRACE_ID, IDENTITY_FIELD, CLIENT_CERTIFICATE);
/** 2^48: far above any body, far below where numbers lose integers. */
const MAX_SIZE = 281474976710656;

/**
 * Decodes a chunked body (RFC 9112 section 7.1), strictly: CRLF only, bare hexadecimal sizes, extensions read and dropped. `next` walks a
 * buffer, stopping at each run of data; one decoder a body.
 */
export class ChunkedDecoder {
  #state = SIZE;
  #size = 0;
  #digits = 0;
  #extension = 0;
  #sawSemicolon = false;
  #trailer = '';
  #fields: FieldLines | null = null;
  /** The run of data that `next` has found. */
  dataStart = 0;
  dataEnd = 0;
  /** Where reading goes on. */
  position = 0;
  /** Field lines of the trailer, once done. */
  trailers = '';

  get done(): boolean {
    return this.#state === DONE;
  }

  /**
   * Goes on at `position` (set it to the start of each new buffer) and stops after one run of data (OK, `dataStart` < `dataEnd`), at the end
   * of the body (OK and `done`, no data), at the end of the buffer (INCOMPLETE), or at a flaw.
   */
  next(buffer: Buffer, end: number): Flaw {
    let i = this.position;
    this.dataStart = this.dataEnd = i;
    while (i < end) {
      switch (this.#state) {
        case DATA: {
          const take = Math.min(this.#size, end - i);
          this.dataStart = i;
          this.dataEnd = this.position = i + take;
          this.#size -= take;
          if (this.#size === 0) this.#state = DATA_CR;
          return OK;
        }
        case SIZE: {
          const c = buffer[i]!;
          if ((CLASS[c]! & HEX) !== 0) {
            this.#size = this.#size * 16 + (c <= 57 ? c - 48 : (c | 32) - 87);
            if (++this.#digits > 16 || this.#size > MAX_SIZE) return BAD_CHUNK_SIZE;
          } else if (this.#digits === 0) return BAD_CHUNK_SIZE;
          else if (c === CR) this.#state = SIZE_LF;
          else if (c === SEMICOLON || c === SPACE || c === TAB) {
            // blanks before an extension are "bad whitespace" that a recipient must parse (section 7.1.1); alone before CRLF they are not
            this.#state = EXTENSION;
            continue;
          } else return BAD_CHUNK_SIZE;
          i++;
          break;
        }
        case EXTENSION: {
          const flaw = this.#readExtension(buffer[i]!);
          if (flaw !== OK) return flaw;
          i++;
          break;
        }
        case SIZE_LF:
          if (buffer[i] !== LF) return BARE_LINE_BREAK;
          i++;
          this.#digits = 0;
          this.#state = this.#size === 0 ? TRAILER : DATA;
          this.#sawSemicolon = false;
          break;
        case DATA_CR:
          if (buffer[i] !== CR) return BAD_CHUNK_END;
          i++;
          this.#state = DATA_LF;
          break;
        case DATA_LF:
          if (buffer[i] !== LF) return BAD_CHUNK_END;
          i++;
          this.#state = SIZE;
          break;
        case TRAILER: {
          // nearly always the two octets of an empty trailer
          if (this.#trailer === '' && end - i >= 2 && buffer[i] === CR && buffer[i + 1] === LF) {
            this.position = i + 2;
            this.dataStart = this.dataEnd = this.position;
            this.#state = DONE;
            return OK;
          }
          return this.#readTrailer(buffer, i, end);
        }
        default:
          this.position = i;
          this.dataStart = this.dataEnd = i;
          return OK;
      }
    }
    this.position = i;
    this.dataStart = this.dataEnd = i;
    return this.#state === DONE ? OK : INCOMPLETE;
  }

  #readExtension(c: number): Flaw {
    if (++this.#extension > EXTENSION_LIMIT) return CHUNK_EXTENSION_TOO_LONG;
    if (c === CR) {
      if (!this.#sawSemicolon) return BAD_CHUNK_SIZE;
      this.#state = SIZE_LF;
      return OK;
    }
    if (c === SEMICOLON) {
      this.#sawSemicolon = true;
      return OK;
    }
    if (c === LF) return BARE_LINE_BREAK;
    if (!this.#sawSemicolon) return c === SPACE || c === TAB ? OK : BAD_CHUNK_SIZE;
    return (c < SPACE && c !== TAB) || c === 127 ? BAD_CHUNK_SIZE : OK;
  }

  #readTrailer(buffer: Buffer, start: number, end: number): Flaw {
    const before = this.#trailer.length;
    const room = TRAILER_LIMIT + 4 - before;
    const text = this.#trailer + latin1(buffer, start, Math.min(end, start + room));
    this.#trailer = text;
    const full = text.length === TRAILER_LIMIT + 4;
    // read again only when a line has come to its end, and only so far: what drips in is not scanned at every octet, and what is wrong is
    // found at the same place however the octets were cut
    const lines = text.lastIndexOf('\n') + 1;
    // a line may be as long as all of them: then it is the whole that is too long
    const fields = (this.#fields ??= new FieldLines({ fields: 64, line: TRAILER_LIMIT + 4 }));
    const flaw = lines > before ? fields.read(text.slice(0, lines)) : INCOMPLETE;
    if (flaw === INCOMPLETE) {
      if (full) return HEAD_TOO_LARGE;
      this.position = end;
      this.dataStart = this.dataEnd = end;
      return INCOMPLETE;
    }
    if (flaw !== OK) return BAD_TRAILER;
    const stop = fields.end;
    for (let i = 0; i < fields.count; i++) {
      // framing and routing fields must not come this late (RFC 9110 section 6.5.1)
      const known = fields.known[i];
      if (known === CONTENT_LENGTH || known === TRANSFER_ENCODING || known === HOST_FIELD || known === LOOKALIKE) return BAD_TRAILER;
    }
    this.trailers = endToEnd(fields, NOT_IN_TRAILERS, '');
    this.position = start + (stop - before);
    this.dataStart = this.dataEnd = this.position;
    this.#state = DONE;
    return OK;
  }
}

/** Head of a chunk of `length` octets, its CRLF included. */
export function chunkHead(length: number): string {
  return `${length.toString(16)}\r\n`;
}
