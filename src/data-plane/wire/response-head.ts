import { CLASS, DIGIT, FIELD } from './character.ts';
import { CONNECTION, CONTENT_LENGTH, NONE, TRANSFER_ENCODING } from './field-name.ts';
import { FieldLines } from './field-lines.ts';
import { BAD_CONTENT_LENGTH, BAD_START_LINE, BAD_STATUS, BAD_TRANSFER_ENCODING, BAD_VERSION, CODING_IN_OLD_VERSION, DUPLICATE_CONTENT_LENGTH, type Flaw, INCOMPLETE, LENGTH_AND_CODING, OK, START_LINE_TOO_LONG } from './flaw.ts';
import { contentLength, isChunked, readConnection } from './framing.ts';
import type { HeadLimits } from './request-head.ts';

const CR = 13;
const LF = 10;
const SPACE = 32;

/** A response's head, read strictly by RFC 9112. Made once a thread and filled again for each response. */
export class ResponseHeadParser {
  readonly fields: FieldLines;
  readonly #limits: HeadLimits;
  text = '';
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

  parse(text: string, start: number): Flaw {
    this.text = text;
    const length = text.length;
    // `HTTP/1.1 200` and a line break, the shortest status line
    if (length - start < 14) return text.startsWith('HTTP/1.'.slice(0, length - start), start) ? INCOMPLETE : BAD_VERSION;
    if (!text.startsWith('HTTP/1.', start) || text.charCodeAt(start + 8) !== SPACE) return BAD_VERSION;
    const minor = text.charCodeAt(start + 7) - 48;
    if (minor < 0 || minor > 9) return BAD_VERSION;
    this.version = minor === 0 ? 10 : 11;
    let status = 0;
    for (let i = start + 9; i < start + 12; i++) {
      const c = text.charCodeAt(i);
      if ((CLASS[c]! & DIGIT) === 0) return BAD_STATUS;
      status = status * 10 + (c - 48);
    }
    if (status < 100) return BAD_STATUS;
    this.status = status;
    let i = start + 12;
    if (text.charCodeAt(i) === SPACE) i++;
    // the reason phrase may be missing, and some servers leave its space out with it
    else if (text.charCodeAt(i) !== CR) return BAD_STATUS;
    const reasonStart = i;
    while (i < length && (CLASS[text.charCodeAt(i)]! & FIELD) !== 0) i++;
    if (i - start > this.#limits.startLine) return START_LINE_TOO_LONG;
    if (i + 1 >= length) return i >= length || text.charCodeAt(i) === CR ? INCOMPLETE : BAD_START_LINE;
    if (text.charCodeAt(i) !== CR || text.charCodeAt(i + 1) !== LF) return BAD_START_LINE;
    this.reason = i - reasonStart === 2 && status === 200 ? 'OK' : text.slice(reasonStart, i);
    this.fieldsStart = i + 2;
    const flaw = this.fields.parse(text, this.fieldsStart);
    return flaw === OK ? this.#readFields() : flaw;
  }

  #readFields(): Flaw {
    const fields = this.fields;
    const { text } = fields;
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
      const start = fields.valueStart[i]!;
      const end = fields.valueEnd[i]!;
      switch (known) {
        case CONTENT_LENGTH: {
          const value = contentLength(text, start, end);
          if (value === -1) return BAD_CONTENT_LENGTH;
          if (this.contentLength !== -1) return DUPLICATE_CONTENT_LENGTH;
          this.contentLength = value;
          break;
        }
        case TRANSFER_ENCODING:
          if (++codings > 1 || !isChunked(text, start, end)) return BAD_TRANSFER_ENCODING;
          this.chunked = true;
          break;
        case CONNECTION:
          readConnection(text.slice(start, end), this);
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
