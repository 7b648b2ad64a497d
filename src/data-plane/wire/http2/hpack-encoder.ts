import { FIELD_OVERHEAD } from './field.ts';
import { DEFAULT_TABLE_SIZE } from './hpack-decoder.ts';
import { EncodedText } from './encoded-text.ts';
import { HeadOctets, type Octets } from './head-octets.ts';
import { encodeHuffman, huffmanLength } from './huffman.ts';
import { FIRST_DYNAMIC, STATIC_NAMES } from './static-table.ts';

const COLON = 58;
const SPACE = 32;
const TAB = 9;
const CR = 13;

/** How a name's values go: into the table, as literals, or as literals that no hop may put into a table (section 7.1.3). */
const INDEXED = 0;
const LITERAL = 1;
const SECRET = 2;
/** Not said at all: what is no part of a message in HTTP/2 (RFC 9113 section 8.2.2); TE is said by whoever means it. */
const NEVER = 3;
/** Not said in requests: Host has become :authority. */
const RESPONSES_ONLY = 4;

interface KnownName {
  readonly name: string;
  /** Index in the static table; 0: none. */
  readonly index: number;
  readonly policy: number;
}

/** Values that hardly come twice would push the others out of the table. */
const SELDOM_TWICE = [
  ':path', 'age', 'content-length', 'content-range', 'etag', 'if-modified-since', 'if-none-match', 'last-modified', 'location', 'traceparent', 'x-amzn-requestid',
  'x-amzn-trace-id', 'x-forwarded-for', 'x-request-id', 'grpc-timeout', 'expires',
];
/** What an attacker who sees lengths must not be able to guess at. */
const SECRETS = ['authorization', 'cookie', 'proxy-authorization', 'set-cookie'];

const CONNECTION_SPECIFIC = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'http2-settings', 'te'];

const KNOWN: ReadonlyMap<number, KnownName> = (() => {
  const known = new Map<number, KnownName>();
  for (const name of new Set([...STATIC_NAMES.keys(), ...SELDOM_TWICE, ...SECRETS, ...CONNECTION_SPECIFIC])) {
    const policy = policyOf(name);
    known.set(hashOf(name), { name, index: STATIC_NAMES.get(name) ?? 0, policy });
  }
  return known;
})();

/** Entries at most: each counts 32 octets and more. */
const ENTRIES = DEFAULT_TABLE_SIZE / FIELD_OVERHEAD;
function policyOf(name: string): number {
  if (CONNECTION_SPECIFIC.includes(name)) return NEVER;
  if (name === 'host') return RESPONSES_ONLY;
  if (SECRETS.includes(name)) return SECRET;
  return SELDOM_TWICE.includes(name) ? LITERAL : INDEXED;
}

/** What the head of a request ends with, in pieces: the name of a line whose value is another piece, and the end of the head. */
const TRACE_ID = 'X-Amzn-Trace-Id: ';
const HEAD_END = '\r\n\r\n';
/** `:path` in the static table. */
const PATH_INDEX = 4;
const STATUS_INDEX: Readonly<Record<number, number>> = { 200: 8, 204: 9, 206: 10, 304: 11, 400: 12, 404: 13, 500: 14 };

/**
 * Encodes the header blocks of one direction of one connection. Takes field lines as the exchange has them and makes no map of them: each line is
 * hashed where it stands and looked up in the table. A head that is the same as the one before is copied.
 */
export class HpackEncoder {
  #maximum = DEFAULT_TABLE_SIZE;
  #size = 0;
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  readonly #nameHashes = new Int32Array(ENTRIES);
  readonly #hashes = new Int32Array(ENTRIES);
  #head = 0;
  #count = 0;
  /** Sizes to be told at the start of the next block: the lowest since the last one, and the one that holds. -1: none. */
  #lowest = -1;
  #generation = 0;
  readonly #response = new EncodedText();
  /** The first two pieces of a request's head; made with the first request. */
  #message: EncodedText | null = null;
  #stamp: EncodedText | null = null;
  #lastAuthority = '';
  #authorityIndex = 0;
  #authorityGeneration = -1;
  /** Index of the last line that was found in the table whole. */
  #found = 0;
  /** The octets that the head in the memo was made of, where somebody has them. */
  #source: HeadOctets | null = null;

  /** Octets that `again` writes at most. */
  static readonly MEMO_OCTETS = EncodedText.MOST;

