import type { Random } from '../../../kernel/index.ts';
import type { Balance } from '../../../snapshot/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Selectable } from './eligible.ts';
import { LeastOutstanding } from './least-outstanding.ts';
import { RoundRobin } from './round-robin.ts';
import type { Selection } from './selection.ts';
import { SlowStart } from './slow-start.ts';
import { WeightedRandom } from './weighted-random.ts';
import { Zonal } from './zonal.ts';

/** The selection that a pool asks for. */
export function linkSelection<E extends Selectable>(endpoints: readonly E[], balance: Balance, { ledger, random }: { readonly ledger: Ledger; readonly random: Random }): Selection<E> {
  const within = (own: readonly E[]): Selection<E> => {
    const settings = { random, minimum: balance.failOpen };
    switch (balance.algorithm) {
      case 'round-robin': {
        const robin = new RoundRobin(own, ledger, settings);
        return balance.slowStartMs === 0 ? robin : new SlowStart(robin, ledger, { durationMs: balance.slowStartMs, random });
      }
      case 'least-outstanding':
        return new LeastOutstanding(own, ledger, settings);
      case 'weighted-random':
        return new WeightedRandom(own, ledger, settings);
    }
  };
  return balance.zones === null ? within(endpoints) : new Zonal(endpoints, ledger, { zones: balance.zones, minimum: balance.failAway, within });
}
