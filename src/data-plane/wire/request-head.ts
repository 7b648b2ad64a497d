import { latin1 } from '../../kernel/index.ts';
import { CLASS, DIGIT, HOST, only, TARGET, TOKEN } from './character.ts';
import { CONNECTION, CONTENT_LENGTH, EXPECT, HOST_FIELD, LOOKALIKE, NONE, TRANSFER_ENCODING, USER_AGENT } from './field-name.ts';
import { FieldLines, octetsAre, type FieldLimits } from './field-lines.ts';
import {
  BAD_CONTENT_LENGTH, BAD_EXPECT, BAD_HOST, BAD_METHOD, BAD_START_LINE, BAD_TARGET, BAD_TRANSFER_ENCODING, BAD_VERSION, CODING_IN_OLD_VERSION,
  DUPLICATE_CONTENT_LENGTH, DUPLICATE_HOST, type Flaw, INCOMPLETE, LENGTH_AND_CODING, MISSING_HOST, OK, START_LINE_TOO_LONG,
  SUSPICIOUS_FIELD_NAME, UNSUPPORTED_TRANSFER_CODING, UNSUPPORTED_VERSION,
} from './flaw.ts';
import { contentLength, isChunked, isKeepAlive, readConnection } from './framing.ts';

export interface HeadLimits extends FieldLimits {
  /** Characters of the request line at most. */
  readonly startLine: number;
}

const SPACE = 32;
const CR = 13;
const LF = 10;
const SLASH = 47;
const QUESTION = 63;
const ZERO = 48;
/** Characters of a host with its port at most. */
const AUTHORITY_MOST = 260;

/**
 * A request's head, read strictly by RFC 9112. Made once a thread and filled again for each request: what it says holds until the next
 * `parse`. Whatever two recipients could read in two ways is a flaw.
 */
export class RequestHead {
  readonly fields: FieldLines;
  readonly #limits: HeadLimits;
  // the last authority, as octets and as text, and its host: on a connection, and on a whole listener, it is mostly the same one again
  readonly #known = new DataView(new ArrayBuffer(AUTHORITY_MOST));
  #knownLength = -1;
  #authority = '';
  #host = '';
  method = '';
  // where the target is, without scheme and authority; what is made of it goes to those who outlive the next `parse`, and is not kept here
  #targetStart = 0;
  #targetEnd = 0;
  #question = -1;
  /** 10 or 11. */
  version = 11;
  /** With port, as sent: of an absolute target, else of Host; '' for an HTTP/1.0 request without either. */
  authority = '';
  /** Lower-case, without port; brackets of an IPv6 literal kept. */
  host = '';
  /** The target was sent in absolute form: Host must be rewritten from it (RFC 9112 section 3.2.2). */
  absolute = false;
  fieldsStart = 0;
  /** Index of the first User-Agent; -1 for none. */
  userAgent = -1;
  /** Request line and Content-Length may be sent on as they are: origin form, exactly HTTP/1.1, and the one spelling of a length that all readers know. */
  plain = false;
  /** -1: no Content-Length. */
  contentLength = -1;
  chunked = false;
  keepAlive = true;
  /** `Connection: close` was sent. */
  close = false;
  expectsContinue = false;
  upgrade = false;
  /** Which known fields are there: bits by their number. */
  present = 0;
  /** Fields that Connection names: see `ConnectionOptions`. */
  connectionNames = '';

  constructor(limits: HeadLimits) {
    this.#limits = limits;
    this.fields = new FieldLines(limits);
  }

