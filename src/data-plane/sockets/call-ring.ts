import { AF_UNIX, CLOSE_ON_EXEC, EAGAIN, SOCK_STREAM, kernel, type Kernel } from './system-calls.ts';

/** How many calls it takes at once. */
export const RING_CALLS = 64;

const SUBMIT_ALL = 1 << 7;
const SINGLE_ISSUER = 1 << 12;
const GET_EVENTS = 1;
const ENTRIES_OFFSET = 0x10000000n;
const READ_WRITE = 3;
const SHARED_POPULATED = 0x8001;

const SEND = 26;
const RECEIVE = 27;
const DONT_WAIT = 0x40;
const NO_SIGNAL = 0x4000;

// struct io_uring_sqe, in words of 32 bits
const ENTRY = 16;
const DESCRIPTOR = 1;
const ADDRESS = 4;
const LENGTH = 6;
const FLAGS = 7;
const USER_DATA = 8;
// struct io_uring_cqe
const COMPLETION = 4;
const RESULT = 2;

/**
 * Many `send`s and `recv`s in one system call: io_uring(7), of which nothing else is used. No call waits (MSG_DONTWAIT), so that all are over when `run` returns, and the kernel keeps
 * nothing: no octets, no descriptor. What costs less than with a call each is the way into the kernel and out of it, and Node's and libuv's way to it.
 */
export class CallRing {
  readonly #kernel: Kernel;
  #descriptor: number;
  readonly #ring: Uint32Array;
  readonly #entries: Int32Array;
  readonly #submissionTail: number;
  readonly #completionHead: number;
  readonly #completionTail: number;
  readonly #completions: number;
  readonly #completionMask: number;
  #tail = 0;
  #head = 0;
  #count = 0;

