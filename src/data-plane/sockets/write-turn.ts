import { RING_CALLS, callRing, halves, type CallRing } from './call-ring.ts';
import { turned } from './read-turn.ts';
import { kernel } from './system-calls.ts';

/** Who has said something in this turn: octets of its room. */
export interface Waiting {
  /** The turn is over: what was said in it leaves, if it cannot go with what others said. */
  turnOver(): Sending | null;
}

/** Octets of the room that can go with what others said. */
export interface Sending {
  /** The socket's; -1: it is gone. */
  readonly descriptor: number;
  readonly from: number;
  readonly to: number;
  /** How many octets the kernel has taken, or an error below 0. */
  sent(result: number): void;
}

/** Who writes when all of them have been written. */
export interface After {
  turnOver(): void;
}

/** Octets that may wait in one turn; more, and all leave before it is over. */
const ROOM = 64 * 1024;
/** Fewer sends than these are made by libuv: a call of the ring costs about as much as two of its. */
const TOGETHER_FROM = 3;
const VIEW_BITS = 10;
/** Views of it that are kept. */
const VIEWS = 1 << VIEW_BITS;

/**
 * What is said in one turn of the loop, by all writers that share it: octets in one buffer, and who has some of them. All of it leaves in one system call where there is a `CallRing`, else in
 * one for each writer. One a thread: each costs an immediate a turn.
 */
export class WriteTurn {
  /** Writers own ranges of it until the turn is over. */
  room = Buffer.allocUnsafeSlow(ROOM);
  /** Octets of `room` that are taken. */
  used = 0;
  /** Null: every writer sends by itself. */
  readonly ring: CallRing | null = callRing();
  // the address of the room
  #low = 0;
  #high = 0;
  // views of the room by where they begin and end: making one costs more than the rest of a small write, and turns are much alike
  #views: (Buffer | null)[] = Array.from({ length: VIEWS }, () => null);
  readonly #viewFrom = new Int32Array(VIEWS);
  readonly #viewTo = new Int32Array(VIEWS);
  #writers: Waiting[] = [];
  #after: After[] = [];
  #spare: After[] = [];
  readonly #sending: (Sending | null)[] = [];
  readonly #results = new Int32Array(RING_CALLS);
  #scheduled = false;
  #lent = false;
  readonly #run = (): void => {
    this.#scheduled = false;
    this.end();
    turned();
  };

  constructor() {
    this.#locate();
  }

  add(writer: Waiting): void {
    this.#writers.push(writer);
    if (!this.#scheduled) this.#schedule();
  }

  /** For those whose octets are not in the room, and who may call others when they have written. */
  after(output: After): void {
    this.#after.push(output);
    if (!this.#scheduled) this.#schedule();
  }

  /** Makes sure that `length` octets fit, if need be by sending all that waits. */
  fits(length: number): void {
    if (this.used + length > ROOM) this.#send();
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
    this.#send();
    const after = this.#after;
    // what these make others say waits for the next turn
    this.#after = this.#spare;
    for (let i = 0; i < after.length; i++) after[i]!.turnOver();
    after.length = 0;
    this.#spare = after;
  }

  #schedule(): void {
    this.#scheduled = true;
    setImmediate(this.#run);
  }

  /** What is in the room. Nobody is called meanwhile but the writers, which call nobody. */
  #send(): void {
    const writers = this.#writers;
    const sending = this.#sending;
    let count = 0;
    for (let i = 0; i < writers.length; i++) {
      const send = writers[i]!.turnOver();
      if (send === null) continue;
      sending[count++] = send;
      if (count < RING_CALLS) continue;
      this.#together(count);
      count = 0;
    }
    if (count >= TOGETHER_FROM) this.#together(count);
    else for (let i = 0; i < count; i++) this.#sent(i, 0);
    writers.length = 0;
    if (this.#lent) {
      this.#lent = false;
      this.room = Buffer.allocUnsafeSlow(ROOM);
      this.#views.fill(null);
      this.#locate();
    }
    this.used = 0;
  }

  #together(count: number): void {
    const ring = this.ring!;
    const sending = this.#sending;
    for (let i = 0; i < count; i++) {
      const { descriptor, from, to } = sending[i]!;
      const low = this.#low + from;
      // a descriptor of -1 fails by itself
      ring.send(descriptor, low | 0, low > 0xffffffff ? this.#high + 1 : this.#high, to - from);
    }
    ring.run(this.#results);
    for (let i = 0; i < count; i++) this.#sent(i, this.#results[i]!);
  }

  #sent(index: number, result: number): void {
    const sending = this.#sending[index]!;
    // not kept when it is closed
    this.#sending[index] = null;
    sending.sent(result);
  }

  #locate(): void {
    if (this.ring === null) return;
    const [low, high] = halves(kernel!.addressOf(this.room));
    this.#low = low >>> 0;
    this.#high = high;
  }
}
