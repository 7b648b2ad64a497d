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

/** Looked up in the octets as they came: a set would cost more than the few questions that are asked of it. */
class ListedCodePoints implements CodePoints {
  readonly octets: Buffer;

  constructor(octets: Buffer) {
    this.octets = octets;
  }

  has(codePoint: number): boolean {
    const { octets } = this;
    const high = codePoint >> 8;
    const low = codePoint & 255;
    for (let i = 0; i + 1 < octets.length; i += 2) if (octets[i] === high && octets[i + 1] === low) return true;
    return false;
  }
}

/** For a hello that nothing can be said about: it gets what a client without names gets, and OpenSSL says what is wrong with it. */
export const UNREADABLE_HELLO: ClientHello = { serverName: null, suites: new ListedCodePoints(Buffer.alloc(0)), signatures: null, groups: null, shares: null, tls13: false };

/**
 * Reads the first message of a connection without consuming it. OpenSSL reads it again and is the judge of it: this only finds out what
 * the certificate and the policy are chosen by, before OpenSSL has settled on a version (a context swapped in its SNI callback changes the
 * certificate alone).
 */
export function readClientHello(bytes: Buffer): ClientHello | HelloFlaw {
  const message = handshakeMessage(bytes);
  if (message === null) return UNREADABLE_HELLO;
  if (typeof message === 'string') return message;
  try {
    return parse(message);
  } catch {
    return UNREADABLE_HELLO;
  }
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

/** Throws a RangeError where a length leads out of the message. */
function parse(message: Buffer): ClientHello {
  let at = 34;
  const vector = (lengthBytes: 1 | 2): Buffer => {
    const start = at + lengthBytes;
    const end = start + message.readUIntBE(at, lengthBytes);
    if (end > message.length) throw new RangeError('a length leads out of the ClientHello');
    at = end;
    return message.subarray(start, end);
  };
  vector(1);
  const suites = numbers(vector(2));
  vector(1);
  let serverName: string | null = null;
  let signatures: CodePoints | null = null;
  let groups: CodePoints | null = null;
  let shares: CodePoints | null = null;
  let tls13 = false;
  // extensions are optional up to TLS 1.2
  const end = at + 2 <= message.length ? at + 2 + message.readUInt16BE(at) : at;
  at += 2;
  while (at + 4 <= end) {
    const kind = message.readUInt16BE(at);
    at += 2;
    const content = vector(2);
    if (kind === SERVER_NAME) serverName = hostName(content);
    else if (kind === SIGNATURE_ALGORITHMS) signatures = numbers(content.subarray(2));
    else if (kind === SUPPORTED_GROUPS) groups = numbers(content.subarray(2));
    else if (kind === KEY_SHARE) shares = shareGroups(content);
    else if (kind === SUPPORTED_VERSIONS) tls13 = numbers(content.subarray(1)).has(TLS13);
  }
  return { serverName, suites, signatures, groups, shares, tls13 };
}

/** The one host name of a server_name extension; its other kinds were never defined. */
function hostName(content: Buffer): string | null {
  if (content.length < 5 || content[2] !== 0) return null;
  const name = content.subarray(5, 5 + content.readUInt16BE(3)).toString('latin1').toLowerCase();
  // logs and look-ups get it: a name is of letters, digits, hyphens, dots (and underscores, which some resolvers allow)
  return /^[a-z0-9_.-]{1,255}$/.test(name) ? name.replace(/\.$/, '') : null;
}

/** The groups of the shares (RFC 8446 section 4.2.8); their keys are OpenSSL's business. */
function shareGroups(content: Buffer): CodePoints {
  const found = new Set<number>();
  for (let at = 2; at + 4 <= content.length; at += 4 + content.readUInt16BE(at + 2)) found.add(content.readUInt16BE(at));
  return found;
}

function numbers(content: Buffer): CodePoints {
  return new ListedCodePoints(content);
}
