import { SlotLocks } from './slot-locks.ts';

/** Keys in plans that can be counted. 48 octets each; pages are committed when they are first touched. */
export const COUNTED_KEYS = 65_536;

const DOUBLES = 6;
/** Places of the doubles of a slot, behind its lock. */
const [USED, PERIOD, GRANTED, TOTAL] = [1, 2, 3, 4] as const;

/** What of a key's use outlives a restart. */
export interface UseState {
  /** In the period. */
  readonly used: number;
  /** The day with which it began, since the epoch. */
  readonly period: number;
  /** What may be used beyond the quota in this period; negative: so much less. */
  readonly granted: number;
}

export function allocateUsage(keys = COUNTED_KEYS): SharedArrayBuffer {
  return new SharedArrayBuffer(keys * DOUBLES * Float64Array.BYTES_PER_ELEMENT);
}

/** How often keys were used under their plans, counted by all threads together and exact to the request: numbers under a lock, as token buckets are. */
export class UsageCounters {
  readonly #locks: SlotLocks;
  readonly #cells: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#locks = new SlotLocks(memory, DOUBLES);
    this.#cells = new Float64Array(memory);
  }

  get capacity(): number {
    return this.#locks.slots;
  }

  /**
   * Counts one use in the period that began with the day `period`; false where the limit has been reached. A slot of -1 is not counted: only what has no limit passes.
   * A period before the one that is counted is that of a thread whose clock lags behind, or of a plan whose periods have become longer: it counts into the present one.
   */
  take(slot: number, period: number, limit: number): boolean {
    if (slot < 0) return limit === Infinity;
    const base = slot * DOUBLES;
    const cells = this.#cells;
    this.#locks.hold(slot);
    if (period > cells[base + PERIOD]!) this.#begin(base, period);
    const taken = cells[base + USED]! < limit + cells[base + GRANTED]!;
    if (taken) {
      cells[base + USED]! += 1;
      cells[base + TOTAL]! += 1;
    }
    this.#locks.free(slot);
    return taken;
  }

  /** Lets so much be used in the period yet. */
  setLeft(slot: number, { period, limit, left }: { readonly period: number; readonly limit: number; readonly left: number }): void {
    const base = slot * DOUBLES;
    const cells = this.#cells;
    this.#locks.hold(slot);
    if (period > cells[base + PERIOD]!) this.#begin(base, period);
    cells[base + GRANTED] = left - (limit - cells[base + USED]!);
    this.#locks.free(slot);
  }

  /** `total`: all uses since the slot was cleared, whatever the period. */
  read(slot: number): UseState & { readonly total: number } {
    const base = slot * DOUBLES;
    const cells = this.#cells;
    this.#locks.hold(slot);
    const state = { used: cells[base + USED]!, period: cells[base + PERIOD]!, granted: cells[base + GRANTED]!, total: cells[base + TOTAL]! };
    this.#locks.free(slot);
    return state;
  }

  /** Puts in what was kept of a use, and adds to it what was used since `read` said this `total`. A slot that knows more already, or of a later period, stays as it is. */
  restore(slot: number, { used, period, granted }: UseState, total: number): void {
    const base = slot * DOUBLES;
    const cells = this.#cells;
    this.#locks.hold(slot);
    if (period > cells[base + PERIOD]!) this.#begin(base, period);
    if (period === cells[base + PERIOD]!) {
      cells[base + USED] = Math.max(cells[base + USED]!, used + cells[base + TOTAL]! - total);
      cells[base + GRANTED] = granted;
    }
    this.#locks.free(slot);
  }

  clear(slot: number): void {
    this.#cells.fill(0, slot * DOUBLES + USED, (slot + 1) * DOUBLES);
    this.#locks.free(slot);
  }

  #begin(base: number, period: number): void {
    this.#cells[base + PERIOD] = period;
    this.#cells[base + USED] = 0;
    this.#cells[base + GRANTED] = 0;
  }
}
