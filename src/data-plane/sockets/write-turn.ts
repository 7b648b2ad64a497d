import { RING_CALLS, callRing, type CallRing } from './call-ring.ts';
import { turned } from './read-turn.ts';
import { Room } from './room.ts';
import { kernel } from './system-calls.ts';

/** Who has said something in this turn: octets of its room. */
export interface Waiting {
  /** The turn is over: what was said in it leaves, if it cannot go with what others said. */
  turnOver(): Sending | null;
}

/** Octets that can go with what others said. */
export interface Sending {
  /** Where they are until they are sent. */
  readonly room: Room;
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

/** Longer pieces leave at once: for them a system call of their own is cheaper than a copy. */
export const PIECE_MOST = 16 * 1024;
/** Octets that may wait in one turn; more, and all leave before it is over. */
const ROOM = 64 * 1024;
/** All of it enciphered, and what records have besides. */
const SEALED = 96 * 1024;
/** Fewer sends than these are made one by one: a call of the ring costs about as much as two of them. */
const TOGETHER_FROM = 3;

/**
 * What is said in one turn of the loop, by all writers that share it: octets in one buffer, and who has some of them. All of it leaves in one system call where there is a `CallRing`, else in
 * one for each writer. One a thread: each costs an immediate a turn.
 */
export class WriteTurn {
  /** Writers own ranges of it until the turn is over. */
  readonly room = new Room(ROOM);
  /** What is enciphered and has not left yet. */
  readonly sealed = new Room(SEALED);
  /** Null: every writer sends by itself. */
  readonly ring: CallRing | null = callRing();
  #writers: Waiting[] = [];
  #after: After[] = [];
  #spare: After[] = [];
  readonly #sending: (Sending | null)[] = [];
  #count = 0;
  readonly #results = new Int32Array(RING_CALLS);
  #scheduled = false;
  readonly #run = (): void => {
    this.#scheduled = false;
    this.end();
    turned();
  };

  add(writer: Waiting): void {
    this.#writers.push(writer);
    if (!this.#scheduled) this.#schedule();
  }

  /** For those whose octets are not in the room, and who may call others when they have written. */
  after(output: After): void {
    this.#after.push(output);
    if (!this.#scheduled) this.#schedule();
  }

  /** Its octets, which are not in `room`, leave with those of others before the turn is over. */
  send(sending: Sending): void {
    this.#sending[this.#count++] = sending;
    if (this.#count === RING_CALLS) this.leave();
    else if (!this.#scheduled) this.#schedule();
  }

  /** Those that were told to leave do. */
  leave(): void {
    const count = this.#count;
    this.#count = 0;
    if (count >= TOGETHER_FROM) this.#together(count);
    else for (let i = 0; i < count; i++) this.#sent(i, this.#sendAlone(this.#sending[i]!));
    this.sealed.clear();
  }

  /** Makes sure that `length` octets fit, if need be by sending all that waits. */
  fits(length: number): void {
    if (length > this.room.left) this.#send();
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
    this.leave();
  }

  #schedule(): void {
    this.#scheduled = true;
    setImmediate(this.#run);
  }

  /** What is in the room. Nobody is called meanwhile but the writers, which call nobody. */
  #send(): void {
    const writers = this.#writers;
    for (let i = 0; i < writers.length; i++) {
      const sending = writers[i]!.turnOver();
      if (sending !== null) this.send(sending);
    }
    this.leave();
    writers.length = 0;
    this.room.clear();
  }

  /** How many octets the kernel has taken. What else it says libuv is told too, when it sends the rest. */
  #sendAlone({ descriptor, room, from, to }: Sending): number {
    return kernel === null || descriptor < 0 ? 0 : Math.max(kernel.calls.write(descriptor, room.at + BigInt(from), to - from), 0);
  }

  #together(count: number): void {
    const ring = this.ring!;
    const sending = this.#sending;
    for (let i = 0; i < count; i++) {
      const { descriptor, room, from, to } = sending[i]!;
      // a descriptor of -1 fails by itself
      ring.send(descriptor, room.low(from), room.high(from), to - from);
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
}

interface Latin1Buffer {
  latin1Write(text: string, at: number, length: number): number;
}

/** `write(text, at, 'latin1')` without its argument checks. */
export function writeLatin1(buffer: Buffer, text: string, at: number): void {
  (buffer as unknown as Latin1Buffer).latin1Write(text, at, text.length);
}
