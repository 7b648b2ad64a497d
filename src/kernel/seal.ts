import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';

const NONCE = 12;
const TAG = 16;
export const SEAL_KEY_BYTES = 32;
/** More than cookies may hold together; what is longer is not even decrypted. */
const LONGEST = 24 * 1024;

/**
 * Text that its bearer can neither read nor change: AES-256-GCM, in base64url. What was sealed for one purpose cannot be opened for another. Random nonces
 * of 96 bits with one key are safe for 2^32 seals (NIST SP 800-38D section 8.3).
 */
export class Seal {
  readonly #key: Buffer;
  /** Random octets for many nonces at once. */
  readonly #nonces = Buffer.allocUnsafe(NONCE * 256);
  #at = this.#nonces.length;

  constructor(key: Uint8Array) {
    if (key.length !== SEAL_KEY_BYTES) throw new RangeError(`a seal's key has ${SEAL_KEY_BYTES} octets, not ${key.length}`);
    this.#key = Buffer.from(key);
  }

  seal(text: string, purpose: string): string {
    if (this.#at === this.#nonces.length) {
      randomFillSync(this.#nonces);
      this.#at = 0;
    }
    const nonce = Buffer.from(this.#nonces.subarray(this.#at, this.#at + NONCE));
    this.#at += NONCE;
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(purpose));
    const body = cipher.update(text, 'utf8');
    cipher.final();
    return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
  }

  /** Null: it was not sealed with this key for this purpose, or has been changed. */
  open(sealed: string, purpose: string): string | null {
    if (sealed.length > LONGEST) return null;
    const bytes = Buffer.from(sealed, 'base64url');
    // one seal has one text: no other alphabet, no blanks, no padding, no spare bits
    if (bytes.length < NONCE + TAG || bytes.toString('base64url') !== sealed) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE), { authTagLength: TAG });
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
      const text = decipher.update(bytes.subarray(NONCE, bytes.length - TAG));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}
