import { RING_CALLS, callRing, halves, type CallRing } from './call-ring.ts';
import { streamBinding, type StreamHandle } from './stream-binding.ts';
import { AF_INET, CLOSE_ON_EXEC, EAGAIN, EINTR, SOCK_DGRAM, kernel, type Kernel } from './system-calls.ts';

/** Who hears what a connection says, by itself (as Node has it, `onread`) or in a turn. */
export interface TurnReader {
  /** It has a buffer of its own, which Node knows: a long body is read, and written on, while it is in the processor's cache. */
  readonly readsAlone: boolean;
  /** `length` octets are in `buffer`, which is used again when this returns. Whoever is to hear no more of them stops the handle. */
  heardInTurn(buffer: Buffer, length: number): void;
  /** FIN: what is heard of others in this turn comes before Node says so, if it says so in a tick. */
  endedInTurn(): void;
}

/** libuv's TCP handle, whose reading a `ReadTurn` takes over when there is much to be read. */
interface TurnHandle extends StreamHandle {
  readonly fd: number;
  readStart(): number;
  readStop(): number;
  close(closed?: () => void): void;
  reset(closed?: () => void): number;
  inTurn?: TurnConnection;
}

type Inherited = Pick<TurnHandle, 'readStart' | 'readStop' | 'close' | 'reset'>;

/**
 * Gives the reading of a plain socket, which has not been read yet, to the thread's `ReadTurn`. FIN and errors are told as before. Does nothing, and answers false, where there is none: then it is
 * read as before.
 */
export function readInTurns(socket: object, reader: TurnReader): boolean {
  const { _handle: handle } = socket as { readonly _handle?: TurnHandle | null };
  if (!handle || readTurn() === null) return false;
  handle.inTurn = new TurnConnection(handle, reader);
  handle.onread = onread;
  handle.readStart = readStart;
  handle.readStop = readStop;
  handle.close = close;
  handle.reset = reset;
  return true;
}

/** Leaves a handle, which is not being read, to whoever goes on with it, as it was before `readInTurns`. */
export function leaveTurns(handle: object): void {
  const taken = handle as Partial<TurnHandle>;
  delete taken.inTurn;
  delete taken.readStart;
  delete taken.readStop;
  delete taken.close;
  delete taken.reset;
}

/** A turn of the loop is over, in which something has been said. */
export function turned(): void {
  current?.turned();
}

/** For tests: all are read together from here on, or none; null: as it is worth it. False where there is no `ReadTurn`. */
export function alwaysTogether(always: boolean | null): boolean {
  const turn = readTurn();
  turn?.always(always);
  return turn !== null;
}

class TurnConnection {
  readonly handle: TurnHandle;
  readonly reader: TurnReader;
  /** What is told of ends and errors, and of what it reads by itself. */
  readonly onread: NonNullable<StreamHandle['onread']>;
  /** What libuv does. */
  readonly inherited: Inherited;
  /** Somebody wants to hear it. */
  reading = false;
  closed = false;
  /** By which the poll knows it; -1: it does not. */
  descriptor = -1;
  /** Tells it from another that has had its descriptor. */
  number = 0;
  /** What had been read when nobody wanted to hear it any more: octets, or an error. */
  kept: Buffer | number | null = null;

  constructor(handle: TurnHandle, reader: TurnReader) {
    this.handle = handle;
    this.reader = reader;
    this.onread = handle.onread!;
    this.inherited = Object.getPrototypeOf(handle) as Inherited;
  }
}

/** Who says more at once is read by itself. */
const SLOT = 16 * 1024;
/** Not the same lines of the processor's caches for the beginnings of all of them. */
const SLOT_STRIDE = SLOT + 5 * 64;

/** After so many turns is decided again. */
const TURNS = 256;
/** Reads a turn from which on they are made together, and below which by themselves: a turn of our own costs more than one or two reads save (docs/decisions/0017). */
const TOGETHER_FROM = 4;
const ALONE_BELOW = 2.5;

const ADD = 1;
const REMOVE = 2;
const READABLE = 1;
const END_OF_FILE = -4095;
/** struct epoll_event, in words: packed on x86-64 alone; the last two words are ours. */
const EVENT = process.arch === 'x64' ? 3 : 4;

/** Node's handle of a datagram socket. */
interface DatagramHandle {
  open(descriptor: number): number;
  recvStart(): number;
  ref(): void;
  unref(): void;
  close(): void;
  onmessage: () => void;
}

/**
 * Reads all connections of a thread that have something to say in one system call (`CallRing`), where libuv makes one for each and calls into JavaScript after each; as long as there are few of them
 * libuv does it. Which they are epoll(7) tells: an instance of our own, which libuv watches as one descriptor. Node has no handle for a descriptor of just any kind, but one for datagram sockets,
 * which reports each time that it can be read and cannot: so the instance is put (dup3) where a datagram socket was. docs/decisions/0017.
 */
