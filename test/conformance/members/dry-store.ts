import type { Store, Transaction } from '../../../src/control-plane/store/index.ts';

/** A store whose transactions run and are then rolled back: one world serves any number of calls that change it. */
export function dryStore(store: Store): Store {
  return {
    get world() {
      return store.world;
    },
    async transact<T>(change: (transaction: Transaction) => T): Promise<T> {
      let ran: { readonly result: T } | null = null;
      try {
        await store.transact((transaction) => {
          ran = { result: change(transaction) };
          throw new RolledBack();
        });
      } catch (error) {
        if (!(error instanceof RolledBack)) throw error;
      }
      return (ran as unknown as { readonly result: T }).result;
    },
    subscribe: (listener) => store.subscribe(listener),
    reset: () => Promise.reject(new Error('a dry store is not reset')),
    close: () => store.close(),
  };
}

class RolledBack extends Error {}
