import type { Clock } from '../../../kernel/index.ts';
import type { Outgoing } from '../../exchange/index.ts';
import type { KeySet, KeySets } from '../jwt/key-set.ts';
import { readObject, textOf } from './claims.ts';

const WITHIN_MS = 5_000;
const MAX_BYTES = 64 * 1024;
/** A provider that could not be asked is asked again, beside the traffic, after a minute. */
const AGAIN_MS = 60_000;
const KEY_SET_BYTES = 256 * 1024;
const KEY_SET_KEYS = 100;

/**
 * Whether a provider offers PKCE (RFC 7636), and where its keys are, as its metadata say (RFC 8414 section 2). Nobody waits for them: until they are
 * there, and where there are none, logins go without, as AWS's do.
 */
export class ProviderMetadata {
  readonly #url: string;
  readonly #clock: Clock;
  readonly #outgoing: Outgoing;
  readonly #issuer: string;
  readonly #keySets: KeySets;
  #askedAt = -Infinity;
  #known = false;
  #pkce = false;
  #keys: KeySet | null = null;

  constructor(issuer: string, { clock, outgoing, keySets }: { readonly clock: Clock; readonly outgoing: Outgoing; readonly keySets: KeySets }) {
    this.#issuer = issuer;
    this.#keySets = keySets;
    this.#url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    this.#clock = clock;
    this.#outgoing = outgoing;
    this.#ask();
  }

  get pkce(): boolean {
    this.#ask();
    return this.#pkce;
  }

  /** Null: it has not said where they are. */
  get keys(): KeySet | null {
    this.#ask();
    return this.#keys;
  }

  #ask(): void {
    const now = this.#clock.monotonic();
    if (this.#known || now - this.#askedAt < AGAIN_MS) return;
    this.#askedAt = now;
    this.#outgoing.send({ method: 'GET', url: this.#url, headers: { accept: 'application/json' }, body: null, withinMs: WITHIN_MS, maxBytes: MAX_BYTES }, (outcome) => {
      const document = outcome.kind === 'answer' && outcome.status === 200 ? readObject(outcome.body) : null;
      if (document === null) return;
      this.#known = true;
      const methods = document['code_challenge_methods_supported'];
      this.#pkce = Array.isArray(methods) && methods.includes('S256');
      const url = textOf(document, 'jwks_uri');
      // metadata of another issuer are not this one's (RFC 8414 section 3.3); keys come over TLS or not at all
      if (url !== null && URL.parse(url)?.protocol === 'https:' && textOf(document, 'issuer') === this.#issuer) this.#keys = this.#keySets.get({ kind: 'jwks', url, maxBytes: KEY_SET_BYTES, maxKeys: KEY_SET_KEYS });
    });
  }
}
