import { Eligible, type HealthReader, type Selectable } from './eligible.ts';
import type { Minimum } from '../../../snapshot/index.ts';
import type { Selection } from './selection.ts';

/** A choice among the endpoints that are eligible now; how it falls is for those that extend it to say. */
export abstract class AmongEligible<E extends Selectable> implements Selection<E> {
  protected readonly candidates: Eligible<E>;

  constructor(endpoints: readonly E[], health: HealthReader, minimum: Minimum) {
    this.candidates = new Eligible(endpoints, health, minimum);
  }

  abstract pick(tried: readonly E[]): E | null;

  has(endpoint: E): boolean {
    return this.candidates.has(endpoint);
  }

  get eligible(): readonly E[] {
    this.refresh();
    return this.candidates.list.slice(0, this.candidates.count);
  }

  get failingOpen(): boolean {
    this.refresh();
    return this.candidates.failingOpen;
  }

  /** Takes in what has changed of the endpoints' health. */
  protected refresh(): void {
    this.candidates.refresh();
  }
}
