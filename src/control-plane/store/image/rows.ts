import type { Resource } from '../../resources/index.ts';

/** One resource as the image holds it. */
export interface Row {
  readonly resource: Resource;
  /** Place in the order of creation; kept when the resource is replaced. */
  readonly sequence: number;
  /** Revision of the commit that last wrote it. */
  readonly revision: number;
}

/**
 * Resources in order of creation. Belongs to one draft while that draft builds it, and never changes afterwards: a draft that wants to change
 * one that it does not own copies it first (a copy of ten thousand references is a few microseconds).
 */
export class Rows {
  #owner: object | null;
  readonly #sequences: number[];
  readonly #items: Resource[];

  constructor(owner: object | null, sequences: number[] = [], items: Resource[] = []) {
    this.#owner = owner;
    this.#sequences = sequences;
    this.#items = items;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The resources. Whoever has been handed the array keeps it as it is: the next change makes a copy. */
  items(): readonly Resource[] {
    this.#owner = null;
    return this.#items;
  }

  writable(owner: object): Rows {
    return this.#owner === owner ? this : new Rows(owner, this.#sequences.slice(), this.#items.slice());
  }

  /** Only on what `writable` returned. */
  set(row: Row): void {
    const at = this.#place(row.sequence);
    if (this.#sequences[at] === row.sequence) {
      this.#items[at] = row.resource;
    } else if (at === this.#sequences.length) {
      this.#sequences.push(row.sequence);
      this.#items.push(row.resource);
    } else {
      this.#sequences.splice(at, 0, row.sequence);
      this.#items.splice(at, 0, row.resource);
    }
  }

  /** Only on what `writable` returned. */
  remove(sequence: number): void {
    const at = this.#place(sequence);
    if (this.#sequences[at] !== sequence) return;
    this.#sequences.splice(at, 1);
    this.#items.splice(at, 1);
  }

  /** Index of the sequence, or where it would stand. */
  #place(sequence: number): number {
    let low = 0;
    let high = this.#sequences.length;
    if (high === 0 || this.#sequences[high - 1]! < sequence) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sequences[middle]! < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
