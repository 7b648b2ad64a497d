import type { JwtAlgorithm } from '../../../snapshot/index.ts';
import type { KeySet } from '../jwt/key-set.ts';
import { readToken } from '../jwt/token.ts';

const VERIFIABLE: readonly string[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'] satisfies readonly JwtAlgorithm[];
/** Signed with the client's secret or another kind of key, or not at all: for those TLS has to vouch. */
const OTHERS = /^(?:HS|Ed|none$)/;

/**
 * Whether an ID token may be believed as far as its signature goes. It need not be looked at, since TLS has shown whom the token comes from (OpenID Connect
 * Core 1.0 section 3.1.3.7, 6), and balancers of AWS are not told where keys are. Where the issuer's metadata say it, it is: a key that the
 * set has and that has not signed the token refuses it. A set that cannot be had refuses nothing.
 */
export function checkSignature(text: string, keys: KeySet | null, done: (believed: boolean) => void): void {
  if (keys === null) return done(true);
  const token = readToken(text);
  if (typeof token === 'string') return done(false);
  const { algorithm, kid, signed, signature } = token;
  if (!VERIFIABLE.includes(algorithm)) return done(OTHERS.test(algorithm));
  const judge = (): void => {
    if (!keys.usable()) return done(true);
    const key = keys.find(kid, algorithm as JwtAlgorithm);
    done(key !== null && key.verify(algorithm as JwtAlgorithm, signed, signature));
  };
  // it may be that of a new key
  const known = keys.usable() && keys.find(kid, algorithm as JwtAlgorithm) !== null;
  if (known || !keys.wait(judge)) judge();
}
