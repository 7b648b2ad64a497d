import type { Random } from '../../../kernel/index.ts';

export interface Weighted<T> {
  readonly item: T;
  /** 0 gets nothing. */
  readonly weight: number;
}

/** Turns that are skipped at the start at most, so that linking ten thousand routes stays quick. */
const LONGEST_START = 64;

/**
 * Chooses in exact proportion to the weights, spread as evenly as they allow (the smooth form of weighted round robin): with weights 5 and 1, every
 * six choices hold one of the second. Each item earns its weight a turn; the richest is chosen and pays the sum.
 *
 * AWS says that a group's share is its weight, not how single requests are dealt out; nor what becomes of the share of a group without healthy targets
 * (here it keeps it and fails open, so that a canary that is down shows) or of weights that are all 0 (here nothing serves).
 */
export class WeightedChoice<T> {
  readonly #items: readonly T[];
  readonly #weights: readonly number[];
  readonly #credit: number[];
  readonly #sum: number;

  /** `random` chooses where the cycle begins, so that threads do not all send their first request to the same item. */
  constructor(choices: readonly Weighted<T>[], random: Random) {
    const usable = choices.filter(({ weight }) => weight > 0);
    const divisor = usable.reduce((common, { weight }) => greatestCommonDivisor(common, weight), 0);
    this.#items = usable.map(({ item }) => item);
    this.#weights = usable.map(({ weight }) => weight / divisor);
    this.#credit = usable.map(() => 0);
    this.#sum = this.#weights.reduce((sum, weight) => sum + weight, 0);
    if (usable.length < 2) return;
    for (let skip = Math.floor(random.number() * Math.min(this.#sum, LONGEST_START)); skip > 0; skip--) this.pick();
  }

  /** Null: nothing has any weight. */
  pick(): T | null {
    const count = this.#items.length;
    if (count <= 1) return count === 1 ? this.#items[0]! : null;
    let richest = 0;
    for (let i = 0; i < count; i++) {
      this.#credit[i]! += this.#weights[i]!;
      if (this.#credit[i]! > this.#credit[richest]!) richest = i;
    }
    this.#credit[richest]! -= this.#sum;
    return this.#items[richest]!;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
