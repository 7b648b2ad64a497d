import { flat } from '../../../kernel/index.ts';
import { CLASS, TARGET, TOKEN } from '../character.ts';
import { CONTENT_LENGTH, EXPECT, HOST_FIELD, TE, USER_AGENT } from '../field-name.ts';
import {
  BAD_CONTENT_LENGTH, BAD_EXPECT, BAD_HOST, BAD_METHOD, BAD_PSEUDO_FIELD, BAD_TARGET, CONNECTION_SPECIFIC_FIELD, DUPLICATE_CONTENT_LENGTH, DUPLICATE_HOST, type Flaw, FIELD_TOO_LONG,
  HEAD_TOO_LARGE, MISSING_HOST, OK, START_LINE_TOO_LONG, TOO_MANY_FIELDS,
} from '../flaw.ts';
import { lowerCase, withoutPort, type HeadLimits } from '../request-head.ts';
import { AUTHORITY, COOKIE, GRPC_TYPE, type HeaderField, isConnectionSpecific, isPseudo, METHOD, PATH, PROTOCOL, SCHEME } from './field.ts';
import type { FieldSink } from './hpack-decoder.ts';
import { all, isHostName, lengthOf } from './text.ts';

const SLASH = 47;
const QUESTION = 63;

export interface FieldSectionLimits extends HeadLimits {
  /** Size of the whole as RFC 9113 section 6.5.2 counts it: 32 octets a field more than its characters. */
  readonly size: number;
}

/**
 * The field section of a request (RFC 9113 section 8.3.1) as the decoder reads it out. Made once a thread and filled again for each request: what it
 * says holds until the next `begin`. Like HTTP/1.1's `RequestHead`, with the lines as HTTP/1.1 would have them, Host first.
 */
export class RequestFields implements FieldSink {
  readonly #limits: FieldSectionLimits;
  method = '';
  scheme = '';
  target = '';
  path = '';
  query: string | null = null;
  authority = '';
  host = '';
  /** RFC 8441; '' for none. */
  protocol = '';
  /** `name: value\r\n` lines: Host, then the fields but TE, Cookie joined into one. */
  lines = '';
  userAgent: string | null = null;
  /** -1: none. */
  contentLength = -1;
  expectsContinue = false;
  /** Content-Type says gRPC. */
  grpc = false;
  /** TE: trailers was sent. */
  trailers = false;
  present = 0;
  /** What is wrong; of several the first. */
  flaw: Flaw = OK;
  /** The flaw is a limit of ours, the message itself is in order: it is answered instead of reset. */
  overLimit = false;
  /** See `head`; '' until it is asked for. */
  #head = '';
  #seen = 0;
  #size = 0;
  #count = 0;
  #regular = false;
  #hostField = '';
  #cookie = '';
  #target = '';

  constructor(limits: FieldSectionLimits) {
    this.#limits = limits;
  }

  begin(): void {
    this.#head = '';
    this.method = this.scheme = this.target = this.path = this.authority = this.host = this.protocol = this.lines = '';
    this.#hostField = this.#cookie = this.#target = '';
    this.query = this.userAgent = null;
    this.contentLength = -1;
    this.expectsContinue = this.trailers = this.grpc = this.overLimit = this.#regular = false;
    this.present = this.flaw = this.#seen = this.#size = this.#count = 0;
  }

