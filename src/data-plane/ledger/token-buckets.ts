import { SlotLocks } from './slot-locks.ts';

/** What a bucket holds: `rate` tokens flow in each second, `burst` are in it at most. */
export interface BucketShape {
  readonly rate: number;
  readonly burst: number;
}

/** 24 KB of address space a thousand buckets; pages are committed when they are first touched. */
export const BUCKETS = 65_536;

const DOUBLES = 3;
/** Milliseconds by which one thread's time may lag behind another's; beyond it the clock was set back. */
const LAG_MS = 2000;

export function allocateBuckets(buckets = BUCKETS): SharedArrayBuffer {
  return new SharedArrayBuffer(buckets * DOUBLES * Float64Array.BYTES_PER_ELEMENT);
}

/**
 * Token buckets that all threads take from, exact to the token. Kept as what is missing from a full bucket, in milliseconds of flow, and the newest time
 * that a thread has come with: two doubles that are changed under a lock (`SlotLocks`). A thread that comes with an older time (its
 * turn of the event loop began earlier) finds the bucket as it was at the newest.
 */
export class TokenBuckets {
  readonly #locks: SlotLocks;
  readonly #cells: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#locks = new SlotLocks(memory, DOUBLES);
    this.#cells = new Float64Array(memory);
  }

  get capacity(): number {
    return this.#locks.slots;
  }

  /** Takes a token; false where there is none. `now`: wall clock, milliseconds. A slot of -1 has no bucket and no limit. */
  take(slot: number, { rate, burst }: BucketShape, now: number): boolean {
    if (slot < 0) return true;
    if (rate <= 0 || burst <= 0) return false;
    const each = 1000 / rate;
    // one that is smaller than a token would never let anything through
    const depth = Math.max(burst, 1) * each;
    const missing = slot * DOUBLES + 1;
    const newest = missing + 1;
    const cells = this.#cells;
    this.#locks.hold(slot);
    const passed = now - cells[newest]!;
    // a bucket whose shape has changed is empty at most
    let before = Math.min(cells[missing]!, depth);
    if (passed > 0) before = Math.max(0, before - passed);
    if (passed > 0 || passed < -LAG_MS) cells[newest] = now;
    const after = before + each;
    const taken = after <= depth + 1e-6;
    cells[missing] = taken ? after : before;
    this.#locks.free(slot);
    return taken;
  }

  clear(slot: number): void {
    this.#cells.fill(0, slot * DOUBLES + 1, (slot + 1) * DOUBLES);
    this.#locks.free(slot);
  }
}
