import type { Random } from '../../../kernel/index.ts';
import type { Minimum } from '../../../snapshot/index.ts';
import { AmongEligible } from './among-eligible.ts';
import type { HealthReader, Selectable } from './eligible.ts';

export interface WeightReader extends HealthReader {
  /** Share of an endpoint; changes with the version of the health. */
  weight(slot: number): number;
}

/** An eligible endpoint by chance, each with the weight that the ledger has for it. */
export class WeightedRandom<E extends Selectable> extends AmongEligible<E> {
  readonly #ledger: WeightReader;
  readonly #random: Random;
  readonly #weights: number[] = [];
  #sum = 0;

  constructor(endpoints: readonly E[], ledger: WeightReader, { random, minimum }: { readonly random: Random; readonly minimum: Minimum }) {
    super(endpoints, ledger, minimum);
    this.#ledger = ledger;
    this.#random = random;
  }

  pick(tried: readonly E[]): E | null {
    this.refresh();
    const { count, list } = this.candidates;
    const weights = this.#weights;
    let sum = this.#sum;
    if (tried.length > 0) for (let i = 0; i < count; i++) if (tried.includes(list[i]!)) sum -= weights[i]!;
    let left = this.#random.number() * sum;
    let last: E | null = null;
    for (let i = 0; i < count; i++) {
      const endpoint = list[i]!;
      if (tried.length > 0 && tried.includes(endpoint)) continue;
      last = endpoint;
      left -= weights[i]!;
      if (left < 0) break;
    }
    return last;
  }

  protected override refresh(): void {
    if (!this.candidates.refresh()) return;
    const { count, list } = this.candidates;
    this.#sum = 0;
    for (let i = 0; i < count; i++) this.#sum += this.#weights[i] = this.#ledger.weight(list[i]!.healthSlot);
  }
}
