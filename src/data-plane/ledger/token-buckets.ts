/** What a bucket holds: `rate` tokens flow in each second, `burst` are in it at most. */
export interface BucketShape {
  readonly rate: number;
  readonly burst: number;
}

/** 64 KB of address space a thousand buckets; pages are committed when they are first touched. */
export const BUCKETS = 65_536;

const BYTES = 16;
const FREE = 0;
const HELD = 1;
/** Rounds after which the holder of a lock counts as dead: it holds it for some tens of nanoseconds. */
const PATIENCE = 100_000;

export function allocateBuckets(buckets = BUCKETS): SharedArrayBuffer {
  return new SharedArrayBuffer(buckets * BYTES);
}

/**
 * Token buckets that all threads take from, exact to the token. Kept as the time at which the bucket will be full again (the generic cell rate
 * algorithm), a double that is changed under a lock: JavaScript has no atomic doubles. A thread that is ended while it holds the lock is
 * not waited for.
 */
export class TokenBuckets {
  readonly #locks: Int32Array;
  /** Milliseconds since the epoch. */
  readonly #fullAt: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#locks = new Int32Array(memory);
    this.#fullAt = new Float64Array(memory);
  }

  get capacity(): number {
    return this.#locks.length / 4;
  }

  /** Takes a token; false where there is none. `now`: wall clock, milliseconds, the same for all threads. A slot of -1 has no bucket and no limit. */
  take(slot: number, { rate, burst }: BucketShape, now: number): boolean {
    if (slot < 0) return true;
    if (rate <= 0 || burst <= 0) return false;
    const each = 1000 / rate;
    // one that is smaller than a token would never let anything through
    const depth = Math.max(burst, 1) * each;
    const lock = slot * 4;
    const cell = slot * 2 + 1;
    this.#lock(lock);
    let fullAt = this.#fullAt[cell]!;
    // an empty bucket, or a clock that was set back
    if (fullAt < now || fullAt > now + depth + each) fullAt = now;
    const taken = fullAt + each - now <= depth + 1e-6;
    if (taken) this.#fullAt[cell] = fullAt + each;
    Atomics.store(this.#locks, lock, FREE);
    return taken;
  }

  clear(slot: number): void {
    this.#fullAt[slot * 2 + 1] = 0;
    Atomics.store(this.#locks, slot * 4, FREE);
  }

  #lock(at: number): void {
    const locks = this.#locks;
    for (let round = 0; round < PATIENCE; round++) if (Atomics.compareExchange(locks, at, FREE, HELD) === FREE) return;
    Atomics.store(locks, at, HELD);
  }
}
