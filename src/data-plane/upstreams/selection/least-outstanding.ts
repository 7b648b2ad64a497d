import type { Random } from '../../../kernel/index.ts';
import type { Minimum } from '../../../snapshot/index.ts';
import { AmongEligible } from './among-eligible.ts';
import type { HealthReader, Selectable } from './eligible.ts';

export interface OutstandingReader extends HealthReader {
  /** Requests that all threads have under way with an endpoint. */
  outstanding(slot: number): number;
}

/** The eligible endpoint with the fewest requests under way; among equals, in turn. */
export class LeastOutstanding<E extends Selectable> extends AmongEligible<E> {
  readonly #ledger: OutstandingReader;
  #next: number;

  constructor(endpoints: readonly E[], ledger: OutstandingReader, { random, minimum }: { readonly random: Random; readonly minimum: Minimum }) {
    super(endpoints, ledger, minimum);
    this.#ledger = ledger;
    this.#next = Math.floor(random.number() * this.candidates.registered.length);
  }

  pick(tried: readonly E[]): E | null {
    const { candidates } = this;
    candidates.refresh();
    const { count, list } = candidates;
    let least = Number.POSITIVE_INFINITY;
    let chosen = -1;
    let at = this.#next;
    for (let i = 0; i < count; i++, at++) {
      if (at >= count) at = 0;
      const endpoint = list[at]!;
      if (tried.length > 0 && tried.includes(endpoint)) continue;
      const outstanding = this.#ledger.outstanding(endpoint.healthSlot);
      if (outstanding >= least) continue;
      least = outstanding;
      chosen = at;
      if (least <= 0) break;
    }
    if (chosen === -1) return null;
    this.#next = chosen + 1;
    return list[chosen]!;
  }
}
