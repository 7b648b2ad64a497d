import { VerificationKey } from './signature.ts';

/** Longest URL of a key set that a discovery document may name. */
const LONGEST_URL = 2048;

/** The keys of a JWK set (RFC 7517 section 5) that can verify signatures; or why the set is not used. */
export function readKeySet(body: Buffer, maxKeys: number): readonly VerificationKey[] | 'malformed' | 'too-many' {
  const document = parsed(body);
  const keys = document?.['keys'];
  if (!Array.isArray(keys)) return 'malformed';
  if (keys.length > maxKeys) return 'too-many';
  const read: VerificationKey[] = [];
  for (const jwk of keys as readonly unknown[]) {
    const key = isObject(jwk) ? VerificationKey.read(jwk) : null;
    if (key !== null) read.push(key);
  }
  return read;
}

/** `jwks_uri` of an OpenID Provider's metadata (OpenID Connect Discovery 1.0 section 3); null where it has none that can be used. */
export function readDiscovery(body: Buffer, discoveryUrl: string): string | null {
  const uri = parsed(body)?.['jwks_uri'];
  if (typeof uri !== 'string' || uri.length > LONGEST_URL || !URL.canParse(uri)) return null;
  const { protocol } = new URL(uri);
  // keys that would be believed must not come by a weaker way than what names them
  return protocol === 'https:' || (protocol === 'http:' && discoveryUrl.startsWith('http:')) ? uri : null;
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
