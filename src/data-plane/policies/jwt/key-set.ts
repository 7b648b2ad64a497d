import type { Clock } from '../../../kernel/index.ts';
import type { JwtAlgorithm, JwtKeys } from '../../../snapshot/index.ts';
import type { Outgoing, OutgoingOutcome } from '../../exchange/index.ts';
import { readDiscovery, readKeySet } from './key-document.ts';
import type { VerificationKey } from './signature.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** For each of the at most two requests of a fetch. */
const WITHIN_MS = 5_000;
/** Older than this, keys are fetched again beside the traffic that they go on verifying. */
const FRESH_MS = 5 * 60_000;
/** Older than this they are not used: HTTP API "can cache the public key for two hours". */
const USABLE_MS = 2 * 3_600_000;
/** An unknown `kid` may be that of a new key, or anybody's invention: five looks at once, then one in ten seconds. */
const LOOKS = 5;
const LOOK_MS = 10_000;
/** After a failure: 250 ms, doubling up to ten seconds. */
const FIRST_REST_MS = 250;
const LONGEST_REST_MS = 10_000;
/** Requests that wait for one fetch. */
const MOST_WAITING = 10_000;
const VERIFIED_BYTES = 16 * 1024 * 1024;

export type KeyFailure = 'keys-timeout' | 'keys-too-large' | 'keys-failed';

/** The keys at one URL as one worker knows them, and the tokens that they have verified. */
export class KeySet {
  readonly verified = new VerifiedTokens(VERIFIED_BYTES);
  readonly #keys: JwtKeys;
  readonly #clock: Clock;
  readonly #outgoing: Outgoing;
  #current: readonly VerificationKey[] = [];
  /** Monotonic ms of the last success; -Infinity before. */
  #fetchedAt = -Infinity;
  #fetching = false;
  #waiting: (() => void)[] = [];
  #failure: KeyFailure = 'keys-failed';
  #failures = 0;
  #restUntil = -Infinity;
  #looks = LOOKS;
  #lookedAt = 0;

  constructor(keys: JwtKeys, { clock, outgoing }: { readonly clock: Clock; readonly outgoing: Outgoing }) {
    this.#keys = keys;
    this.#clock = clock;
    this.#outgoing = outgoing;
    this.#fetch();
  }

  /** Why there are no keys, where there are none. */
  get failure(): KeyFailure {
    return this.#failure;
  }

  /** There are keys, and they are not too old. Starts to fetch them anew when they are no longer fresh. */
  usable(): boolean {
    const age = this.#clock.monotonic() - this.#fetchedAt;
    if (age > FRESH_MS && this.#rested()) this.#fetch();
    return age <= USABLE_MS;
  }

  /** The key that a token names; without a name, the only one that fits. */
  find(kid: string, algorithm: JwtAlgorithm): VerificationKey | null {
    let only: VerificationKey | null = null;
    for (const key of this.#current) {
      if (!key.fits(algorithm) || (kid !== '' && key.kid !== kid)) continue;
      if (kid !== '') return key;
      if (only !== null) return null;
      only = key;
    }
    return only;
  }

  /**
   * Calls `done` when a fetch that is under way, or that this starts, has ended either way. False: nothing may be fetched now.
   */
  wait(done: () => void): boolean {
    if (!this.#fetching && !(this.#fetchedAt === -Infinity ? this.#rested() : this.#mayLook())) return false;
    if (this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push(done);
    this.#fetch();
    return true;
  }

  #rested(): boolean {
    return this.#clock.monotonic() >= this.#restUntil;
  }

  #mayLook(): boolean {
    if (!this.#rested()) return false;
    const now = this.#clock.monotonic();
    this.#looks = Math.min(LOOKS, this.#looks + (now - this.#lookedAt) / LOOK_MS);
    this.#lookedAt = now;
    if (this.#looks < 1) return false;
    this.#looks -= 1;
    return true;
  }

  #fetch(): void {
    if (this.#fetching) return;
    this.#fetching = true;
    const { kind, url } = this.#keys;
    if (kind === 'jwks') return this.#fetchSet(url);
    this.#get(url, (body) => {
      const named = readDiscovery(body, url);
      if (named === null) this.#failed('keys-failed');
      else this.#fetchSet(named);
    });
  }

  #fetchSet(url: string): void {
    this.#get(url, (body) => {
      const read = readKeySet(body, this.#keys.maxKeys);
      if (read === 'malformed') this.#failed('keys-failed');
      else if (read === 'too-many') this.#failed('keys-too-large');
      else this.#succeeded(read);
    });
  }

  #get(url: string, use: (body: Buffer) => void): void {
    const request = { method: 'GET', url, headers: { accept: 'application/json, application/jwk-set+json' }, body: null, withinMs: WITHIN_MS, maxBytes: this.#keys.maxBytes } as const;
    this.#outgoing.send(request, (outcome: OutgoingOutcome) => {
      switch (outcome.kind) {
        case 'answer':
          return outcome.status === 200 ? use(outcome.body) : this.#failed('keys-failed');
        case 'timeout':
          return this.#failed('keys-timeout');
        case 'too-large':
          return this.#failed('keys-too-large');
        case 'failed':
          return this.#failed('keys-failed');
      }
    });
  }

  #succeeded(read: readonly VerificationKey[]): void {
    const before = new Map(this.#current.map((key) => [key.text, key]));
    this.#current = read.map((key) => before.get(key.text) ?? key);
    const kept = new Set(this.#current);
    for (const key of before.values()) if (!kept.has(key)) key.current = false;
    this.#fetchedAt = this.#clock.monotonic();
    this.#failures = 0;
    this.#restUntil = -Infinity;
    this.#ended();
  }

  /** What was fetched before goes on verifying until it is too old. */
  #failed(failure: KeyFailure): void {
    this.#failure = failure;
    this.#restUntil = this.#clock.monotonic() + Math.min(FIRST_REST_MS * 2 ** this.#failures, LONGEST_REST_MS);
    this.#failures++;
    this.#ended();
  }

  #ended(): void {
    this.#fetching = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  }
}

/**
 * The key sets of one worker. They outlive generations, so a change of configuration fetches nothing and forgets no verified token; a set that no
 * generation uses any more is dropped with the last policy that held it.
 */
export class KeySets {
  readonly #context: { readonly clock: Clock; readonly outgoing: Outgoing };
  readonly #sets = new Map<string, WeakRef<KeySet>>();

  constructor(context: { readonly clock: Clock; readonly outgoing: Outgoing }) {
    this.#context = context;
  }

  /** Begins to fetch the keys where they are not known. */
  get(keys: JwtKeys): KeySet {
    const name = JSON.stringify([keys.kind, keys.url, keys.maxBytes, keys.maxKeys]);
    const known = this.#sets.get(name)?.deref();
    if (known !== undefined) return known;
    for (const [other, set] of this.#sets) if (set.deref() === undefined) this.#sets.delete(other);
    const made = new KeySet(keys, this.#context);
    this.#sets.set(name, new WeakRef(made));
    return made;
  }
}
