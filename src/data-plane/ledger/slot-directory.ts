import type { Clock } from '../../kernel/index.ts';

/** Where there was no slot left: the ledger knows nothing of what has this slot. */
export const NO_SLOT = -1;

export interface SlotDirectoryOptions {
  readonly clock: Clock;
  /** How many slots the memory has. */
  readonly capacity: number;
  /** How long (ms) a slot that nobody uses any more is kept for its key: longer than the longest drain of an old generation. */
  readonly graceMs: number;
  /** Empties the memory of a slot before it is given to another key. */
  readonly clear: (slot: number) => void;
}

interface Place {
  readonly slot: number;
  /** `clock.monotonic()` when its key was last let go of; null while in use. */
  idleSince: number | null;
}

/**
 * Which slot of the ledger's memory belongs to which key. Kept by the main thread alone; workers get slots with their snapshot. A key keeps its slot
 * while it is used and for the grace period after, so that a key that comes back finds its state, and no old generation reads another's.
 */
export class SlotDirectory {
  readonly capacity: number;
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #clear: (slot: number) => void;
  readonly #places = new Map<string, Place>();
  readonly #free: number[] = [];
  #unused = 0;

  constructor(options: SlotDirectoryOptions) {
    this.capacity = options.capacity;
    this.#clock = options.clock;
    this.#graceMs = options.graceMs;
    this.#clear = options.clear;
  }

  /**
   * Makes `keys` the ones in use and lets go of all others. The answer has a slot for each: `NO_SLOT` for those that the memory has no room for,
   * which `overflow` counts.
   */
  assign(keys: Iterable<string>): { readonly slots: ReadonlyMap<string, number>; readonly overflow: number } {
    const wanted = new Set(keys);
    const now = this.#clock.monotonic();
    for (const [key, place] of this.#places) {
      if (!wanted.has(key)) place.idleSince ??= now;
    }
    const slots = new Map<string, number>();
    let overflow = 0;
    let swept = false;
    for (const key of wanted) {
      let place = this.#places.get(key);
      if (!place) {
        if (!swept && this.#free.length === 0 && this.#unused === this.capacity) {
          this.#sweep(now);
          swept = true;
        }
        const slot = this.#take();
        if (slot === NO_SLOT) {
          overflow++;
          slots.set(key, NO_SLOT);
          continue;
        }
        this.#places.set(key, (place = { slot, idleSince: null }));
      }
      place.idleSince = null;
      slots.set(key, place.slot);
    }
    return { slots, overflow };
  }

  /** Keys in use or in their grace period. */
  get size(): number {
    return this.#places.size;
  }

  /** The slots of keys that nobody has used for the grace period become free. Run when there is no other slot left. */
  #sweep(now: number): void {
    for (const [key, { slot, idleSince }] of this.#places) {
      if (idleSince === null || now - idleSince < this.#graceMs) continue;
      this.#places.delete(key);
      this.#free.push(slot);
    }
  }

  #take(): number {
    const slot = this.#free.pop();
    if (slot !== undefined) {
      this.#clear(slot);
      return slot;
    }
    return this.#unused < this.capacity ? this.#unused++ : NO_SLOT;
  }
}
