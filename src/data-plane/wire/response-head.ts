import { latin1 } from '../../kernel/index.ts';
import { CLASS, DIGIT, FIELD } from './character.ts';
import { CONNECTION, CONTENT_LENGTH, NONE, TRANSFER_ENCODING } from './field-name.ts';
import { FieldLines } from './field-lines.ts';
import { BAD_CONTENT_LENGTH, BAD_START_LINE, BAD_STATUS, BAD_TRANSFER_ENCODING, BAD_VERSION, CODING_IN_OLD_VERSION, DUPLICATE_CONTENT_LENGTH, type Flaw, INCOMPLETE, LENGTH_AND_CODING, OK, START_LINE_TOO_LONG } from './flaw.ts';
import { contentLength, isChunked, isKeepAlive, readConnection } from './framing.ts';
import type { HeadLimits } from './request-head.ts';

const CR = 13;
const LF = 10;
const SPACE = 32;
const START = 'HTTP/1.';

/** A response's head, read strictly by RFC 9112. Made once a thread and filled again for each response. */
export class ResponseHeadParser {
  readonly fields: FieldLines;
  readonly #limits: HeadLimits;
  status = 0;
  reason = '';
  version = 11;
  fieldsStart = 0;
  contentLength = -1;
  chunked = false;
  keepAlive = true;
  /** `Connection: close` was sent. */
  close = false;
  upgrade = false;
  /** Which known fields are there: bits by their number. */
  present = 0;
  connectionNames = '';

  constructor(limits: HeadLimits) {
    this.#limits = limits;
    this.fields = new FieldLines(limits);
  }

  /** Reads the head that begins at `from` of `octets`, of which there are as many as `to`. */
  parse(octets: Buffer, from: number, to: number): Flaw {
    const { fields } = this;
    fields.begin(octets, from, to);
    // `HTTP/1.1 200` and a line break, the shortest status line
    if (to - from < 14) return START.startsWith(latin1(octets, from, Math.min(to, from + START.length))) ? INCOMPLETE : BAD_VERSION;
    if (!octetsBegin(octets, from) || octets[from + 8] !== SPACE) return BAD_VERSION;
    const minor = octets[from + 7]! - 48;
    if (minor < 0 || minor > 9) return BAD_VERSION;
    this.version = minor === 0 ? 10 : 11;
    let status = 0;
    for (let i = from + 9; i < from + 12; i++) {
      const c = octets[i]!;
      if ((CLASS[c]! & DIGIT) === 0) return BAD_STATUS;
      status = status * 10 + (c - 48);
    }
    if (status < 100) return BAD_STATUS;
    this.status = status;
    let i = from + 12;
    if (octets[i] === SPACE) i++;
    // the reason phrase may be missing, and some servers leave its space out with it
    else if (octets[i] !== CR) return BAD_STATUS;
    const reasonStart = i;
    while (i < to && (CLASS[octets[i]!]! & FIELD) !== 0) i++;
    if (i - from > this.#limits.startLine) return START_LINE_TOO_LONG;
    if (i + 1 >= to) return i >= to || octets[i] === CR ? INCOMPLETE : BAD_START_LINE;
    if (octets[i] !== CR || octets[i + 1] !== LF) return BAD_START_LINE;
    this.reason = i - reasonStart === 2 && status === 200 ? 'OK' : latin1(octets, reasonStart, i);
    this.fieldsStart = i + 2 - from;
    const flaw = fields.parse(this.fieldsStart);
    return flaw === OK ? this.#readFields() : flaw;
  }

  #readFields(): Flaw {
    const fields = this.fields;
    const { octets, base } = fields;
    this.contentLength = -1;
    this.chunked = false;
    this.keepAlive = this.version === 11;
    this.upgrade = false;
    this.present = 0;
    this.connectionNames = '';
    this.close = false;
    let codings = 0;
    for (let i = 0; i < fields.count; i++) {
      const known = fields.known[i];
      if (known === NONE) continue;
      this.present |= 1 << known!;
      const start = base + fields.valueStart[i]!;
      const end = base + fields.valueEnd[i]!;
      switch (known) {
        case CONTENT_LENGTH: {
          const value = contentLength(octets, start, end);
          if (value === -1) return BAD_CONTENT_LENGTH;
          if (this.contentLength !== -1) return DUPLICATE_CONTENT_LENGTH;
          this.contentLength = value;
          break;
        }
        case TRANSFER_ENCODING:
          if (++codings > 1 || !isChunked(octets, start, end)) return BAD_TRANSFER_ENCODING;
          this.chunked = true;
          break;
        case CONNECTION:
          if (isKeepAlive(octets, start, end)) this.keepAlive = !this.close;
          else readConnection(latin1(octets, start, end), this);
          break;
        default:
          break;
      }
    }
    if (codings > 0 && this.contentLength !== -1) return LENGTH_AND_CODING;
    if (codings > 0 && this.version !== 11) return CODING_IN_OLD_VERSION;
    return OK;
  }
}

function octetsBegin(octets: Uint8Array, from: number): boolean {
  for (let i = 0; i < START.length; i++) if (octets[from + i] !== START.charCodeAt(i)) return false;
  return true;
}
