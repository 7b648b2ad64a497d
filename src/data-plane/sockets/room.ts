import { halves } from './call-ring.ts';
import { foreignFunctions } from './foreign-functions.ts';

const VIEW_BITS = 10;
/** Views of it that are kept. */
const VIEWS = 1 << VIEW_BITS;

/** Octets that are written one behind the other, sent, and then overwritten. */
export class Room {
  octets: Buffer;
  /** Octets that are taken. */
  used = 0;
  /** Where it is; 0 where nobody can tell. */
  at = 0n;
  // the same in two words
  #low = 0;
  #high = 0;
  // views by where they begin and end: making one costs more than the rest of a small write, and turns are much alike
  #views: (Buffer | null)[] = Array.from({ length: VIEWS }, () => null);
  readonly #viewFrom = new Int32Array(VIEWS);
  readonly #viewTo = new Int32Array(VIEWS);
  #lent = false;

  constructor(length: number) {
    this.octets = Buffer.allocUnsafeSlow(length);
    this.#locate();
  }

  get left(): number {
    return this.octets.length - this.used;
  }

  /** The address of its octet `from`, in two words. */
  low(from: number): number {
    return (this.#low + from) | 0;
  }

  high(from: number): number {
    return this.#low + from > 0xffffffff ? this.#high + 1 : this.#high;
  }

  /** Octets `from` to `to`, as libuv takes them. */
  view(from: number, to: number): Buffer {
    // Fibonacci hashing: offsets of messages of one length are multiples of it, which the low bits would show
    const index = Math.imul(from + to, 0x9e3779b1) >>> (32 - VIEW_BITS);
    const known = this.#views[index]!;
    if (known !== null && this.#viewFrom[index] === from && this.#viewTo[index] === to) return known;
    this.#viewFrom[index] = from;
    this.#viewTo[index] = to;
    return (this.#views[index] = this.octets.subarray(from, to));
  }

  /** A peer is slow: libuv keeps a pointer into it, and it is left to libuv when it is cleared. */
  lend(): void {
    this.#lent = true;
  }

  /** Nobody waits for what is in it any more. */
  clear(): void {
    this.used = 0;
    if (!this.#lent) return;
    this.#lent = false;
    this.octets = Buffer.allocUnsafeSlow(this.octets.length);
    this.#views.fill(null);
    this.#locate();
  }

  #locate(): void {
    if (foreignFunctions === null) return;
    this.at = foreignFunctions.getRawPointer(this.octets);
    const [low, high] = halves(this.at);
    this.#low = low >>> 0;
    this.#high = high;
  }
}
