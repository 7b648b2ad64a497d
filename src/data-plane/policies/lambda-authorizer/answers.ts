import type { AuthorizerAnswer } from './decision.ts';

type Kept = Exclude<AuthorizerAnswer, { readonly kind: 'malformed' }>;

/** Answers kept at most by one worker for one authorizer. */
const MOST = 10_000;

/**
 * The answers of authorizers that may be used again, by authorizer and identity sources. Kept across generations; what an epoch before the
 * present one was given is never used. A worker has its own: each asks once.
 */
export class AuthorizerAnswers {
  readonly #byAuthorizer = new Map<string, Map<string, { readonly answer: Kept; readonly until: number }>>();

  /** `authorizer`: its identity and the epoch of its cache. */
  get(authorizer: string, sources: string, now: number): Kept | null {
    const kept = this.#byAuthorizer.get(authorizer)?.get(sources);
    return kept === undefined || kept.until <= now ? null : kept.answer;
  }

  put(authorizer: string, sources: string, entry: { readonly answer: Kept; readonly until: number }): void {
    let answers = this.#byAuthorizer.get(authorizer);
    if (answers === undefined) this.#byAuthorizer.set(authorizer, (answers = new Map()));
    answers.delete(sources);
    // the oldest goes first: a map keeps its order
    if (answers.size >= MOST) answers.delete(answers.keys().next().value!);
    answers.set(sources, entry);
  }

  /** Forgets the answers of authorizers that are not among `used`. */
  prune(used: ReadonlySet<string>): void {
    for (const authorizer of this.#byAuthorizer.keys()) if (!used.has(authorizer)) this.#byAuthorizer.delete(authorizer);
  }
}