  /** Request line and lines, as HTTP/1.1 would have them, in one piece. */
  get head(): string {
    if (this.#head === '') this.#head = flat(`${this.method} ${this.target} HTTP/1.1\r\n${this.lines}`);
    return this.#head;
  }

  add(field: HeaderField): void {
    // the tables of both sides must stay the same, so the decoder goes on; what it reads is only counted
    this.#size += field.size;
    if (this.flaw !== OK) return;
    if (this.#size > this.#limits.size) return this.#exceed(HEAD_TOO_LARGE);
    if (field.flaw !== OK) {
      this.flaw = field.flaw;
      return;
    }
    const { kind, value } = field;
    if (isPseudo(kind)) {
      this.flaw = this.#pseudo(kind, value);
      return;
    }
    this.#regular = true;
    if (++this.#count > this.#limits.fields) return this.#exceed(TOO_MANY_FIELDS);
    if (field.size > this.#limits.line) return this.#exceed(FIELD_TOO_LONG);
    if (kind === 0) {
      this.lines += field.line;
      return;
    }
    if (isConnectionSpecific(kind)) {
      this.flaw = CONNECTION_SPECIFIC_FIELD;
      return;
    }
    switch (kind) {
      case COOKIE:
        // RFC 9113 section 8.2.3
        this.#cookie = this.#cookie === '' ? value : `${this.#cookie}; ${value}`;
        return;
      case HOST_FIELD:
        if (this.#hostField !== '') this.flaw = DUPLICATE_HOST;
        else if (!isHostName(value)) this.flaw = BAD_HOST;
        this.#hostField = value;
        return;
      case TE:
        if (value !== 'trailers') this.flaw = CONNECTION_SPECIFIC_FIELD;
        this.trailers = true;
        return;
      case CONTENT_LENGTH:
        if (this.contentLength !== -1) this.flaw = DUPLICATE_CONTENT_LENGTH;
        this.contentLength = lengthOf(value);
        if (this.contentLength === -1) this.flaw = BAD_CONTENT_LENGTH;
        break;
      case EXPECT:
        if (value.toLowerCase() !== '100-continue') this.#exceed(BAD_EXPECT);
        this.expectsContinue = true;
        break;
      case GRPC_TYPE:
        this.grpc = true;
        this.lines += field.line;
        return;
      case USER_AGENT:
        this.userAgent ??= value;
        break;
      default:
        break;
    }
    this.present |= 1 << kind;
    this.lines += field.line;
  }

  /** All fields have been told: what they say together. */
  end(): void {
    if (this.flaw !== OK) return;
    this.flaw = this.#readTarget();
    if (this.flaw !== OK) return;
    if (this.#target.length > this.#limits.startLine) return this.#exceed(START_LINE_TOO_LONG);
    if (this.#cookie !== '') this.lines += `cookie: ${this.#cookie}\r\n`;
    this.lines = `host: ${this.authority}\r\n${this.lines}`;
    this.present |= 1 << HOST_FIELD;
  }

  #exceed(flaw: Flaw): void {
    this.flaw = flaw;
    this.overLimit = true;
    // nobody reads them
    this.lines = '';
  }

  #pseudo(kind: number, value: string): Flaw {
    const bit = 1 << (kind - METHOD);
    if (this.#regular || (this.#seen & bit) !== 0) return BAD_PSEUDO_FIELD;
    this.#seen |= bit;
    switch (kind) {
      case METHOD:
        this.method = value;
        return value !== '' && value.length <= this.#limits.startLine && all(value, TOKEN) ? OK : BAD_METHOD;
      case SCHEME:
        this.scheme = value;
        return value === 'https' || value === 'http' ? OK : BAD_PSEUDO_FIELD;
      case AUTHORITY:
        this.authority = value;
        return isHostName(value) ? OK : BAD_HOST;
      case PATH:
        this.#target = value;
        return OK;
      case PROTOCOL:
        this.protocol = value;
        return value !== '' && all(value, TOKEN) ? OK : BAD_PSEUDO_FIELD;
      default:
        return BAD_PSEUDO_FIELD;
    }
  }

  #readTarget(): Flaw {
    if (this.method === '') return BAD_PSEUDO_FIELD;
    if (this.protocol !== '' && this.method !== 'CONNECT') return BAD_PSEUDO_FIELD;
    if (this.method === 'CONNECT' && this.protocol === '') {
      // RFC 9113 section 8.5: an authority and nothing else
      if (this.scheme !== '' || this.#target !== '' || this.authority === '') return BAD_PSEUDO_FIELD;
      this.target = this.path = '/';
    } else {
      if (this.scheme === '' || this.#target === '') return BAD_PSEUDO_FIELD;
      const text = this.#target;
      const asterisk = text === '*' && this.method === 'OPTIONS';
      if (text.charCodeAt(0) !== SLASH && !asterisk) return BAD_TARGET;
      let question = -1;
      for (let i = 0; i < text.length; i++) {
        const c = text.charCodeAt(i);
        if ((CLASS[c]! & TARGET) === 0) return BAD_TARGET;
        if (c === QUESTION && question === -1) question = i;
      }
      this.target = text;
      this.path = question === -1 ? text : text.slice(0, question);
      this.query = question === -1 ? null : text.slice(question + 1);
    }
    if (this.#hostField !== '') {
      // two names for one request: each hop would pick its own (RFC 9113 section 8.3.1)
      if (this.authority === '') this.authority = this.#hostField;
      else if (this.authority !== this.#hostField && this.authority.toLowerCase() !== this.#hostField.toLowerCase()) return BAD_HOST;
    } else if (this.authority === '') return MISSING_HOST;
    this.host = lowerCase(this.authority.charCodeAt(0) === 91 ? this.authority.slice(0, this.authority.indexOf(']') + 1) : withoutPort(this.authority));
    return OK;
  }
}