class ReadTurn {
  readonly #kernel: Kernel;
  readonly #ring: CallRing;
  readonly #poll: number;
  readonly #handle: DatagramHandle;
  readonly #connections: (TurnConnection | undefined)[] = [];
  readonly #events = new Uint32Array(RING_CALLS * EVENT);
  readonly #eventsAt: bigint;
  readonly #event = new Uint32Array(32);
  readonly #eventAt: bigint;
  /** Where octets go that may go anywhere. */
  readonly #slots: Buffer[] = [];
  readonly #slotLow: number[] = [];
  readonly #slotHigh: number[] = [];
  // of the turn that is being read
  readonly #speaking: (TurnConnection | null)[] = [];
  readonly #results = new Int32Array(RING_CALLS);
  /** How many the poll knows. */
  #count = 0;
  #numbers = 0;
  /** Who reads by itself goes over when it does next, and the other way. */
  together = false;
  #always: boolean | null = null;
  /** Since it was decided last. */
  reads = 0;
  #turns = 0;

  constructor(offered: Kernel, ring: CallRing) {
    this.#kernel = offered;
    this.#ring = ring;
    this.#eventsAt = offered.addressOf(this.#events);
    this.#eventAt = offered.addressOf(this.#event);
    const slots = Buffer.allocUnsafeSlow(RING_CALLS * SLOT_STRIDE);
    for (let i = 0; i < RING_CALLS; i++) {
      const slot = slots.subarray(i * SLOT_STRIDE, i * SLOT_STRIDE + SLOT);
      const [low, high] = halves(offered.addressOf(slot));
      this.#slots.push(slot);
      this.#slotLow.push(low);
      this.#slotHigh.push(high);
    }
    const { calls } = offered;
    const { UDP } = (process as unknown as { binding(name: string): { readonly UDP: new () => DatagramHandle } }).binding('udp_wrap');
    this.#handle = new UDP();
    this.#poll = calls.socket(AF_INET, SOCK_DGRAM | CLOSE_ON_EXEC, 0);
    const poll = calls.epoll_create1(CLOSE_ON_EXEC);
    const opened = this.#poll >= 0 && poll >= 0 && this.#handle.open(this.#poll) === 0 && calls.dup3(poll, this.#poll, CLOSE_ON_EXEC) === this.#poll;
    calls.close(poll);
    this.#handle.onmessage = () => this.#read();
    if (!opened || this.#handle.recvStart() !== 0) {
      this.#handle.close();
      throw new Error('no epoll instance');
    }
    this.#handle.unref();
  }

  always(always: boolean | null): void {
    this.#always = always;
    this.together = always ?? false;
  }

