/** Code points that a client lists, in its order. */
export interface CodePoints {
  has(codePoint: number): boolean;
}

/** What a TLS client says of itself before anything is decided (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2). */
export interface ClientHello {
  /** SNI host name (RFC 6066 section 3), lower-case; null when there is none. */
  readonly serverName: string | null;
  /** Code points of the cipher suites. */
  readonly suites: CodePoints;
  /** Code points of `signature_algorithms`; null when the client sends none. */
  readonly signatures: CodePoints | null;
  /** Code points of `supported_groups`; null when the client sends none. */
  readonly groups: CodePoints | null;
  /** Code points of the groups that `key_share` has a share of; null when the client sends none. */
  readonly shares: CodePoints | null;
  /** Offers TLS 1.3 (`supported_versions`). */
  readonly tls13: boolean;
}

/** More has to be read; or it is not TLS that was said. */
export type HelloFlaw = 'incomplete' | 'not-tls';

/** A hello with post-quantum shares and a ticket is about 2 KB; one larger than this is left to OpenSSL, which refuses it. */
export const HELLO_BYTES = 32 * 1024;

/** Bounds what is done again for each octet that drips in. */
const MOST_RECORDS = 64;

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const SUPPORTED_GROUPS = 10;
const SIGNATURE_ALGORITHMS = 13;
const SUPPORTED_VERSIONS = 43;
const KEY_SHARE = 51;
const TLS13 = 0x0304;

/** Looked up in the octets as they came, `from` to `to`: a set would cost more than the few questions that are asked of it. */
class ListedCodePoints implements CodePoints {
  readonly octets: Buffer;
  readonly from: number;
  readonly to: number;

  constructor(octets: Buffer, from: number, to: number) {
    this.octets = octets;
    this.from = from;
    this.to = to;
  }

  has(codePoint: number): boolean {
    const { octets, to } = this;
    for (let at = this.from; at + 1 < to; at += 2) if (word(octets, at) === codePoint) return true;
    return false;
  }
}

/** The groups of key shares (RFC 8446 section 4.2.8); their keys are OpenSSL's business. */
class ListedShares extends ListedCodePoints {
  override has(codePoint: number): boolean {
    const { octets, to } = this;
    for (let at = this.from; at + 4 <= to; at += 4 + word(octets, at + 2)) if (word(octets, at) === codePoint) return true;
    return false;
  }
}

/** For a hello that nothing can be said about: it gets what a client without names gets, and OpenSSL says what is wrong with it. */
export const UNREADABLE_HELLO: ClientHello = { serverName: null, suites: new ListedCodePoints(Buffer.alloc(0), 0, 0), signatures: null, groups: null, shares: null, tls13: false };

/**
 * Reads the first message of a connection without consuming it. OpenSSL reads it again and is the judge of it: this only finds out what
 * the certificate and the policy are chosen by, before OpenSSL has settled on a version (a context swapped in its SNI callback changes the
 * certificate alone).
 */
export function readClientHello(bytes: Buffer): ClientHello | HelloFlaw {
  const message = wholeMessage(bytes) ?? handshakeMessage(bytes);
  if (message === null) return UNREADABLE_HELLO;
  if (typeof message === 'string') return message;
  return parse(message) ?? UNREADABLE_HELLO;
}

/** As nearly all are: one record, and no more. Null for any other. */
function wholeMessage(bytes: Buffer): Buffer | null {
  const end = bytes.length;
  if (end < 9 || bytes[0] !== HANDSHAKE || bytes[1] !== 3 || 5 + word(bytes, 3) !== end || bytes[5] !== CLIENT_HELLO || 9 + (bytes[6]! << 16) + word(bytes, 7) !== end) return null;
  return bytes.subarray(9);
}

/** The body of the first handshake message, put together from its records; null for one in more records than anybody makes of it. */
function handshakeMessage(bytes: Buffer): Buffer | HelloFlaw | null {
  const parts: Buffer[] = [];
  let size = 0;
  let wanted = 4;
  for (let at = 0; parts.length < MOST_RECORDS; ) {
    if (at < bytes.length && bytes[at] !== HANDSHAKE) return 'not-tls';
    if (at + 1 < bytes.length && bytes[at + 1] !== 3) return 'not-tls';
    if (at + 5 > bytes.length) return 'incomplete';
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    const part = bytes.subarray(at + 5, end);
    if (size < 4 && size + part.length >= 4) {
      const head = Buffer.concat([...parts, part.subarray(0, 4)], 4);
      if (head[0] !== CLIENT_HELLO) return 'not-tls';
      wanted = 4 + head.readUIntBE(1, 3);
    }
    parts.push(part);
    size += part.length;
    if (size >= 4 && size >= wanted) return (parts.length === 1 ? part : Buffer.concat(parts, size)).subarray(4, wanted);
    if (end > bytes.length) return 'incomplete';
    at = end;
  }
  return null;
}

/** Null where a length leads out of the message. */
function parse(message: Buffer): ClientHello | null {
  const { length } = message;
  // behind the session id, the cipher suites, the compression methods
  const suitesAt = 35 + (message[34] ?? length) + 2;
  if (suitesAt > length) return null;
  const suitesEnd = suitesAt + word(message, suitesAt - 2);
  let at = suitesEnd + 1 + (message[suitesEnd] ?? length);
  if (at > length) return null;
  let serverName: string | null = null;
  let signatures: CodePoints | null = null;
  let groups: CodePoints | null = null;
  let shares: CodePoints | null = null;
  let tls13 = false;
  // extensions are optional up to TLS 1.2
  const end = at + 2 <= length ? at + 2 + word(message, at) : at;
  at += 2;
  while (at + 4 <= end) {
    if (at + 4 > length) return null;
    const from = at + 4;
    const to = from + word(message, at + 2);
    if (to > length) return null;
    switch (word(message, at)) {
      case SERVER_NAME: serverName = hostName(message, from, to); break;
      case SIGNATURE_ALGORITHMS: signatures = new ListedCodePoints(message, from + 2, to); break;
      case SUPPORTED_GROUPS: groups = new ListedCodePoints(message, from + 2, to); break;
      case KEY_SHARE: shares = new ListedShares(message, from + 2, to); break;
      case SUPPORTED_VERSIONS: tls13 = new ListedCodePoints(message, from + 1, to).has(TLS13); break;
      default:
    }
    at = to;
  }
  return { serverName, suites: new ListedCodePoints(message, suitesAt, suitesEnd), signatures, groups, shares, tls13 };
}

/** Logs and look-ups get it: a name is of letters, digits, hyphens, dots (and underscores, which some resolvers allow). */
const OF_NAMES = Uint8Array.from({ length: 256 }, (_, octet) => Number(/[A-Za-z0-9_.-]/.test(String.fromCharCode(octet))));
const NAME_MOST = 255;
const DOT = 0x2e;

/** The one host name of a server_name extension; its other kinds were never defined. */
function hostName(message: Buffer, from: number, to: number): string | null {
  if (to - from < 5 || message[from + 2] !== 0) return null;
  const start = from + 5;
  const end = Math.min(start + word(message, from + 3), to);
  if (end === start || end - start > NAME_MOST) return null;
  for (let at = start; at < end; at++) if (OF_NAMES[message[at]!] === 0) return null;
  return message.toString('latin1', start, message[end - 1] === DOT ? end - 1 : end).toLowerCase();
}

function word(octets: Buffer, at: number): number {
  return (octets[at]! << 8) | octets[at + 1]!;
}
