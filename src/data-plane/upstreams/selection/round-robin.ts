import type { Random } from '../../../kernel/index.ts';
import type { Minimum } from '../../../snapshot/index.ts';
import { ANY_HEALTHY, Eligible, type HealthReader, type Selectable } from './eligible.ts';
import type { Selection } from './selection.ts';

/** Takes the eligible endpoints of a pool in turn. */
export class RoundRobin<E extends Selectable> implements Selection<E> {
  readonly #eligible: Eligible<E>;
  #next: number;

  /** `random` chooses where the turn begins, so that threads and generations do not all begin with the first. */
  constructor(endpoints: readonly E[], health: HealthReader, { random, minimum = ANY_HEALTHY }: { readonly random: Random; readonly minimum?: Minimum }) {
    this.#eligible = new Eligible(endpoints, health, minimum);
    this.#next = Math.floor(random.number() * this.#eligible.registered.length);
  }

  /** The endpoint whose turn it is. */
  pick(tried: readonly E[]): E | null {
    const eligible = this.#eligible;
    eligible.refresh();
    const { count, list } = eligible;
    let at = this.#next;
    for (let i = 0; i < count; i++) {
      if (at >= count) at = 0;
      const endpoint = list[at++]!;
      if (tried.length > 0 && tried.includes(endpoint)) continue;
      this.#next = at;
      return endpoint;
    }
    return null;
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
