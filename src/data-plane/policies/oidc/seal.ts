import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../../../kernel/index.ts';

const NONCE = 12;
const TAG = 16;
/** More than a session may take; what is longer is not even decrypted. */
const LONGEST = 24 * 1024;

/**
 * Text that clients carry for us and can neither read nor change (AES-256-GCM). `purpose` is bound in: what was sealed for one is not taken for
 * another. Random nonces of 96 bits with one key are safe for 2^32 seals (NIST SP 800-38D section 8.3).
 */
export class Sealer {
  readonly #key: Uint8Array;
  readonly #random: Random;

  constructor(key: Uint8Array, random: Random) {
    this.#key = key;
    this.#random = random;
  }

  /** base64url. */
  seal(purpose: string, text: string): string {
    const nonce = this.#random.bytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG });
    cipher.setAAD(Buffer.from(purpose));
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
  }

  /** Null for what nobody here has sealed for that purpose. */
  open(purpose: string, sealed: string): string | null {
    if (sealed.length > LONGEST || !/^[A-Za-z0-9_-]+$/.test(sealed)) return null;
    const bytes = Buffer.from(sealed, 'base64url');
    // spare bits must be zero: one seal has one text
    if (bytes.length < NONCE + TAG || bytes.toString('base64url') !== sealed) return null;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
    try {
      return decipher.update(bytes.subarray(NONCE, bytes.length - TAG), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return null;
    }
  }
}