  turned(): void {
    if (++this.#turns < TURNS) return;
    const each = this.reads / TURNS;
    this.#turns = this.reads = 0;
    this.together = this.#always ?? each >= (this.together ? ALONE_BELOW : TOGETHER_FROM);
  }

  /** 0, or an error of libuv's. */
  start(connection: TurnConnection): number {
    if (connection.reading) return 0;
    connection.reading = true;
    if (connection.kept !== null) {
      setImmediate(() => this.#hearKept(connection));
      return 0;
    }
    return this.#begin(connection);
  }

  stop(connection: TurnConnection): number {
    connection.reading = false;
    if (connection.descriptor < 0) return connection.inherited.readStop.call(connection.handle);
    this.#remove(connection);
    return 0;
  }

  /** It has read something by itself, and others do too. */
  take(connection: TurnConnection): void {
    if (connection.reader.readsAlone || connection.inherited.readStop.call(connection.handle) !== 0) return;
    if (this.#add(connection) !== 0) connection.inherited.readStart.call(connection.handle);
  }

  /** Its descriptor is being closed, by which epoll forgets it. */
  close(connection: TurnConnection): void {
    connection.reading = false;
    connection.closed = true;
    connection.kept = null;
    if (connection.descriptor >= 0) this.#forget(connection);
  }

  #begin(connection: TurnConnection): number {
    return this.together && !connection.reader.readsAlone ? this.#add(connection) : connection.inherited.readStart.call(connection.handle);
  }

  #add(connection: TurnConnection): number {
    const descriptor = connection.handle.fd;
    const number = (this.#numbers = (this.#numbers + 1) >>> 0);
    const event = this.#event;
    event[0] = READABLE;
    event[EVENT - 2] = descriptor;
    event[EVENT - 1] = number;
    if (this.#kernel.calls.epoll_ctl(this.#poll, ADD, descriptor, this.#eventAt) !== 0) return -this.#kernel.errno[0]!;
    connection.descriptor = descriptor;
    connection.number = number;
    this.#connections[descriptor] = connection;
    // who is being read keeps the thread alive
    if (this.#count++ === 0) this.#handle.ref();
    return 0;
  }

  #remove(connection: TurnConnection): void {
    const { descriptor } = connection;
    this.#forget(connection);
    this.#kernel.calls.epoll_ctl(this.#poll, REMOVE, descriptor, this.#eventAt);
  }

  #forget(connection: TurnConnection): void {
    this.#connections[connection.descriptor] = undefined;
    connection.descriptor = -1;
    if (--this.#count === 0) this.#handle.unref();
  }

  /** Somebody has something to say. Those for whom there is no room come in the next turn: epoll tells of them until they are read. */
  #read(): void {
    const ready = this.#kernel.calls.epoll_wait(this.#poll, this.#eventsAt, RING_CALLS, 0);
    const events = this.#events;
    const speaking = this.#speaking;
    let count = 0;
    for (let i = 0, at = EVENT - 2; i < ready; i++, at += EVENT) {
      const connection = this.#connections[events[at]!];
      if (connection === undefined || connection.number !== events[at + 1]) continue;
      this.#ring.receive(connection.descriptor, this.#slotLow[count]!, this.#slotHigh[count]!, SLOT);
      speaking[count++] = connection;
    }
    if (count === 0) return;
    this.reads += count;
    const results = this.#results;
    this.#ring.run(results);
    for (let i = 0; i < count; i++) {
      const connection = speaking[i]!;
      // not kept when it is closed
      speaking[i] = null;
      this.#heard(connection, this.#slots[i]!, results[i]!);
    }
  }

  #heard(connection: TurnConnection, buffer: Buffer, result: number): void {
    if (connection.closed || result === -EAGAIN || result === -EINTR) return;
    // somebody who was heard earlier in this turn has stopped it
    if (!connection.reading) connection.kept = result > 0 ? Buffer.from(buffer.subarray(0, result)) : result;
    else if (result > 0) {
      connection.reader.heardInTurn(buffer, result);
      if (connection.descriptor >= 0 && (!this.together || result === SLOT || connection.reader.readsAlone)) this.#giveBack(connection);
    } else this.#ended(connection, result);
  }

  /** Libuv reads it again: there is little to be read, or much of this one. */
  #giveBack(connection: TurnConnection): void {
    this.#remove(connection);
    const error = connection.inherited.readStart.call(connection.handle);
    if (error !== 0) this.#tell(connection, error);
  }

  #hearKept(connection: TurnConnection): void {
    const { kept } = connection;
    if (kept === null || !connection.reading) return;
    connection.kept = null;
    if (typeof kept === 'number') return this.#ended(connection, kept);
    connection.reader.heardInTurn(kept, kept.length);
    if (!connection.reading || connection.descriptor >= 0) return;
    const error = this.#begin(connection);
    if (error !== 0) this.#tell(connection, error);
  }

  /** FIN, or an error. */
  #ended(connection: TurnConnection, result: number): void {
    connection.reading = false;
    if (connection.descriptor >= 0) this.#remove(connection);
    if (result === 0) connection.reader.endedInTurn();
    if (!connection.closed) this.#tell(connection, result === 0 ? END_OF_FILE : result);
  }

  /** As libuv does. */
  #tell(connection: TurnConnection, error: number): void {
    const { streamBaseState, kReadBytesOrError } = streamBinding!;
    streamBaseState[kReadBytesOrError] = error;
    connection.onread.call(connection.handle, undefined);
  }
}

/** The thread's: undefined as long as nobody has asked for it, null where there is none. */
let current: ReadTurn | null | undefined;

function readTurn(): ReadTurn | null {
  if (current === undefined) current = open();
  return current;
}

function open(): ReadTurn | null {
  const ring = callRing();
  if (kernel === null || ring === null || streamBinding === null) return null;
  try {
    return new ReadTurn(kernel, ring);
  } catch {
    return null;
  }
}

// the handle's own, before those that it has from libuv

function onread(this: StreamHandle, buffer: ArrayBuffer | undefined): unknown {
  const connection = (this as TurnHandle).inTurn!;
  const turn = current!;
  turn.reads++;
  if (turn.together && connection.reading) {
    const length = streamBinding!.streamBaseState[streamBinding!.kReadBytesOrError]!;
    if (length > 0 && length < SLOT) turn.take(connection);
  }
  return connection.onread.call(this, buffer);
}

function readStart(this: TurnHandle): number {
  return current!.start(this.inTurn!);
}

function readStop(this: TurnHandle): number {
  return current!.stop(this.inTurn!);
}

function close(this: TurnHandle, closed?: () => void): void {
  const connection = this.inTurn!;
  current!.close(connection);
  connection.inherited.close.call(this, closed);
}

function reset(this: TurnHandle, closed?: () => void): number {
  const connection = this.inTurn!;
  current!.close(connection);
  return connection.inherited.reset.call(this, closed);
}
