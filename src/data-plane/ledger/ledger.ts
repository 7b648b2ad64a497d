import { allocateBuckets, BUCKETS, TokenBuckets } from './token-buckets.ts';
import { allocateUsage, UsageCounters } from './usage-counters.ts';
import { HEALTHY, UNCHECKED, UNHEALTHY, UNKNOWN, type HealthState } from './health-state.ts';

/** The shared memory of a ledger: what a thread hands to another (`postMessage`, `workerData`). */
export interface LedgerMemory {
  /** One 32-bit word (the version), then one byte a slot. */
  readonly health: SharedArrayBuffer;
  /** One 32-bit counter a slot. */
  readonly counters: SharedArrayBuffer;
  /** Of each endpoint's slot: requests under way, answered and failed, its weight (32 bits each). */
  readonly outstanding: SharedArrayBuffer;
  readonly answered: SharedArrayBuffer;
  readonly failed: SharedArrayBuffer;
  readonly weights: SharedArrayBuffer;
  /** When its slow start began: milliseconds since the epoch (64 bits), 0 for none. */
  readonly starts: SharedArrayBuffer;
  /** Token buckets. */
  readonly buckets: SharedArrayBuffer;
  /** How often API keys were used. */
  readonly usage: SharedArrayBuffer;
}

export interface LedgerSize {
  /** Endpoints whose health can be kept. */
  readonly endpoints: number;
  readonly counters: number;
  /** Default: as many as the data plane has. */
  readonly buckets?: number;
}

/** 12.3 MB of address space, 3.1 of them for the use of API keys; pages are committed when they are first touched. */
export const DEFAULT_LEDGER_SIZE: LedgerSize = { endpoints: 262_144, counters: 262_144, buckets: BUCKETS };

const HEAD_BYTES = 4;

/** What an endpoint gets that nobody has weighed otherwise. */
export const FULL_WEIGHT = 1000;

export function allocateLedger(size: LedgerSize = DEFAULT_LEDGER_SIZE): LedgerMemory {
  const words = (): SharedArrayBuffer => new SharedArrayBuffer(4 * size.endpoints);
  return {
    health: new SharedArrayBuffer(HEAD_BYTES + size.endpoints), counters: new SharedArrayBuffer(4 * size.counters),
    outstanding: words(), answered: words(), failed: words(), weights: words(), starts: new SharedArrayBuffer(8 * size.endpoints),
    buckets: allocateBuckets(size.buckets ?? BUCKETS), usage: allocateUsage(),
  };
}

/** One thread's part of the requests under way, so that they can be taken back when it dies. */
export function allocateShare({ outstanding }: LedgerMemory): SharedArrayBuffer {
  return new SharedArrayBuffer(outstanding.byteLength);
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
  readonly #outstanding: Int32Array;
  readonly #share: Int32Array | null;
  readonly #answered: Int32Array;
  readonly #failed: Int32Array;
  readonly #weights: Int32Array;
  readonly #starts: Float64Array;
  readonly buckets: TokenBuckets;
  readonly usage: UsageCounters;

  constructor(memory: LedgerMemory, share: SharedArrayBuffer | null = null) {
    this.memory = memory;
    this.#version = new Int32Array(memory.health, 0, 1);
    this.#health = new Uint8Array(memory.health, HEAD_BYTES);
    this.#counters = new Int32Array(memory.counters);
    this.#outstanding = new Int32Array(memory.outstanding);
    this.#share = share === null ? null : new Int32Array(share);
    this.#answered = new Int32Array(memory.answered);
    this.#failed = new Int32Array(memory.failed);
    this.#weights = new Int32Array(memory.weights);
    this.#starts = new Float64Array(memory.starts);
    this.buckets = new TokenBuckets(memory.buckets);
    this.usage = new UsageCounters(memory.usage);
  }

  get endpoints(): number {
    return this.#health.length;
  }

  get counters(): number {
    return this.#counters.length;
  }

  /** Changes (and wraps) whenever the health of any endpoint does, or its weight. Read it before the health that is kept under it. */
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

  // --- what an endpoint is doing

  /** Requests that all threads have under way with an endpoint. */
  outstanding(slot: number): number {
    return slot < 0 ? 0 : Atomics.load(this.#outstanding, slot);
  }

  addOutstanding(slot: number, delta: 1 | -1): void {
    if (slot < 0) return;
    Atomics.add(this.#outstanding, slot, delta);
    if (this.#share !== null) this.#share[slot]! += delta;
  }

  /** Takes back what a thread that has died had under way. */
  reclaim(share: SharedArrayBuffer): void {
    const own = new Int32Array(share);
    for (let slot = 0; slot < own.length; slot++) {
      if (own[slot] !== 0) Atomics.sub(this.#outstanding, slot, own[slot]!);
    }
  }

  /** An answer of an endpoint, for whoever compares endpoints (`takeOutcomes`). */
  countOutcome(slot: number, failed: boolean): void {
    if (slot < 0) return;
    Atomics.add(this.#answered, slot, 1);
    if (failed) Atomics.add(this.#failed, slot, 1);
  }

  /** What came of an endpoint's requests since the last time. */
  takeOutcomes(slot: number): { readonly answered: number; readonly failed: number } {
    return slot < 0 ? { answered: 0, failed: 0 } : { answered: Atomics.exchange(this.#answered, slot, 0), failed: Atomics.exchange(this.#failed, slot, 0) };
  }

  /** Share of an endpoint: 1 to `FULL_WEIGHT`. */
  weight(slot: number): number {
    const weight = slot < 0 ? 0 : Atomics.load(this.#weights, slot);
    return weight === 0 ? FULL_WEIGHT : weight;
  }

  setWeight(slot: number, weight: number): void {
    if (slot < 0 || slot >= this.#weights.length) return;
    if (Atomics.exchange(this.#weights, slot, weight) !== weight) Atomics.add(this.#version, 0, 1);
  }

  /** When the slow start of an endpoint began (ms since the epoch); 0: it is in none. */
  slowStart(slot: number): number {
    return slot < 0 ? 0 : this.#starts[slot]!;
  }

  /** Say so before `setHealth` does: who sees the endpoint healthy must see that it starts slowly. */
  setSlowStart(slot: number, began: number): void {
    if (slot >= 0 && slot < this.#starts.length) this.#starts[slot] = began;
  }

  /** Empties a slot before it is given to another endpoint. */
  clearEndpoint(slot: number): void {
    this.setSlowStart(slot, 0);
    this.setWeight(slot, 0);
    this.takeOutcomes(slot);
    this.setHealth(slot, UNKNOWN);
  }

  // --- counters

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
