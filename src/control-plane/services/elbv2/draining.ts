import { isGone } from '../../resources/elbv2/index.ts';
import type { Environment } from '../environment.ts';

/** Registrations that are being ended: when their delay is over, the rows go. */
export interface Draining {
  /** Comes back at that time (ms since the epoch) to remove what has drained. */
  removeAt(time: number): void;
}

/** What drains in the store already (after a restart) is taken up at once. */
export function draining(environment: Environment): Draining {
  const { store, clock } = environment;

  const removeAt = (time: number): void => {
    clock.after(Math.max(0, time - clock.now()), () => {
      // A failure of the store leaves the row: it counts as gone, and the next removal takes it along.
      void remove().catch(() => undefined);
    });
  };

  const remove = (): Promise<void> =>
    store.transact((transaction) => {
      const now = clock.now();
      for (const target of transaction.list('elbv2/target')) if (isGone(target, now)) transaction.delete('elbv2/target', target.id);
    });

  for (const target of store.world.list('elbv2/target')) if (target.drainingUntil !== null) removeAt(target.drainingUntil);
  return { removeAt };
}
