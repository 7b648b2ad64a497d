import type { Transaction } from '../store.ts';
import { Draft, type Write } from './draft.ts';
import type { Image } from './image.ts';

/** A change that waits to be committed, with the way to tell its caller. */
export interface Request {
  readonly change: (transaction: Transaction) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What came of running some requests one after the other on an image; nothing of it is durable yet. */
export interface Batch {
  readonly image: Image;
  readonly writes: readonly Write[];
  /** Tells every caller; call it once the writes are durable. */
  settle(): void;
}

/** Runs requests in order: each sees those before it; one that throws leaves no trace and does not disturb the others. */
export function runBatch(base: Image, requests: readonly Request[]): Batch {
  let image = base;
  const writes = new Map<string, Write>();
  const outcomes: (() => void)[] = [];
  for (const request of requests) {
    const draft = new Draft(image);
    try {
      const value = request.change(draft);
      if (value instanceof Promise) {
        value.catch(() => {});
        throw new TypeError('The function handed to transact returned a promise: it must be synchronous.');
      }
      for (const write of draft.writes) writes.set(`${write.kind} ${write.id}`, write);
      image = draft.close();
      outcomes.push(() => request.resolve(value));
    } catch (error) {
      draft.close();
      outcomes.push(() => request.reject(error));
    }
  }
  return {
    image,
    writes: [...writes.values()],
    settle() {
      for (const outcome of outcomes) outcome();
    },
  };
}