  /** Octets that a block takes at most, for field lines of so many characters. */
  static room(characters: number): number {
    return characters + (characters >> 4) + 128;
  }

  get tableSize(): number {
    return this.#size;
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. We never use more than the default. */
  limit(size: number): void {
    const maximum = Math.min(size, DEFAULT_TABLE_SIZE);
    if (maximum === this.#maximum) return;
    if (this.#lowest === -1 || maximum < this.#lowest) this.#lowest = maximum;
    this.#maximum = maximum;
    this.#evict(maximum);
  }

  /** The head of a response: a status and field lines. Where it ends in `into`. */
  response(status: number, lines: string, into: Buffer, start: number): number {
    const kept = this.#response;
    if (this.#lowest === -1 && kept.is(lines, status, this.#generation)) return kept.copy(into, start);
    const told = this.#lowest !== -1;
    let at = this.#begin(into, start);
    const index = STATUS_INDEX[status];
    if (index !== undefined) into[at++] = 0x80 | index;
    else {
      // literal without indexing, name `:status`
      into[at++] = 8;
      into[at++] = 3;
      into[at++] = 48 + Math.trunc(status / 100);
      into[at++] = 48 + (Math.trunc(status / 10) % 10);
      into[at++] = 48 + (status % 10);
    }
    const generation = this.#generation;
    at = this.#lines(lines, { from: 0, to: lines.length, never: NEVER }, into, at);
    this.#source?.forget();
    if (told || generation !== this.#generation) kept.forget();
    else kept.keep({ text: lines, tag: status, generation }, into, { start, end: at });
    return at;
  }

  /** `response` for a head of HTTP/1.1 whose octets are known; -1 where that is not what was encoded last, so that its lines are needed. */
  again(head: Octets, into: Buffer, start: number): number {
    if (!this.#response.holds(this.#generation) || this.#lowest !== -1 || this.#source === null || !this.#source.are(head)) return -1;
    return this.#response.copy(into, start);
  }

  /** What `response` has just encoded is what these octets say. */
  saidBy(head: Octets): void {
    if (this.#response.holds(this.#generation)) (this.#source ??= new HeadOctets()).keep(head);
  }

  /**
   * The head of a request, from the pieces of its head in HTTP/1.1. Of those that `RequestHeadWriter` stamps, the message and the stamp are mostly
   * those of the request before; what is new in it is the trace id.
   */
  request(to: { readonly scheme: 'http' | 'https'; readonly trailers: boolean }, pieces: readonly string[], into: Buffer, start: number): number {
    const from = this.#begin(into, start);
    const stamp = pieces[1];
    if (pieces.length !== 4 || pieces[3] !== HEAD_END || !stamp!.endsWith(TRACE_ID)) return this.#requestHead(to, pieces.length === 1 ? pieces[0]! : pieces.join(''), into, from);
    const text = pieces[0]!;
    const message = (this.#message ??= new EncodedText());
    let at: number;
    if (message.is(text, 0, this.#generation)) at = message.copy(into, from);
    else {
      const generation = this.#generation;
      at = this.#requestHead(to, text, into, from);
      if (generation === this.#generation) message.keep({ text, tag: 0, generation }, into, { start: from, end: at });
    }
    at = this.#stamped(stamp!, into, at);
    return writeText(pieces[2]!, 0, pieces[2]!.length, into, at);
  }

  /** A request's line and field lines. */
  #requestHead({ scheme, trailers }: { readonly scheme: 'http' | 'https'; readonly trailers: boolean }, text: string, into: Buffer, start: number): number {
    let at = start;
    const method = text.slice(0, text.indexOf(' '));
    const end = text.indexOf('\r\n');
    const path = text.slice(method.length + 1, text.lastIndexOf(' ', end));
    if (method === 'GET') into[at++] = 0x82;
    else if (method === 'POST') into[at++] = 0x83;
    else at = this.#field(':method', method, into, at);
    into[at++] = scheme === 'https' ? 0x87 : 0x86;
    if (path === '/') into[at++] = 0x84;
    else at = writeText(path, 0, path.length, into, writeInteger(into, at, 0, 0x0f, PATH_INDEX));
    at = this.#authority(hostOf(text), into, at);
    if (trailers) at = this.#field('te', 'trailers', into, at);
    return this.#lines(text, { from: end + 2, to: text.length, never: RESPONSES_ONLY }, into, at);
  }

  /** The lines that the balancer adds, and the name of the last. */
  #stamped(stamp: string, into: Buffer, start: number): number {
    const kept = (this.#stamp ??= new EncodedText());
    if (kept.is(stamp, 0, this.#generation)) return kept.copy(into, start);
    const generation = this.#generation;
    const nameStart = stamp.length - TRACE_ID.length;
    let at = this.#lines(stamp, { from: 0, to: nameStart, never: RESPONSES_ONLY }, into, start);
    // a literal without indexing, as its name has it in the table above
    into[at++] = 0;
    at = writeLower(stamp, nameStart, stamp.length - 2, into, at);
    if (generation === this.#generation) kept.keep({ text: stamp, tag: 0, generation }, into, { start, end: at });
    return at;
  }

  /** Field lines alone: a trailer section. */
  trailers(lines: string, into: Buffer, start: number): number {
    return this.#lines(lines, { from: 0, to: lines.length, never: NEVER }, into, this.#begin(into, start));
  }

  /** Tells changes of the table's size (section 4.2). */
  #begin(into: Buffer, start: number): number {
    if (this.#lowest === -1) return start;
    let at = start;
    if (this.#lowest < this.#maximum) at = writeInteger(into, at, 0x20, 0x1f, this.#lowest);
    at = writeInteger(into, at, 0x20, 0x1f, this.#maximum);
    this.#lowest = -1;
    return at;
  }

  /** Mostly that of the request before, and in the table: its place there is known as long as the table stays as it is. */
  #authority(authority: string, into: Buffer, start: number): number {
    if (this.#authorityGeneration === this.#generation && authority === this.#lastAuthority) return writeInteger(into, start, 0x80, 0x7f, this.#authorityIndex);
    this.#found = 0;
    const end = this.#field(':authority', authority, into, start);
    this.#authorityGeneration = this.#found === 0 ? -1 : this.#generation;
    this.#authorityIndex = this.#found;
    this.#lastAuthority = authority;
    return end;
  }

  #field(name: string, value: string, into: Buffer, at: number): number {
    return this.#line({ text: `${name}\n${value}`, nameStart: 0, nameEnd: name.length, valueStart: name.length + 1, valueEnd: name.length + 1 + value.length }, hashOf(name), into, at);
  }

  #lines(text: string, { from, to, never }: { readonly from: number; readonly to: number; readonly never: number }, into: Buffer, start: number): number {
    let at = start;
    let i = from;
    const length = to;
    const line = { text, nameStart: 0, nameEnd: 0, valueStart: 0, valueEnd: 0 };
    while (i < length) {
      let c = text.charCodeAt(i);
      // the empty line that ends a head of HTTP/1.1
      if (c === CR) break;
      line.nameStart = i;
      let hash = 0;
      while (c !== COLON) {
        if (c >= 65 && c <= 90) c |= 32;
        hash = (Math.imul(hash, 31) + c) | 0;
        c = text.charCodeAt(++i);
        // no colon at all: nothing that a parser of ours lets through
        if (i >= length) return at;
      }
      line.nameEnd = i++;
      let end = text.indexOf('\r\n', i);
      if (end === -1) end = length;
      const next = end + 2;
      while (i < end && (text.charCodeAt(i) === SPACE || text.charCodeAt(i) === TAB)) i++;
      while (end > i && (text.charCodeAt(end - 1) === SPACE || text.charCodeAt(end - 1) === TAB)) end--;
      line.valueStart = i;
      line.valueEnd = end;
      i = next;
      at = this.#line(line, hash, into, at, never);
    }
    return at;
  }

  #line(line: Line, nameHash: number, into: Buffer, start: number, never = 0): number {
    const { text, nameStart, nameEnd, valueStart, valueEnd } = line;
    let at = start;
    const known = KNOWN.get(nameHash);
    const isKnown = known !== undefined && matches(text, nameStart, nameEnd, known.name);
    let policy = isKnown ? known.policy : INDEXED;
    if (policy >= NEVER) {
      // `te` is ours where nothing is never said
      if (never !== 0 && policy <= never) return start;
      policy = INDEXED;
    }
    let index = isKnown ? known.index : 0;
    if (policy !== INDEXED) {
      const pattern = policy === SECRET ? 0x10 : 0;
      at = writeInteger(into, at, pattern, 0x0f, index);
      if (index === 0) at = writeLower(text, nameStart, nameEnd, into, at);
      return writeText(text, valueStart, valueEnd, into, at);
    }
    let hash = nameHash;
    for (let i = valueStart; i < valueEnd; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    const hashes = this.#hashes;
    const nameHashes = this.#nameHashes;
    for (let back = 1; back <= this.#count; back++) {
      const slot = (this.#head - back + ENTRIES) % ENTRIES;
      if (hashes[slot] === hash && matches(text, nameStart, nameEnd, this.#names[slot]!) && text.startsWith(this.#values[slot]!, valueStart) && this.#values[slot]!.length === valueEnd - valueStart) {
        this.#found = FIRST_DYNAMIC - 1 + back;
        return writeInteger(into, at, 0x80, 0x7f, this.#found);
      }
      if (index === 0 && nameHashes[slot] === nameHash && matches(text, nameStart, nameEnd, this.#names[slot]!)) index = FIRST_DYNAMIC - 1 + back;
    }
    const size = nameEnd - nameStart + valueEnd - valueStart + FIELD_OVERHEAD;
    // a long value would empty the table for one use
    const insert = size <= this.#maximum >> 2;
    at = writeInteger(into, at, insert ? 0x40 : 0, insert ? 0x3f : 0x0f, index);
    if (index === 0) at = writeLower(text, nameStart, nameEnd, into, at);
    if (!insert) return writeText(text, valueStart, valueEnd, into, at);
    const value = text.slice(valueStart, valueEnd);
    this.#insert({ name: text.slice(nameStart, nameEnd).toLowerCase(), value, nameHash, hash }, size);
    const short = huffmanLength(value);
    if (short >= value.length) return writeText(text, valueStart, valueEnd, into, at);
    return encodeHuffman(value, into, writeInteger(into, at, 0x80, 0x7f, short));
  }

  #insert(entry: { readonly name: string; readonly value: string; readonly nameHash: number; readonly hash: number }, size: number): void {
    this.#evict(this.#maximum - size);
    const slot = this.#head;
    this.#names[slot] = entry.name;
    this.#values[slot] = entry.value;
    this.#nameHashes[slot] = entry.nameHash;
    this.#hashes[slot] = entry.hash;
    this.#head = (slot + 1) % ENTRIES;
    this.#count++;
    this.#size += size;
    this.#generation++;
  }

  #evict(maximum: number): void {
    while (this.#count > 0 && this.#size > maximum) {
      const oldest = (this.#head - this.#count + ENTRIES) % ENTRIES;
      this.#size -= this.#names[oldest]!.length + this.#values[oldest]!.length + FIELD_OVERHEAD;
      this.#count--;
      this.#generation++;
    }
  }
}

interface Line {
  readonly text: string;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Value of Host in a head that we have written; '' for none. */
function hostOf(head: string): string {
  let start = head.indexOf('\r\nHost: ');
  if (start === -1) start = head.indexOf('\r\nhost: ');
  if (start === -1) {
    const found = /\r\nhost:[ \t]*([^\r\n]*?)[ \t]*\r\n/i.exec(head);
    return found === null ? '' : found[1]!;
  }
  return head.slice(start + 8, head.indexOf('\r\n', start + 8)).trim();
}

function hashOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return hash;
}

function matches(text: string, start: number, end: number, lower: string): boolean {
  if (end - start !== lower.length) return false;
  for (let i = 0; i < lower.length; i++) {
    let c = text.charCodeAt(start + i);
    if (c >= 65 && c <= 90) c |= 32;
    if (c !== lower.charCodeAt(i)) return false;
  }
  return true;
}

function writeInteger(into: Buffer, start: number, pattern: number, mask: number, value: number): number {
  let at = start;
  if (value < mask) {
    into[at++] = pattern | value;
    return at;
  }
  into[at++] = pattern | mask;
  let rest = value - mask;
  while (rest >= 128) {
    into[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  into[at++] = rest;
  return at;
}

function writeLower(text: string, start: number, end: number, into: Buffer, from: number): number {
  let at = writeInteger(into, from, 0, 0x7f, end - start);
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    into[at++] = c >= 65 && c <= 90 ? c | 32 : c;
  }
  return at;
}

function writeText(text: string, start: number, end: number, into: Buffer, from: number): number {
  let at = writeInteger(into, from, 0, 0x7f, end - start);
  for (let i = start; i < end; i++) into[at++] = text.charCodeAt(i);
  return at;
}
