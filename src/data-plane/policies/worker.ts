import type { Clock, Random } from '../../kernel/index.ts';
import type { Outgoing } from '../exchange/index.ts';
import { KeySets } from './jwt/key-set.ts';

/** What the policies of one thread share, from one generation to the next. */
export class PolicyWorker {
  readonly clock: Clock;
  readonly random: Random;
  readonly outgoing: Outgoing;
  readonly keySets: KeySets;

  constructor({ clock, random, outgoing }: { readonly clock: Clock; readonly random: Random; readonly outgoing: Outgoing }) {
    this.clock = clock;
    this.random = random;
    this.outgoing = outgoing;
    this.keySets = new KeySets({ clock, outgoing });
  }
}
