export interface Waiting {
  /** The turn is over: what was said in it leaves. */
  turnOver(): void;
}

/** Octets that may wait in one turn; more, and all leave before it is over. */
const ROOM = 64 * 1024;
const VIEW_BITS = 10;
/** Views of it that are kept. */
const VIEWS = 1 << VIEW_BITS;

/**
 * What is said in one turn of the loop, by all writers that share it: octets in one buffer, and who has some of them. One a thread or a few: each
 * costs an immediate a turn.
 */
export class WriteTurn {
  /** Writers own ranges of it until the turn is over. */
  room = Buffer.allocUnsafeSlow(ROOM);
  /** Octets of `room` that are taken. */
  used = 0;
  // views of the room by where they begin and end: making one costs more than the rest of a small write, and turns are much alike
  #views: (Buffer | null)[] = Array.from({ length: VIEWS }, () => null);
  readonly #viewFrom = new Int32Array(VIEWS);
  readonly #viewTo = new Int32Array(VIEWS);
  #writers: Waiting[] = [];
  #spare: Waiting[] = [];
  #lent = false;
  readonly #run = (): void => this.end();

  add(writer: Waiting): void {
    if (this.#writers.push(writer) === 1) setImmediate(this.#run);
  }

  /** True where `length` octets fit, after all that waits has left if need be. */
  fits(length: number): boolean {
    if (this.used + length <= ROOM) return true;
    if (length > ROOM) return false;
    this.end();
    return true;
  }

  /** Octets `from` to `to` of the room, as libuv takes them. */
  view(from: number, to: number): Buffer {
    // Fibonacci hashing: offsets of messages of one length are multiples of it, which the low bits would show
    const index = Math.imul(from + to, 0x9e3779b1) >>> (32 - VIEW_BITS);
    const known = this.#views[index]!;
    if (known !== null && this.#viewFrom[index] === from && this.#viewTo[index] === to) return known;
    this.#viewFrom[index] = from;
    this.#viewTo[index] = to;
    return (this.#views[index] = this.room.subarray(from, to));
  }

  /** A peer is slow: libuv keeps a pointer into the room, which is left to it. */
  lend(): void {
    this.#lent = true;
  }

  /** Everything leaves. */
  end(): void {
    const writers = this.#writers;
    // what this makes others say waits for the next turn
    this.#writers = this.#spare;
    for (let i = 0; i < writers.length; i++) writers[i]!.turnOver();
    writers.length = 0;
    this.#spare = writers;
    if (this.#lent) {
      this.#lent = false;
      this.room = Buffer.allocUnsafeSlow(ROOM);
      this.#views.fill(null);
    }
    this.used = 0;
  }
}
