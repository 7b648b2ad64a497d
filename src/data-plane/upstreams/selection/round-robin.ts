import type { Random } from '../../../kernel/index.ts';
import type { Minimum } from '../../../snapshot/index.ts';
import { AmongEligible } from './among-eligible.ts';
import { ANY_HEALTHY, type HealthReader, type Selectable } from './eligible.ts';

/** Takes the eligible endpoints of a pool in turn. */
export class RoundRobin<E extends Selectable> extends AmongEligible<E> {
  #next: number;

  /** `random` chooses where the turn begins, so that threads and generations do not all begin with the first. */
  constructor(endpoints: readonly E[], health: HealthReader, { random, minimum = ANY_HEALTHY }: { readonly random: Random; readonly minimum?: Minimum }) {
    super(endpoints, health, minimum);
    this.#next = Math.floor(random.number() * this.candidates.registered.length);
  }

  /** The endpoint whose turn it is. */
  pick(tried: readonly E[]): E | null {
    const { candidates } = this;
    candidates.refresh();
    const { count, list } = candidates;
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
}
