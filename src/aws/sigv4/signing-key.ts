import { createHmac, timingSafeEqual } from 'node:crypto';

export function hmac(key: Uint8Array | string, data: string): Buffer {
  return createHmac('sha256', key).update(data, 'utf8').digest();
}

/** AWS4-HMAC's derived key: date, region and service folded into the secret. */
export function deriveSigningKey(secret: string, scope: { readonly date: string; readonly region: string; readonly service: string }): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, scope.date), scope.region), scope.service), 'aws4_request');
}

/** Derived keys hold for a day: four HMACs less a request. The oldest leaves when it is full. */
export class SigningKeyCache {
  readonly #keys = new Map<string, { readonly secret: string; readonly key: Buffer }>();
  readonly #capacity: number;

  constructor(capacity = 512) {
    this.#capacity = capacity;
  }

  key(accessKeyId: string, secret: string, scope: { readonly date: string; readonly region: string; readonly service: string }): Buffer {
    const id = `${accessKeyId}/${scope.date}/${scope.region}/${scope.service}`;
    const known = this.#keys.get(id);
    // a rotated secret must not be verified with the key of the old one
    if (known?.secret === secret) return known.key;
    const key = deriveSigningKey(secret, scope);
    this.#keys.delete(id);
    if (this.#keys.size >= this.#capacity) this.#keys.delete(this.#keys.keys().next().value!);
    this.#keys.set(id, { secret, key });
    return key;
  }
}

/** Compares in a time that depends on the lengths only. */
export function sameSignature(expected: string, given: string): boolean {
  const a = Buffer.from(expected, 'utf8');
  const b = Buffer.from(given, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}
