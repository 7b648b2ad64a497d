import type { AuthorizerAnswer } from './decision.ts';

type Kept = Exclude<AuthorizerAnswer, { readonly kind: 'malformed' }>;

/** Answers kept at most by one worker for one authorizer, and the characters of identities and octets of answers in them. */
const MOST = 10_000;
const MOST_BYTES = 16 * 1024 * 1024;

interface Entry {
  readonly answer: Kept;
  readonly until: number;
  /** Of the function's answer. */
  readonly bytes: number;
}

interface Remembered {
  readonly bySources: Map<string, Entry>;
  bytes: number;
}

/**
 * The answers of authorizers that may be used again, by authorizer and identity sources. Kept across generations; what an epoch before the
 * present one was given is never used. A worker has its own: each asks once.
 */
export class AuthorizerAnswers {
  readonly #byAuthorizer = new Map<string, Remembered>();

  /** `authorizer`: its identity and the epoch of its cache. */
  get(authorizer: string, sources: string, now: number): Kept | null {
    const kept = this.#byAuthorizer.get(authorizer)?.bySources.get(sources);
    return kept === undefined || kept.until <= now ? null : kept.answer;
  }

  put(authorizer: string, sources: string, entry: Entry): void {
    let remembered = this.#byAuthorizer.get(authorizer);
    if (remembered === undefined) this.#byAuthorizer.set(authorizer, (remembered = { bySources: new Map(), bytes: 0 }));
    const { bySources } = remembered;
    drop(remembered, sources);
    bySources.set(sources, entry);
    remembered.bytes += sources.length + entry.bytes;
    // the oldest goes first: a map keeps its order
    while (bySources.size > MOST || remembered.bytes > MOST_BYTES) drop(remembered, bySources.keys().next().value!);
  }

  /** Forgets the answers of authorizers that are not among `used`. */
  prune(used: ReadonlySet<string>): void {
    for (const authorizer of this.#byAuthorizer.keys()) if (!used.has(authorizer)) this.#byAuthorizer.delete(authorizer);
  }
}

function drop(remembered: Remembered, sources: string): void {
  const entry = remembered.bySources.get(sources);
  if (entry === undefined) return;
  remembered.bySources.delete(sources);
  remembered.bytes -= sources.length + entry.bytes;
}
