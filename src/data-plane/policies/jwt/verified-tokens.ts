import type { JwtIdentity } from '../../exchange/index.ts';
import type { VerificationKey } from './signature.ts';

/** A token whose signature has been checked. What it says is judged by each policy. */
export interface VerifiedToken {
  readonly key: VerificationKey;
  readonly algorithm: string;
  readonly hasKid: boolean;
  readonly identity: JwtIdentity;
  /** `exp`, seconds. */
  readonly expiry: number;
  /** The step that found last that it says what it must, so that the next request need not ask again. */
  acceptedBy: object | null;
}

interface Kept {
  readonly token: VerifiedToken;
  readonly size: number;
}

/** What one token holds besides its text: claims parsed, the entry. A guess on the safe side. */
const OVERHEAD = 1024;

/**
 * Tokens verified lately, by their text: a request with a known one costs a look-up. Two generations instead of a list in order of use: what
 * was used since the younger one began is in it; when it is full, the older one is forgotten whole. Bounded in octets.
 */
export class VerifiedTokens {
  readonly #maxBytes: number;
  #young = new Map<string, Kept>();
  #old = new Map<string, Kept>();
  #size = 0;

  /** `maxBytes`: for both generations together. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes / 2;
  }

  get(text: string): VerifiedToken | null {
    const young = this.#young.get(text);
    if (young !== undefined) return young.token;
    const old = this.#old.get(text);
    if (old === undefined) return null;
    this.#keep(text, old);
    return old.token;
  }

  put(text: string, token: VerifiedToken): void {
    // `text` may be a slice that keeps a whole request head alive: a copy is kept instead
    this.#keep(Buffer.from(text, 'latin1').toString('latin1'), { token, size: 3 * text.length + OVERHEAD });
  }

  forget(text: string): void {
    const young = this.#young.get(text);
    if (young !== undefined) this.#size -= young.size;
    this.#young.delete(text);
    this.#old.delete(text);
  }

  #keep(text: string, kept: Kept): void {
    if (this.#size + kept.size > this.#maxBytes) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#size = 0;
    }
    this.#young.set(text, kept);
    this.#size += kept.size;
  }
}
