import type { Kind } from '../resources/index.ts';
import type { ChangeSet } from './store.ts';

interface Subscriber {
  readonly listener: (changes: ChangeSet) => void;
  pending: Map<Kind, Set<string>>;
}

/** Tells subscribers what has changed, coalesced: between two calls any number of commits become one set. */
export class Feed {
  readonly #subscribers = new Set<Subscriber>();
  #revision = 0;
  #scheduled = false;

  subscribe(listener: (changes: ChangeSet) => void): () => void {
    const subscriber: Subscriber = { listener, pending: new Map() };
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  publish(revision: number, changes: Iterable<{ readonly kind: Kind; readonly id: string }>): void {
    this.#revision = revision;
    if (this.#subscribers.size === 0) return;
    for (const { kind, id } of changes) {
      for (const { pending } of this.#subscribers) {
        const ids = pending.get(kind);
        if (ids) ids.add(id);
        else pending.set(kind, new Set([id]));
      }
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    this.#scheduled = false;
    const failures: unknown[] = [];
    for (const subscriber of this.#subscribers) {
      if (subscriber.pending.size === 0) continue;
      const changed = subscriber.pending;
      subscriber.pending = new Map();
      try {
        subscriber.listener({ revision: this.#revision, changed });
      } catch (error) {
        failures.push(error);
      }
    }
    // A subscriber's mistake must not keep the others from hearing, nor go unheard itself.
    if (failures.length > 0) throw new AggregateError(failures, 'A subscriber of the change feed failed');
  }
}