  /** In origin form (or `*`): what of an absolute form comes after its authority. */
  get target(): string {
    if (this.#targetEnd === 0) return '';
    const text = this.fields.text.slice(this.#targetStart, this.#targetEnd);
    return this.#isRooted ? text : `/${text}`;
  }

  get path(): string {
    if (!this.#isRooted) return this.#targetEnd === 0 ? '' : '/';
    return this.fields.text.slice(this.#targetStart, this.#question === -1 ? this.#targetEnd : this.#question);
  }

  get query(): string | null {
    return this.#question === -1 ? null : this.fields.text.slice(this.#question + 1, this.#targetEnd);
  }

  /** An absolute form may have nothing between its authority and its query, or at all. */
  get #isRooted(): boolean {
    return this.#targetStart !== this.#targetEnd && this.#targetStart !== this.#question;
  }

  /** Reads the head that begins at `from` of `octets`, of which there are as many as `to`. OK (then `fields.end` is where the body begins, from there), INCOMPLETE, or what is wrong with it. */
  parse(octets: Buffer, from: number, to: number): Flaw {
    const { fields } = this;
    fields.begin(octets, from, to);
    // whoever asks about a head that is refused must not be told of the one before it
    this.method = '';
    this.#targetStart = this.#targetEnd = 0;
    this.#question = -1;
    const limit = this.#limits.startLine;
    let i = from;
    while (i < to && (CLASS[octets[i]!]! & TOKEN) !== 0) i++;
    if (i - from > limit) return START_LINE_TOO_LONG;
    if (i >= to) return INCOMPLETE;
    if (i === from || octets[i] !== SPACE) return BAD_METHOD;
    this.method = methodName(octets, from, i);
    const targetStart = ++i;
    let question = -1;
    while (i < to) {
      const c = octets[i]!;
      if ((CLASS[c]! & TARGET) === 0) break;
      if (c === QUESTION && question === -1) question = i - from;
      i++;
    }
    if (i - from > limit) return START_LINE_TOO_LONG;
    if (i >= to) return INCOMPLETE;
    if (octets[i] !== SPACE) return i === targetStart ? BAD_START_LINE : BAD_TARGET;
    const targetEnd = i++;
    if (targetEnd === targetStart) return BAD_START_LINE;
    // `HTTP/1.1` CRLF is ten characters
    if (i + 10 > to) return this.#shortVersion(latin1(octets, i, to));
    const version = this.#version(octets, i);
    if (version !== OK) return version;
    this.fieldsStart = i + 10 - from;
    const flaw = fields.parse(this.fieldsStart);
    if (flaw !== OK) return flaw;
    const meaning = this.#readFields();
    if (meaning !== OK) return meaning;
    return this.#readTarget(targetStart - from, targetEnd - from, question);
  }

  #shortVersion(text: string): Flaw {
    // any version: what it is worth is said once it is whole, so that the answer does not depend on how the octets were cut
    return /^(?:H|HT|HTT|HTTP|HTTP\/(?:\d(?:\.(?:\d\r?)?)?)?)?$/.test(text) ? INCOMPLETE : BAD_VERSION;
  }

  #version(octets: Buffer, at: number): Flaw {
    if (!isHttp(octets, at) || octets[at + 6] !== 46) return BAD_VERSION;
    const major = octets[at + 5]! - 48;
    const minor = octets[at + 7]! - 48;
    if (major < 0 || major > 9 || minor < 0 || minor > 9) return BAD_VERSION;
    if (octets[at + 8] !== CR || octets[at + 9] !== LF) return BAD_VERSION;
    if (major !== 1) return UNSUPPORTED_VERSION;
    // a higher minor version is answered as the highest that we know (RFC 9110 section 2.5)
    this.version = minor === 0 ? 10 : 11;
    this.plain = minor === 1;
    return OK;
  }

  #readFields(): Flaw {
    const fields = this.fields;
    const { octets, base, text } = fields;
    this.contentLength = -1;
    this.chunked = false;
    this.keepAlive = this.version === 11;
    this.expectsContinue = false;
    this.upgrade = false;
    this.present = 0;
    this.userAgent = -1;
    this.connectionNames = '';
    this.close = false;
    this.authority = this.host = '';
    let hosts = 0;
    let codings = 0;
    for (let i = 0; i < fields.count; i++) {
      const known = fields.known[i];
      if (known === NONE) continue;
      this.present |= 1 << known!;
      const start = fields.valueStart[i]!;
      const end = fields.valueEnd[i]!;
      switch (known) {
        case HOST_FIELD:
          if (++hosts > 1) return DUPLICATE_HOST;
          if (!this.#readAuthority(base + start, base + end)) return BAD_HOST;
          break;
        case CONTENT_LENGTH: {
          if (this.contentLength !== -1) return DUPLICATE_CONTENT_LENGTH;
          const value = contentLength(octets, base + start, base + end);
          if (value === -1) return BAD_CONTENT_LENGTH;
          this.contentLength = value;
          if (!isCanonical(fields, i)) this.plain = false;
          break;
        }
        case TRANSFER_ENCODING:
          // several lines are one list (RFC 9110 section 5.3): of lists we take `chunked` and `identity` alone
          if (++codings > 1) return isChunked(octets, base + start, base + end) && this.chunked ? BAD_TRANSFER_ENCODING : UNSUPPORTED_TRANSFER_CODING;
          if (isChunked(octets, base + start, base + end)) this.chunked = true;
          else if (!(end - start === 8 && octetsAre(octets, base + start, 'identity'))) {
            return /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/.test(text.slice(start, end)) ? UNSUPPORTED_TRANSFER_CODING : BAD_TRANSFER_ENCODING;
          }
          break;
        case CONNECTION:
          if (isKeepAlive(octets, base + start, base + end)) this.keepAlive = !this.close;
          else readConnection(text.slice(start, end), this);
          break;
        case EXPECT:
          if (end - start !== 12 || !octetsAre(octets, base + start, '100-continue')) return BAD_EXPECT;
          this.expectsContinue = this.version === 11;
          break;
        case USER_AGENT:
          if (this.userAgent === -1) this.userAgent = i;
          break;
        case LOOKALIKE:
          return SUSPICIOUS_FIELD_NAME;
        default:
          break;
      }
    }
    if (codings > 0) {
      if (this.contentLength !== -1) return LENGTH_AND_CODING;
      // Transfer-Encoding came with HTTP/1.1: from an older sender its meaning is unknown (RFC 9112 section 6.1)
      if (this.version !== 11) return CODING_IN_OLD_VERSION;
    }
    if (hosts === 0 && this.version === 11) return MISSING_HOST;
    return OK;
  }

  #readTarget(start: number, end: number, question: number): Flaw {
    const { octets, base } = this.fields;
    let pathStart = start;
    this.absolute = false;
    if (octets[base + start] !== SLASH) {
      if (end - start === 1 && octets[base + start] === 42 && this.method === 'OPTIONS') {
        this.#targetStart = start;
        this.#targetEnd = end;
        return OK;
      }
      const scheme = octetsAre(octets, base + start, 'http://') ? 7 : octetsAre(octets, base + start, 'https://') ? 8 : 0;
      if (scheme === 0) return BAD_TARGET;
      const authorityStart = start + scheme;
      pathStart = authorityStart;
      while (pathStart < end && octets[base + pathStart] !== SLASH && octets[base + pathStart] !== QUESTION) pathStart++;
      if (!this.#readAuthority(base + authorityStart, base + pathStart)) return BAD_TARGET;
      this.absolute = true;
      this.plain = false;
    }
    this.#targetStart = pathStart;
    this.#targetEnd = end;
    this.#question = question;
    return OK;
  }

  /** False when it is none. */
  #readAuthority(start: number, end: number): boolean {
    const { octets } = this.fields;
    if (!this.#isKnown(octets, start, end)) {
      if (!isHost(octets, start, end)) return false;
      const authority = latin1(octets, start, end);
      this.#knownLength = end - start;
      for (let i = start; i < end; i++) this.#known.setUint8(i - start, octets[i]!);
      this.#authority = authority;
      this.#host = lowerCase(authority.charCodeAt(0) === 91 ? authority.slice(0, authority.indexOf(']') + 1) : withoutPort(authority));
    }
    this.authority = this.#authority;
    this.host = this.#host;
    return true;
  }

