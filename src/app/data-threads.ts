import { Worker } from 'node:worker_threads';
import { threadVariables } from './threads/entry.ts';

/**
 * Where data-plane threads come from. A thread takes most of its start to load code, and needs to be told nothing for that: one that is prepared does it
 * while the main thread loads the control plane.
 */
export class DataThreads {
  readonly #entry: URL;
  #prepared: Worker | null = null;

  /** `entry` is the code that they run. */
  constructor(entry: URL) {
    this.#entry = entry;
  }

  /** Starts the first one now. */
  prepare(): void {
    this.#prepared = this.#start(0);
  }

  take(index: number): Worker {
    const prepared = this.#prepared;
    if (index !== 0 || prepared === null) return this.#start(index);
    this.#prepared = null;
    return prepared;
  }

  #start(index: number): Worker {
    return new Worker(this.#entry, { workerData: { index }, env: threadVariables(), name: `data-${index}` });
  }
}
