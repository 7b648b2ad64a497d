const FREE = 0;
const HELD = 1;
/** A lock is held for some tens of nanoseconds: whoever finds it held longer than it takes to ask so often meets a thread that has lost its core. */
const ROUNDS = 1_000;
/** Then the core is left to others, a millisecond at a time. After a second the holder counts as dead: a thread that is ended while it holds a lock frees it no more. */
const NAP_MS = 1;
const NAPS = 1_000;

/** The locks of slots of doubles in memory that all threads share: JavaScript has no atomic doubles. The first double of each slot is its lock's. */
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
    for (let round = 0; round < ROUNDS; round++) if (Atomics.compareExchange(locks, at, FREE, HELD) === FREE) return;
    for (let nap = 0; nap < NAPS; nap++) {
      // nobody is woken: that would cost each who frees it
      Atomics.wait(locks, at, HELD, NAP_MS);
      if (Atomics.compareExchange(locks, at, FREE, HELD) === FREE) return;
    }
    Atomics.store(locks, at, HELD);
  }

  free(slot: number): void {
    Atomics.store(this.#locks, slot * this.#integers, FREE);
  }
}
