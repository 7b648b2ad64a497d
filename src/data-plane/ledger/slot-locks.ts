const FREE = 0;
const HELD = 1;
/** Rounds after which the holder of a lock counts as dead: it holds it for some tens of nanoseconds. */
const PATIENCE = 100_000;

/**
 * The locks of slots of doubles in memory that all threads share: JavaScript has no atomic doubles. The first double of each slot is its lock's. A thread that is ended while it holds one is not
 * waited for.
 */
export class SlotLocks {
  readonly #locks: Int32Array;
  readonly #integers: number;

  /** `doubles`: of a slot, its lock among them. */
  constructor(memory: SharedArrayBuffer, doubles: number) {
    this.#locks = new Int32Array(memory);
    this.#integers = doubles * (Float64Array.BYTES_PER_ELEMENT / Int32Array.BYTES_PER_ELEMENT);
  }

  get slots(): number {
    return this.#locks.length / this.#integers;
  }

  hold(slot: number): void {
    const locks = this.#locks;
    const at = slot * this.#integers;
    for (let round = 0; round < PATIENCE; round++) if (Atomics.compareExchange(locks, at, FREE, HELD) === FREE) return;
    Atomics.store(locks, at, HELD);
  }

  free(slot: number): void {
    Atomics.store(this.#locks, slot * this.#integers, FREE);
  }
}
