import { faults, type Exchange, type Target } from '../../exchange/index.ts';
import type { WeightedChoice } from '../../upstreams/index.ts';

/** A forward action over several pools: each gets its share of the exchanges. */
export class WeightedTarget implements Target {
  readonly word = 'forward';
  readonly #choice: WeightedChoice<Target>;

  constructor(choice: WeightedChoice<Target>) {
    this.#choice = choice;
  }

  serve(exchange: Exchange): void {
    const target = this.#choice.pick();
    if (target === null) exchange.fail(faults['no-healthy-target']);
    else target.serve(exchange);
  }
}
