import type { JwtAlgorithm, JwtPolicy, TokenSource } from '../../../snapshot/index.ts';
import { NEXT, WAIT, type Exchange, type Settled, type Step, type Verdict } from '../../exchange/index.ts';
import type { PolicyWorker } from '../worker.ts';
import { refusalAnswers, type RefusalAnswer } from './answers.ts';
import { expiry, judgeClaims, scopesOf } from './claims.ts';
import type { KeySet } from './key-set.ts';
import type { Refusal } from './refusal.ts';
import { LONGEST_TOKEN, readToken, type Token } from './token.ts';
import type { VerifiedToken } from './verified-tokens.ts';

/** Lets a request pass that carries a token which a known key has signed and which says what the policy asks for. Everything else is refused. */
export class JwtStep implements Step {
  readonly kind = 'jwt';
  readonly word: string;
  readonly #policy: JwtPolicy;
  readonly #worker: PolicyWorker;
  readonly #keys: KeySet;
  readonly #answers: ReadonlyMap<Refusal, RefusalAnswer>;

  constructor(policy: JwtPolicy, worker: PolicyWorker) {
    this.word = policy.answers === 'alb' ? 'jwt-validation' : '';
    this.#policy = policy;
    this.#worker = worker;
    this.#keys = worker.keySets.get(policy.keys);
    this.#answers = refusalAnswers(policy);
  }

  onRequest(exchange: Exchange): Verdict {
    const text = findToken(exchange, this.#policy.sources);
    if (text === null) return this.#refuse(exchange, 'token-missing');
    if (text === MALFORMED) return this.#refuse(exchange, 'token-malformed');
    // keys that are too old, or could be refreshed, are noticed here too: a known token is believed as long as its key is
    if (this.#keys.usable()) {
      const known = this.#keys.verified.get(text);
      if (known !== null && known.key.current) return this.#judge(exchange, known);
    }
    const token = readToken(text);
    if (typeof token === 'string') return this.#refuse(exchange, 'token-malformed');
    if (!this.#accepts(token.algorithm)) return this.#refuse(exchange, 'algorithm-refused');
    if (token.kid === '' && this.#policy.kidRequired) return this.#refuse(exchange, 'kid-missing');
    if (this.#hasKey(token)) return this.#verify(exchange, text, token);
    const waits = this.#keys.wait(() => exchange.goOn(() => exchange.site.proceed(exchange, this.#verify(exchange, text, token))));
    return waits ? WAIT : this.#verify(exchange, text, token);
  }

  #hasKey({ kid, algorithm }: Token): boolean {
    return this.#keys.usable() && this.#keys.find(kid, algorithm as JwtAlgorithm) !== null;
  }

  #accepts(algorithm: string): boolean {
    return (this.#policy.algorithms as readonly string[]).includes(algorithm);
  }

  #verify(exchange: Exchange, text: string, token: Token): Settled {
    if (!this.#keys.usable()) return this.#refuse(exchange, this.#keys.failure);
    const algorithm = token.algorithm as JwtAlgorithm;
    const key = this.#keys.find(token.kid, algorithm);
    if (key === null) return this.#refuse(exchange, 'key-unknown');
    if (!key.verify(algorithm, token.signed, token.signature)) return this.#refuse(exchange, 'signature-wrong');
    const { claims } = token;
    const verified: VerifiedToken = {
      key, algorithm, hasKid: token.kid !== '', expiry: expiry(claims), identity: { kind: 'jwt', claims, scopes: scopesOf(claims) }, acceptedBy: null,
    };
    const verdict = this.#judge(exchange, verified);
    // only what passes is worth its place
    if (verdict === NEXT) this.#keys.verified.put(text, verified);
    return verdict;
  }

  #judge(exchange: Exchange, token: VerifiedToken): Settled {
    const now = this.#worker.clock.now() / 1000;
    if (token.acceptedBy !== this || token.expiry <= now) {
      // another policy may have let it in under other conditions
      if (!this.#accepts(token.algorithm)) return this.#refuse(exchange, 'algorithm-refused');
      if (!token.hasKid && this.#policy.kidRequired) return this.#refuse(exchange, 'kid-missing');
      const refusal = judgeClaims(token.identity.claims, this.#policy, now);
      if (refusal !== null) return this.#refuse(exchange, refusal);
      token.acceptedBy = this;
    }
    exchange.identity = token.identity;
    return NEXT;
  }

  #refuse(exchange: Exchange, refusal: Refusal): Settled {
    const { verdict, reason } = this.#answers.get(refusal)!;
    exchange.errorReason = reason;
    return verdict;
  }
}

const MALFORMED = Symbol('malformed');

/** The token of the first source that has one. Two fields of one name are refused: who reads the other one would see another token. */
function findToken(exchange: Exchange, sources: readonly TokenSource[]): string | null | typeof MALFORMED {
  for (const source of sources) {
    if (source.kind === 'query') {
      const found = exchange.query === null ? null : parameter(exchange.query, source.name);
      if (found !== null) return found;
      continue;
    }
    const value = exchange.onlyValue(source.name);
    if (value === null) continue;
    return value === undefined ? MALFORMED : bare(value, source.schemeRequired);
  }
  return null;
}

/** The scheme is case-insensitive (RFC 9110 section 11.1), and one space or more stand behind it. */
function bare(value: string, schemeRequired: boolean): string | typeof MALFORMED {
  const hasScheme = value.startsWith('Bearer ') || value.slice(0, 7).toLowerCase() === 'bearer ';
  if (!hasScheme) return schemeRequired || value === '' ? MALFORMED : value;
  return value.charCodeAt(7) === 0x20 ? value.slice(7).trimStart() : value.slice(7);
}

function parameter(query: string, name: string): string | null {
  if (query.length > 2 * LONGEST_TOKEN || !query.includes(name)) return null;
  return new URLSearchParams(query).get(name);
}
