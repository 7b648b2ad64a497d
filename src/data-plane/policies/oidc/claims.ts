import { isUtf8 } from 'node:buffer';

export type Claims = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON object; null for anything else. */
export function readObject(bytes: Buffer): Claims | null {
  if (!isUtf8(bytes)) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** A member that is a text; null where it is none. */
export function textOf(claims: Claims, name: string): string | null {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === 'string' ? value : null;
}

export interface IdTokenConditions {
  readonly issuer: string;
  readonly clientId: string;
  /** Null: none was asked for, as with refreshed tokens. */
  readonly nonce: string | null;
  /** Seconds. */
  readonly now: number;
}

/** Clocks of providers may be that far (seconds) off ours. */
const LEEWAY = 60;

/** The claims of an ID token that we have just got from the token endpoint itself; null where they are not what they must be. The signature: `checkSignature`. */
export function readIdToken(token: string, { issuer, clientId, nonce, now }: IdTokenConditions): Claims | null {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  const claims = readObject(Buffer.from(parts[1]!, 'base64url'));
  if (claims === null || textOf(claims, 'iss') !== issuer || textOf(claims, 'sub') === null) return null;
  const { aud, azp, exp, iat } = claims;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(clientId)) return null;
  if (azp !== undefined ? azp !== clientId : audiences.length > 1) return null;
  if (typeof exp !== 'number' || exp <= now - LEEWAY) return null;
  if (typeof iat !== 'number' || iat > now + LEEWAY) return null;
  if (nonce !== null && textOf(claims, 'nonce') !== nonce) return null;
  return claims;
}