  #isKnown(octets: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (length !== this.#knownLength) return false;
    const known = this.#known;
    const { view } = this.fields;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (view.getInt32(start + i) !== known.getInt32(i)) return false;
    for (; i < length; i++) if (octets[start + i] !== known.getUint8(i)) return false;
    return true;
  }
}

export function withoutPort(authority: string): string {
  const colon = authority.indexOf(':');
  return colon === -1 ? authority : authority.slice(0, colon);
}

/** `toLowerCase` makes a new string; nearly every host is lower-case already. */
export function lowerCase(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 65 && c <= 90) return text.toLowerCase();
  }
  return text;
}

const isHostText = only(HOST);
const isPort = only(DIGIT);

/** uri-host [ ":" port ], not empty: reg-name, IPv4 or bracketed IPv6 (RFC 3986 section 3.2.2). */
export function isHost(octets: Buffer, start: number, end: number): boolean {
  if (end === start || end - start > AUTHORITY_MOST || !isHostText(octets, start, end)) return false;
  let hostEnd = start;
  if (octets[start] === 91) {
    while (hostEnd < end && octets[hostEnd] !== 93) hostEnd++;
    hostEnd++;
    if (hostEnd > end || hostEnd - start < 4) return false;
    if (!/^\[[0-9a-f:.]+\]$/i.test(latin1(octets, start, hostEnd))) return false;
  } else {
    while (hostEnd < end && octets[hostEnd] !== 58) {
      const c = octets[hostEnd++];
      if (c === 91 || c === 93) return false;
    }
    if (hostEnd === start) return false;
  }
  if (hostEnd === end) return true;
  return octets[hostEnd] === 58 && end - hostEnd <= 6 && isPort(octets, hostEnd + 1, end);
}

/** `Name: 123`, with one blank or none and no zero in front: what one reader takes for a length otherwise another refuses, or ignores. */
function isCanonical({ octets, base, nameEnd, valueStart, valueEnd }: FieldLines, index: number): boolean {
  const start = valueStart[index]!;
  const blanks = start - nameEnd[index]! - 1;
  if (blanks > 1 || (blanks === 1 && octets[base + start - 1] !== SPACE)) return false;
  if (octets[base + start] === ZERO && valueEnd[index]! - start > 1) return false;
  return octets[base + valueEnd[index]!] === CR;
}

function isHttp(octets: Uint8Array, at: number): boolean {
  return octets[at] === 72 && octets[at + 1] === 84 && octets[at + 2] === 84 && octets[at + 3] === 80 && octets[at + 4] === SLASH;
}

/** The method as a string; of the two that nearly all requests have, always the same one. */
function methodName(octets: Buffer, start: number, end: number): string {
  if (end - start === 3 && octets[start] === 71 && octets[start + 1] === 69 && octets[start + 2] === 84) return 'GET';
  if (end - start === 4 && octets[start] === 80 && octets[start + 1] === 79 && octets[start + 2] === 83 && octets[start + 3] === 84) return 'POST';
  return latin1(octets, start, end);
}