  /** Throws where the kernel has none to give, or forbids it. */
  constructor(offered: Kernel) {
    this.#kernel = offered;
    const { calls, errno } = offered;
    // struct io_uring_params
    const parameters = new Uint32Array(30);
    parameters[2] = SUBMIT_ALL | SINGLE_ISSUER;
    this.#descriptor = calls.io_uring_setup(RING_CALLS, offered.addressOf(parameters));
    if (this.#descriptor < 0) throw new Error(`io_uring_setup: error ${errno[0]}`);
    const [submissions, completions] = [parameters.subarray(10, 20), parameters.subarray(20, 30)];
    const completionCount = parameters[1]!;
    const map = (length: number, offset: bigint): bigint => {
      const at = calls.mmap(0n, BigInt(length), READ_WRITE, SHARED_POPULATED, this.#descriptor, offset);
      if (at > 0n && at <= 0x7fffffffffffn) return at;
      const [error] = errno;
      this.close();
      throw new Error(`mmap: error ${error}`);
    };
    const ringLength = Math.max(completions[5]! + completionCount * COMPLETION * 4, submissions[6]! + RING_CALLS * 4);
    this.#ring = new Uint32Array(offered.memoryAt(map(ringLength, 0n), ringLength));
    const entriesLength = RING_CALLS * ENTRY * 4;
    this.#entries = new Int32Array(offered.memoryAt(map(entriesLength, ENTRIES_OFFSET), entriesLength));
    this.#submissionTail = submissions[1]! >> 2;
    for (let i = 0; i < RING_CALLS; i++) this.#ring[(submissions[6]! >> 2) + i] = i;
    this.#completionHead = completions[0]! >> 2;
    this.#completionTail = completions[1]! >> 2;
    this.#completions = completions[5]! >> 2;
    this.#completionMask = completionCount - 1;
  }

  /** `low` and `high`: the address of the octets. */
  send(descriptor: number, low: number, high: number, length: number): void {
    this.#add(SEND, DONT_WAIT | NO_SIGNAL);
    this.#describe(descriptor, low, high, length);
  }

  receive(descriptor: number, low: number, high: number, length: number): void {
    this.#add(RECEIVE, DONT_WAIT);
    this.#describe(descriptor, low, high, length);
  }

  /** Makes the calls, in their order. What each came to goes into `results`: octets, or an error below 0. */
  run(results: Int32Array): void {
    const count = this.#count;
    const made = this.#enter(count);
    if (made !== count) this.#unmade(Math.max(made, 0), count, results);
    this.#read(results);
  }

  /** The calls that it makes are made at once, and what must not wait does not. */
  works(): boolean {
    const { calls, addressOf } = this.#kernel;
    const pair = new Int32Array(32);
    if (calls.socketpair(AF_UNIX, SOCK_STREAM | CLOSE_ON_EXEC, 0, addressOf(pair)) !== 0) return false;
    const [one, other] = pair as unknown as [number, number];
    try {
      const said = Buffer.alloc(128, 'octets');
      const heard = Buffer.alloc(128);
      const at = (octets: Buffer): [number, number] => halves(addressOf(octets));
      const results = new Int32Array(RING_CALLS);
      this.send(one, ...at(said), said.length);
      this.receive(other, ...at(heard), heard.length);
      this.receive(other, ...at(heard), heard.length);
      // waiting for none: one that waits would be found out
      if (this.#enter(0) !== 3 || this.#ring[this.#completionTail] !== 3) return false;
      this.#read(results);
      return results[0] === said.length && results[1] === said.length && results[2] === -EAGAIN && heard.equals(said);
    } finally {
      calls.close(one);
      calls.close(other);
    }
  }

  /** Nothing can be done with it any more: every call fails with EAGAIN. */
  close(): void {
    this.#kernel.calls.close(this.#descriptor);
    this.#descriptor = -1;
  }

  /** How many calls the kernel has made; it returns when `completed` are over. */
  #enter(completed: number): number {
    const count = this.#count;
    this.#count = 0;
    this.#ring[this.#submissionTail] = this.#tail;
    return this.#kernel.calls.io_uring_enter(this.#descriptor, count, completed, completed === 0 ? 0 : GET_EVENTS);
  }

  #read(results: Int32Array): void {
    const ring = this.#ring;
    const tail = ring[this.#completionTail]!;
    let head = this.#head;
    for (; head !== tail; head = (head + 1) >>> 0) {
      const at = this.#completions + (head & this.#completionMask) * COMPLETION;
      results[ring[at]!] = ring[at + RESULT]!;
    }
    ring[this.#completionHead] = this.#head = head;
  }

  #add(operation: number, flags: number): void {
    const at = (this.#tail & (RING_CALLS - 1)) * ENTRY;
    const entries = this.#entries;
    entries[at] = operation;
    entries[at + FLAGS] = flags;
    entries[at + USER_DATA] = this.#count++;
  }

  #describe(descriptor: number, low: number, high: number, length: number): void {
    const at = (this.#tail & (RING_CALLS - 1)) * ENTRY;
    this.#tail = (this.#tail + 1) >>> 0;
    const entries = this.#entries;
    entries[at + DESCRIPTOR] = descriptor;
    entries[at + ADDRESS] = low;
    entries[at + ADDRESS + 1] = high;
    entries[at + LENGTH] = length;
  }

  /** The kernel had no memory for all of them: the rest is to be done another way. */
  #unmade(made: number, count: number, results: Int32Array): void {
    this.#tail = (this.#tail - (count - made)) >>> 0;
    this.#ring[this.#submissionTail] = this.#tail;
    results.fill(-EAGAIN, made, count);
  }
}

/** An address in two words. */
export function halves(address: bigint): [low: number, high: number] {
  return [Number(BigInt.asIntN(32, address)), Number(address >> 32n)];
}

/** The thread's; null where there is none to be had, or it does not work as it should. */
export const callRing: () => CallRing | null = (() => {
  let ring: CallRing | null | undefined;
  return () => {
    if (ring === undefined) ring = open();
    return ring;
  };
})();

function open(): CallRing | null {
  if (kernel === null) return null;
  try {
    const ring = new CallRing(kernel);
    if (ring.works()) {
      // A thread may end before the process does. Its mapping (12 KB) stays: whoever called the ring in another `exit` after an munmap would end the process, and threads that end are few.
      process.once('exit', () => ring.close());
      return ring;
    }
    ring.close();
  } catch {
    // forbidden (kernel.io_uring_disabled, seccomp), or a kernel before 6.0
  }
  return null;
}
