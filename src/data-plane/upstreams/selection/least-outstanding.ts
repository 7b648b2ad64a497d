import type { Random } from '../../../kernel/index.ts';
import type { Minimum } from '../../../snapshot/index.ts';
import { Eligible, type HealthReader, type Selectable } from './eligible.ts';
import type { Selection } from './selection.ts';

export interface OutstandingReader extends HealthReader {
  /** Requests that all threads have under way with an endpoint. */
  outstanding(slot: number): number;
}

/** The eligible endpoint with the fewest requests under way; among equals, in turn. */
export class LeastOutstanding<E extends Selectable> implements Selection<E> {
  readonly #ledger: OutstandingReader;
  readonly #eligible: Eligible<E>;
  #next: number;

  constructor(endpoints: readonly E[], ledger: OutstandingReader, { random, minimum }: { readonly random: Random; readonly minimum: Minimum }) {
    this.#ledger = ledger;
    this.#eligible = new Eligible(endpoints, ledger, minimum);
    this.#next = Math.floor(random.number() * this.#eligible.registered.length);
  }

  pick(tried: readonly E[]): E | null {
    const eligible = this.#eligible;
    eligible.refresh();
    const { count, list } = eligible;
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

  has(endpoint: E): boolean {
    return this.#eligible.has(endpoint);
  }

  get eligible(): readonly E[] {
    this.#eligible.refresh();
    return this.#eligible.list.slice(0, this.#eligible.count);
  }

  get failingOpen(): boolean {
    this.#eligible.refresh();
    return this.#eligible.failingOpen;
  }
}
