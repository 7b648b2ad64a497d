import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { JwtAlgorithm } from '../../../snapshot/index.ts';

interface Scheme {
  readonly family: 'RSA' | 'EC';
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly padding: number | null;
  /** JWK name of the curve, and octets of a signature on it. */
  readonly curve: string;
  readonly size: number;
}

const rsa = (hash: Scheme['hash'], padding: number): Scheme => ({ family: 'RSA', hash, padding, curve: '', size: 0 });
const ec = (hash: Scheme['hash'], curve: string, size: number): Scheme => ({ family: 'EC', hash, padding: null, curve, size });

/** RFC 7518 sections 3.3 to 3.5. */
const SCHEMES: Readonly<Record<JwtAlgorithm, Scheme>> = {
  RS256: rsa('sha256', constants.RSA_PKCS1_PADDING),
  RS384: rsa('sha384', constants.RSA_PKCS1_PADDING),
  RS512: rsa('sha512', constants.RSA_PKCS1_PADDING),
  PS256: rsa('sha256', constants.RSA_PKCS1_PSS_PADDING),
  PS384: rsa('sha384', constants.RSA_PKCS1_PSS_PADDING),
  PS512: rsa('sha512', constants.RSA_PKCS1_PSS_PADDING),
  ES256: ec('sha256', 'P-256', 64),
  ES384: ec('sha384', 'P-384', 96),
  ES512: ec('sha512', 'P-521', 132),
};

/** RFC 7518 section 3.3: 2048 bits or more. The upper bound keeps one verification short. */
const SHORTEST_RSA = 2048;
const LONGEST_RSA = 8192;
const LONGEST_EXPONENT = 0xffff_ffffn;

/** A public key of a key set, which verifies signatures and nothing else. */
export class VerificationKey {
  /** '' for a key without a name. */
  readonly kid: string;
  /** The JWK as text: the same text is the same key. */
  readonly text: string;
  /** False once its set no longer has it: what it has signed is no longer believed. */
  current = true;
  readonly #family: Scheme['family'];
  readonly #curve: string;
  /** `alg` of the key; '' where it fits every algorithm of its family. */
  readonly #algorithm: string;
  readonly #key: KeyObject;

  private constructor(key: KeyObject, jwk: { readonly family: Scheme['family']; readonly curve: string; readonly algorithm: string; readonly kid: string; readonly text: string }) {
    this.#key = key;
    this.#family = jwk.family;
    this.#curve = jwk.curve;
    this.#algorithm = jwk.algorithm;
    this.kid = jwk.kid;
    this.text = jwk.text;
  }

  /** Null for what is no public key for signatures that we verify: a key set may hold others (RFC 7517 section 5). */
  static read(jwk: Readonly<Record<string, unknown>>): VerificationKey | null {
    const { kty, use, key_ops: operations, alg, kid, crv } = jwk;
    if (kty !== 'RSA' && kty !== 'EC') return null;
    if (use !== undefined && use !== 'sig') return null;
    if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return null;
    if (alg !== undefined && typeof alg !== 'string') return null;
    if (kid !== undefined && typeof kid !== 'string') return null;
    // the public members only: a set that publishes its private key by mistake does not put it here
    const members = kty === 'RSA' ? { kty, n: jwk['n'], e: jwk['e'] } : { kty, crv, x: jwk['x'], y: jwk['y'] };
    let key: KeyObject;
    try {
      key = createPublicKey({ key: members as unknown as Record<string, string>, format: 'jwk' });
    } catch {
      return null;
    }
    if (kty === 'RSA' && !soundRsa(key)) return null;
    const curve = kty === 'EC' ? String(crv) : '';
    return new VerificationKey(key, { family: kty, curve, algorithm: alg ?? '', kid: kid ?? '', text: JSON.stringify([members, alg ?? '', kid ?? '']) });
  }

  /** The key alone decides what it may verify: a token that names another kind of algorithm does not get it (RFC 8725 section 3.1). */
  fits(algorithm: JwtAlgorithm): boolean {
    const scheme = SCHEMES[algorithm];
    return scheme.family === this.#family && scheme.curve === this.#curve && (this.#algorithm === '' || this.#algorithm === algorithm);
  }

  verify(algorithm: JwtAlgorithm, signed: string, signature: Buffer): boolean {
    const { hash, padding, size } = SCHEMES[algorithm];
    const data = Buffer.from(signed, 'latin1');
    if (padding === null) return signature.length === size && verify(hash, data, { key: this.#key, dsaEncoding: 'ieee-p1363' }, signature);
    if (padding === constants.RSA_PKCS1_PADDING) return verify(hash, data, { key: this.#key, padding }, signature);
    return verify(hash, data, { key: this.#key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature);
  }
}

function soundRsa(key: KeyObject): boolean {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  return modulusLength >= SHORTEST_RSA && modulusLength <= LONGEST_RSA && publicExponent >= 3n && publicExponent <= LONGEST_EXPONENT && publicExponent % 2n === 1n;
}
