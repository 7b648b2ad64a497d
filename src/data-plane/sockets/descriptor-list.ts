import { kernel } from './system-calls.ts';

/** So many of the lowest descriptors a thread may keep by itself; what lies above is left to libuv. */
export const DESCRIPTORS_MOST = 65_536;

/**
 * Which descriptors a thread has open that no handle of Node's owns. Where a thread ends by force Node closes its handles, and knows nothing of these: whoever started it does that with
 * `closeLeft`. A bit each, in memory that both have.
 */
export class DescriptorList {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(DESCRIPTORS_MOST / 8)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  add(descriptor: number): void {
    if (descriptor >= DESCRIPTORS_MOST) return;
    const at = descriptor >> 5;
    this.#words[at] = this.#words[at]! | (1 << (descriptor & 31));
  }

  remove(descriptor: number): void {
    if (descriptor >= DESCRIPTORS_MOST) return;
    const at = descriptor >> 5;
    this.#words[at] = this.#words[at]! & ~(1 << (descriptor & 31));
  }

  /** Once the thread is gone: closes what it has left. How many they were. */
  closeLeft(): number {
    let count = 0;
    this.#words.forEach((word, at) => {
      for (let bit = 0; bit < 32; bit++) {
        if ((word & (1 << bit)) === 0) continue;
        kernel?.calls.close(at * 32 + bit);
        count++;
      }
      this.#words[at] = 0;
    });
    return count;
  }
}

/** The thread's. */
let current: DescriptorList | null = null;

export function openDescriptors(): DescriptorList {
  return (current ??= new DescriptorList());
}
