import type { Clock } from '../../../kernel/index.ts';
import type { Outgoing } from '../../exchange/index.ts';
import { readObject } from './claims.ts';

const WITHIN_MS = 5_000;
const MAX_BYTES = 64 * 1024;
/** A provider that could not be asked is asked again, beside the traffic, after a minute. */
const AGAIN_MS = 60_000;

/**
 * Whether a provider offers PKCE (RFC 7636), as its metadata say (RFC 8414 section 2). Nobody waits for them: until they are there, and where there are
 * none, logins go without, as AWS's do.
 */
export class ProviderMetadata {
  readonly #url: string;
  readonly #clock: Clock;
  readonly #outgoing: Outgoing;
  #askedAt = -Infinity;
  #known = false;
  #pkce = false;

  constructor(issuer: string, { clock, outgoing }: { readonly clock: Clock; readonly outgoing: Outgoing }) {
    this.#url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    this.#clock = clock;
    this.#outgoing = outgoing;
    this.#ask();
  }

  get pkce(): boolean {
    this.#ask();
    return this.#pkce;
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
    });
  }
}
