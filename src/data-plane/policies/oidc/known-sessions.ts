import type { Session } from './session.ts';

/** A session whose cookie has been opened. */
export interface KnownSession {
  readonly session: Session;
  /** Lines for the target, and when (seconds) they must be made again. */
  fields: string;
  fieldsUntil: number;
  /** Set-Cookie lines that the browser still has to be told, after a refresh; '' for none. */
  readonly setCookie: string;
}

/** Octets for both generations together; an entry is counted at three times its cookie. */
const MOST_BYTES = 32 * 1024 * 1024;
const OVERHEAD = 512;

/** Sessions by the text of their cookie, so that a request with a known one costs a look-up. Two generations, as in `VerifiedTokens`. */
export class KnownSessions {
  #young = new Map<string, KnownSession>();
  #old = new Map<string, KnownSession>();
  #size = 0;

  get(text: string): KnownSession | null {
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    if (old === undefined) return null;
    this.put(text, old);
    return old;
  }

  put(text: string, session: KnownSession): void {
    const size = 3 * text.length + OVERHEAD;
    if (this.#size + size > MOST_BYTES / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#size = 0;
    }
    this.#size += size;
    // a copy of the text: a slice would keep the head of its request alive
    this.#young.set(Buffer.from(text, 'latin1').toString('latin1'), session);
  }
}
