import { allocateBuckets, BUCKETS, TokenBuckets } from './token-buckets.ts';
import { HEALTHY, UNCHECKED, UNHEALTHY, UNKNOWN, type HealthState } from './health-state.ts';

/** The shared memory of a ledger: what a thread hands to another (`postMessage`, `workerData`). */
export interface LedgerMemory {
  /** One 32-bit word (the version), then one byte a slot. */
  readonly health: SharedArrayBuffer;
  /** One 32-bit counter a slot. */
  readonly counters: SharedArrayBuffer;
  /** Token buckets. */
  readonly buckets: SharedArrayBuffer;
}

export interface LedgerSize {
  /** Endpoints whose health can be kept. */
  readonly endpoints: number;
  readonly counters: number;
  /** Default: as many as the data plane has. */
  readonly buckets?: number;
}

/** 1.3 MB of address space; pages are committed when they are first touched. */
export const DEFAULT_LEDGER_SIZE: LedgerSize = { endpoints: 262_144, counters: 262_144, buckets: BUCKETS };

const HEAD_BYTES = 4;

export function allocateLedger(size: LedgerSize = DEFAULT_LEDGER_SIZE): LedgerMemory {
  return { health: new SharedArrayBuffer(HEAD_BYTES + size.endpoints), counters: new SharedArrayBuffer(4 * size.counters), buckets: allocateBuckets(size.buckets ?? BUCKETS) };
}

/**
 * A thread's view of the state that outlives a generation. Every thread that views the same memory reads what the others write. Slots come from a
 * `SlotDirectory`, one for endpoints and one for counters.
 */
export class Ledger {
  readonly memory: LedgerMemory;
  readonly #version: Int32Array;
  readonly #health: Uint8Array;
  readonly #counters: Int32Array;
  readonly buckets: TokenBuckets;

  constructor(memory: LedgerMemory) {
    this.memory = memory;
    this.#version = new Int32Array(memory.health, 0, 1);
    this.#health = new Uint8Array(memory.health, HEAD_BYTES);
    this.#counters = new Int32Array(memory.counters);
    this.buckets = new TokenBuckets(memory.buckets);
  }

  get endpoints(): number {
    return this.#health.length;
  }

  get counters(): number {
    return this.#counters.length;
  }

  /** Changes (and wraps) whenever the health of any endpoint does. Read it before the health that is kept under it. */
  get healthVersion(): number {
    return Atomics.load(this.#version, 0);
  }

  /** Endpoints without a slot are not watched by anybody: `UNCHECKED`. */
  health(slot: number): HealthState {
    if (slot < 0) return UNCHECKED;
    const state = Atomics.load(this.#health, slot);
    return state === HEALTHY || state === UNHEALTHY || state === UNCHECKED ? state : UNKNOWN;
  }

  /** Writes first, then says so: who reads the new version reads the new state. */
  setHealth(slot: number, state: HealthState): void {
    if (slot < 0 || slot >= this.#health.length) return;
    if (Atomics.exchange(this.#health, slot, state) !== state) Atomics.add(this.#version, 0, 1);
  }

  /** A 32-bit count, exact across threads; `delta` may be negative. The new value. */
  add(counter: number, delta: number): number {
    return (Atomics.add(this.#counters, counter, delta) + delta) | 0;
  }

  count(counter: number): number {
    return Atomics.load(this.#counters, counter);
  }

  /** Adds `delta` only when the count then is at most `limit`; whether it was added. */
  addWithin(counter: number, delta: number, limit: number): boolean {
    for (;;) {
      const now = Atomics.load(this.#counters, counter);
      if (now + delta > limit) return false;
      if (Atomics.compareExchange(this.#counters, counter, now, now + delta) === now) return true;
    }
  }

  clearCounter(counter: number): void {
    Atomics.store(this.#counters, counter, 0);
  }
}
