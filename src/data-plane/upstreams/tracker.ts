import type { Ledger } from '../ledger/index.ts';
import type { Balance } from '../../snapshot/index.ts';

/** Hears what an endpoint is doing, for selections that go by it. */
export interface Tracker {
  begun(slot: number): void;
  /** `failed`: it broke off, or answered with a server error. */
  ended(slot: number, failed: boolean): void;
}

/** Null: the pool's selection asks for nothing, so nothing is counted. */
export function trackerOf({ algorithm }: Balance, ledger: Ledger): Tracker | null {
  switch (algorithm) {
    case 'round-robin':
      return null;
    case 'least-outstanding':
      return { begun: (slot) => ledger.addOutstanding(slot, 1), ended: (slot) => ledger.addOutstanding(slot, -1) };
    case 'weighted-random':
      return { begun: () => {}, ended: (slot, failed) => ledger.countOutcome(slot, failed) };
  }
}
