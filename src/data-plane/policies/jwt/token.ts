import { isUtf8 } from 'node:buffer';

/** A signed token in compact form (RFC 7515 section 7.1), taken apart and not yet believed. */
export interface Token {
  readonly algorithm: string;
  /** '' for none. */
  readonly kid: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What is signed: the first two parts with their dot. */
  readonly signed: string;
  readonly signature: Buffer;
}

export type MalformedToken = 'too-long' | 'not-compact' | 'header' | 'critical' | 'claims';

/** As long as a header line may be, so that it only bounds tokens from elsewhere. */
export const LONGEST_TOKEN = 16 * 1024;
const LONGEST_HEADER = 4 * 1024;
const LONGEST_KID = 512;
const PART = /^[A-Za-z0-9_-]+$/;

/**
 * Strict: three parts of base64url without padding, two of them JSON objects. What the header says about where keys are (`jku`, `x5u`, `jwk`,
 * `x5c`) is never read; extensions that must be understood (`crit`) are not, so their token is refused (RFC 7515 section 4.1.11).
 */
export function readToken(text: string): Token | MalformedToken {
  if (text.length > LONGEST_TOKEN) return 'too-long';
  const first = text.indexOf('.');
  const second = text.indexOf('.', first + 1);
  if (first <= 0 || second < 0 || text.includes('.', second + 1)) return 'not-compact';
  const header = first > LONGEST_HEADER ? null : object(text.slice(0, first));
  if (header === null) return 'header';
  const { alg, kid } = header;
  if (typeof alg !== 'string' || (kid !== undefined && (typeof kid !== 'string' || kid.length > LONGEST_KID))) return 'header';
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return 'critical';
  const claims = object(text.slice(first + 1, second));
  if (claims === null) return 'claims';
  // an empty signature is that of `alg: none`, which no list of algorithms has; it is read so that the refusal says so
  const tail = text.slice(second + 1);
  const signature = tail === '' ? Buffer.alloc(0) : octets(tail);
  if (signature === null) return 'not-compact';
  return { algorithm: alg, kid: typeof kid === 'string' ? kid : '', claims, signed: text.slice(0, second), signature };
}

function octets(part: string): Buffer | null {
  if (!PART.test(part)) return null;
  const bytes = Buffer.from(part, 'base64url');
  // spare bits must be zero, else one signature would have several texts
  return bytes.toString('base64url') === part ? bytes : null;
}

function object(part: string): Readonly<Record<string, unknown>> | null {
  const bytes = octets(part);
  if (bytes === null || !isUtf8(bytes)) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
