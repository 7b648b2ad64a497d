import type { Kind } from '../../resources/index.ts';
import { Feed } from '../feed.ts';
import { type Request, runBatch } from '../image/batch.ts';
import { Image } from '../image/image.ts';
import type { ChangeSet, Store, Transaction, World } from '../store.ts';

/** A store that forgets when the process ends: for tests. Behaves as the SQLite one in everything else. */
export class MemoryStore implements Store {
  readonly #feed = new Feed();
  #image = Image.empty;
  #closed = false;

  get world(): World {
    return this.#image;
  }

  async transact<T>(change: (transaction: Transaction) => T): Promise<T> {
    if (this.#closed) throw new Error('The store has been closed.');
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const request: Request = { change, resolve, reject };
    const batch = runBatch(this.#image, [request]);
    this.#image = batch.image;
    if (batch.writes.length > 0) this.#feed.publish(batch.image.revision, batch.writes);
    batch.settle();
    return (await promise) as T;
  }

  subscribe(listener: (changes: ChangeSet) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  async reset(): Promise<void> {
    const gone: { kind: Kind; id: string }[] = [];
    for (const [kind, row] of this.#image.rows()) gone.push({ kind, id: row.resource.id });
    this.#image = new Image(this.#image.revision + 1, new Map(), this.#image.nextSequence);
    this.#feed.publish(this.#image.revision, gone);
  }

  close(): void {
    this.#closed = true;
  }
}

export function memoryStore(): Store {
  return new MemoryStore();
}
