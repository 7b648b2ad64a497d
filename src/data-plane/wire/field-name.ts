import { latin1 } from '../../kernel/index.ts';

/** Numbers of the field names that the codecs themselves look at. */
export const NONE = 0;
export const HOST_FIELD = 1;
export const CONNECTION = 2;
export const CONTENT_LENGTH = 3;
export const TRANSFER_ENCODING = 4;
export const EXPECT = 5;
export const UPGRADE = 6;
export const TE = 7;
export const TRAILER = 8;
export const KEEP_ALIVE = 9;
export const PROXY_CONNECTION = 10;
export const FORWARDED_FOR = 11;
export const FORWARDED_PROTO = 12;
export const FORWARDED_PORT = 13;
export const TRACE_ID = 14;
export const USER_AGENT = 15;
export const SERVER = 16;
export const HTTP2_SETTINGS = 17;
/** A name that some recipients take for Content-Length or Transfer-Encoding (`content_length`, `Transfer--Encoding`): the lever of request smuggling. */
export const LOOKALIKE = 18;
/** `X-Amzn-Oidc-Data` and all names that begin so: by which a load balancer tells a target who has logged in. */
export const IDENTITY_FIELD = 19;

/** `X-Amzn-Mtls-Clientcert` and all names that begin so: what the balancer alone says of a client's certificate. */
export const CLIENT_CERTIFICATE = 20;

/** All names that begin with `Access-Control-`: of an answer to a gateway with a CORS configuration none of them goes on. */
export const CORS_FIELD = 21;

/** No field: the request's connections carry nothing after it (bit 30 of `present`). */
export const ISOLATED = 30;

const BY_NAME: Readonly<Record<string, number>> = {
  host: HOST_FIELD,
  connection: CONNECTION,
  'content-length': CONTENT_LENGTH,
  'transfer-encoding': TRANSFER_ENCODING,
  expect: EXPECT,
  upgrade: UPGRADE,
  te: TE,
  trailer: TRAILER,
  'keep-alive': KEEP_ALIVE,
  'proxy-connection': PROXY_CONNECTION,
  'x-forwarded-for': FORWARDED_FOR,
  'x-forwarded-proto': FORWARDED_PROTO,
  'x-forwarded-port': FORWARDED_PORT,
  'x-amzn-trace-id': TRACE_ID,
  'user-agent': USER_AGENT,
  server: SERVER,
  'http2-settings': HTTP2_SETTINGS,
};

interface Candidate {
  /** Its lower-case letters and hyphens: octets compare faster than characters. */
  readonly name: Uint8Array;
  readonly known: number;
}

/** Candidates by length and first letter: at most two are ever compared. */
const LONGEST = 17;
const TABLE: readonly (readonly Candidate[] | undefined)[] = (() => {
  const table: Candidate[][] = [];
  for (const [name, known] of Object.entries(BY_NAME)) {
    const key = name.length * 32 + (name.charCodeAt(0) & 31);
    (table[key] ??= []).push({ name: Buffer.from(name, 'latin1'), known });
  }
  return Array.from({ length: (LONGEST + 1) * 32 }, (_, key) => table[key]);
})();

/** Number of the field whose name, a token, is `octets` from `start` to `end`, whatever its case; NONE when it is not one of ours. */
export function knownField(octets: Buffer, start: number, end: number): number {
  const length = end - start;
  // the length and the first letter dismiss nearly every name
  if (length > OIDC_PREFIX.length && (octets[start]! & 31) === LETTER_X) {
    if (begins(octets, start, OIDC_PREFIX)) return IDENTITY_FIELD;
    if (length >= MTLS_PREFIX.length && begins(octets, start, MTLS_PREFIX)) return CLIENT_CERTIFICATE;
  } else if (length > CORS_PREFIX.length && (octets[start]! & 31) === LETTER_A && begins(octets, start, CORS_PREFIX)) return CORS_FIELD;
  if (length > LONGEST) return looksAlike(octets, start, end) ? LOOKALIKE : NONE;
  const candidates = TABLE[length * 32 + (octets[start]! & 31)];
  if (candidates === undefined) return looksAlike(octets, start, end) ? LOOKALIKE : NONE;
  next: for (let k = 0; k < candidates.length; k++) {
    const candidate = candidates[k]!;
    const { name } = candidate;
    // of the characters of a token only capital letters become letters or hyphens so
    for (let i = 0; i < length; i++) if ((octets[start + i]! | 32) !== name[i]) continue next;
    return candidate.known;
  }
  return looksAlike(octets, start, end) ? LOOKALIKE : NONE;
}

const MTLS_PREFIX = 'x-amzn-mtls-clientcert';
const OIDC_PREFIX = 'x-amzn-oidc-';
const LETTER_X = 24;
const CORS_PREFIX = 'access-control-';
const LETTER_A = 1;

/** However an application's server would write a hyphen: CGI makes one name of these. */
function begins(octets: Uint8Array, start: number, prefix: string): boolean {
  for (let i = 0; i < prefix.length; i++) {
    let c = octets[start + i]!;
    if (c >= 65 && c <= 90) c |= 32;
    else if (c === 95) c = 45;
    if (c !== prefix.charCodeAt(i)) return false;
  }
  return true;
}

const LETTER_C = 3;
const LETTER_G = 7;
const LETTER_H = 8;
const LETTER_T = 20;

/** The letters of one of the two framing fields, with other separators than one hyphen between them. */
function looksAlike(octets: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length < 13) return false;
  // first and last letter dismiss nearly every name
  const first = octets[start]! & 31;
  const last = octets[end - 1]! & 31;
  if (!(first === LETTER_C && last === LETTER_H) && !(first === LETTER_T && last === LETTER_G)) return false;
  const letters = latin1(octets, start, Math.min(end, start + 64)).toLowerCase().replace(/[^a-z0-9]/g, '');
  return letters === 'contentlength' || letters === 'transferencoding';
}
