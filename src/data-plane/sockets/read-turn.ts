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
  /** libuv goes on with its connection (`changeHandle`). Only where that is not so from the beginning. */
  adopt?(): object | null;
}

/** A socket that listens. */
export interface TurnListener {
  /** There are connections to be accepted. */
  somebodyComes(): void;
}

/** libuv's TCP handle, whose reading a `ReadTurn` takes over when there is much to be read. */
interface TurnHandle extends StreamHandle {
  readonly fd: number;
  readStart(): number;
  readStop(): number;
  close(closed?: () => void): void;
  reset(closed?: () => void): number;
  inTurn?: TurnConnection;
  /** Where it is not libuv's, which can have it. */
  adopt?(): object | null;
}

type Inherited = Pick<TurnHandle, 'readStart' | 'readStop' | 'close' | 'reset'>;

/**
 * Gives the reading of a plain socket, which has not been read yet, to the thread's `ReadTurn`. FIN and errors are told as before. Does nothing, and answers false, where there is none: then it is
 * read as before.
 */
export function readInTurns(socket: object, reader: TurnReader): boolean {
  const { _handle: handle } = socket as { readonly _handle?: TurnHandle | null };
  if (!handle || readTurn() === null) return false;
  take(handle, new TurnConnection(handle, reader));
  return true;
}

function take(handle: TurnHandle, connection: TurnConnection): void {
  handle.inTurn = connection;
  handle.onread = onread;
  handle.readStart = readStart;
  handle.readStop = readStop;
  handle.close = close;
  handle.reset = reset;
}

/** Libuv's handle has taken the place of another one of the same descriptor. Whoever is told of ends and errors is so as the new one has it. */
export function changeHandle(from: object, to: object): void {
  const connection = (from as Partial<TurnHandle>).inTurn;
  if (connection === undefined) return;
  const handle = to as TurnHandle;
  connection.changeHandle(handle);
  take(handle, connection);
}

/** Tells of connections that come at a socket which listens, until the answer is called. Null where there is no `ReadTurn`. */
export function listenInTurns(descriptor: number, listener: TurnListener): (() => void) | null {
  const turn = readTurn();
  return turn !== null && turn.listen(descriptor, listener) ? () => turn.leave(descriptor) : null;
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
  handle: TurnHandle;
  readonly reader: TurnReader;
  /** What is told of ends and errors, and of what it reads by itself. */
  onread: NonNullable<StreamHandle['onread']>;
  /** What libuv does. */
  inherited: Inherited;
  /** Libuv cannot read it. */
  ours: boolean;
  /** Libuv reads it. */
  byLibuv = false;
  /** It has been read in turns that were not worth it for the others, so many times. */
  alone = 0;
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
    this.ours = handle.adopt !== undefined;
  }

  changeHandle(handle: TurnHandle): void {
    this.handle = handle;
    this.onread = handle.onread!;
    this.inherited = Object.getPrototypeOf(handle) as Inherited;
    this.ours = false;
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
/** So many reads that are not worth it a connection may have before libuv goes on with it, which costs about as much: many have no more. */
const ALONE_MOST = 8;

/** Fewer reads than these are made one by one: a call of the ring costs about as much as two of them. */
const IN_RING_FROM = 3;

/** In the place of a connection's number. */
const LISTENS = 0;
/** Of those who come in one turn; there is room for others. */
const FRESH_MOST = RING_CALLS / 2;

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
  readonly #listeners: (TurnListener | undefined)[] = [];
  /** Who has come in this turn: has something to say, as likely as not. Null outside of accepting. */
  #fresh: TurnConnection[] | null = null;
  readonly #spareFresh: TurnConnection[] = [];
  readonly #events = new Uint32Array(RING_CALLS * EVENT);
  readonly #eventsAt: bigint;
  readonly #event = new Uint32Array(32);
  readonly #eventAt: bigint;
  /** Where octets go that may go anywhere. */
  readonly #slots: Buffer[] = [];
  readonly #slotAt: bigint[] = [];
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
      const at = offered.addressOf(slot);
      const [low, high] = halves(at);
      this.#slots.push(slot);
      this.#slotAt.push(at);
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
    if (connection.descriptor >= 0) {
      this.#remove(connection);
      return 0;
    }
    connection.byLibuv = false;
    return connection.inherited.readStop.call(connection.handle);
  }

  /** It has read something by itself, and others do too. */
  take(connection: TurnConnection): void {
    if (connection.reader.readsAlone || connection.inherited.readStop.call(connection.handle) !== 0) return;
    connection.byLibuv = false;
    if (this.#add(connection) !== 0) this.#leaveAlone(connection);
  }

  /** Its descriptor is being closed, by which epoll forgets it. */
  close(connection: TurnConnection): void {
    connection.reading = false;
    connection.closed = true;
    connection.kept = null;
    if (connection.descriptor >= 0) this.#forget(connection);
  }

  /** False where the kernel refuses. */
  listen(descriptor: number, listener: TurnListener): boolean {
    if (this.#watch(descriptor, LISTENS) !== 0) return false;
    this.#listeners[descriptor] = listener;
    return true;
  }

  leave(descriptor: number): void {
    this.#listeners[descriptor] = undefined;
    this.#kernel.calls.epoll_ctl(this.#poll, REMOVE, descriptor, this.#eventAt);
    this.#watchesLess();
  }

  #begin(connection: TurnConnection): number {
    if (connection.reader.readsAlone || (connection.ours ? this.#always === false : !this.together)) return this.#leaveAlone(connection);
    if (!connection.ours || this.#fresh === null || this.#fresh.length === FRESH_MOST) return this.#add(connection);
    this.#fresh.push(connection);
    return 0;
  }

  #add(connection: TurnConnection): number {
    const descriptor = connection.handle.fd;
    const number = (this.#numbers = ((this.#numbers + 1) >>> 0) || LISTENS + 1);
    const error = this.#watch(descriptor, number);
    if (error !== 0) return error;
    connection.descriptor = descriptor;
    connection.number = number;
    this.#connections[descriptor] = connection;
    return 0;
  }

  /** 0, or an error of libuv's. */
  #watch(descriptor: number, number: number): number {
    const event = this.#event;
    event[0] = READABLE;
    event[EVENT - 2] = descriptor;
    event[EVENT - 1] = number;
    if (this.#kernel.calls.epoll_ctl(this.#poll, ADD, descriptor, this.#eventAt) !== 0) return -this.#kernel.errno[0]!;
    // who is being read keeps the thread alive
    if (this.#count++ === 0) this.#handle.ref();
    return 0;
  }

  #watchesLess(): void {
    if (--this.#count === 0) this.#handle.unref();
  }

  #remove(connection: TurnConnection): void {
    const { descriptor } = connection;
    this.#forget(connection);
    this.#kernel.calls.epoll_ctl(this.#poll, REMOVE, descriptor, this.#eventAt);
  }

  #forget(connection: TurnConnection): void {
    this.#connections[connection.descriptor] = undefined;
    connection.descriptor = -1;
    this.#watchesLess();
  }

  /** Somebody has something to say. Those for whom there is no room come in the next turn: epoll tells of them until they are read. */
  #read(): void {
    const ready = this.#kernel.calls.epoll_wait(this.#poll, this.#eventsAt, RING_CALLS, 0);
    const events = this.#events;
    const speaking = this.#speaking;
    let count = 0;
    // first, while no calls are in the ring: those who accept may make some themselves
    for (let i = 0, at = EVENT - 2; i < ready; i++, at += EVENT) {
      if (events[at + 1] === LISTENS) count = this.#accept(events[at]!, count);
    }
    for (let i = 0, at = EVENT - 2; i < ready && count < RING_CALLS; i++, at += EVENT) {
      const connection = this.#connections[events[at]!];
      if (connection === undefined || connection.number !== events[at + 1]) continue;
      speaking[count++] = connection;
    }
    if (count === 0) return;
    this.reads += count;
    const results = this.#results;
    if (count < IN_RING_FROM) for (let i = 0; i < count; i++) results[i] = this.#receive(i);
    else {
      for (let i = 0; i < count; i++) this.#ring.receive(this.#descriptorOf(speaking[i]!), this.#slotLow[i]!, this.#slotHigh[i]!, SLOT);
      this.#ring.run(results);
    }
    for (let i = 0; i < count; i++) {
      const connection = speaking[i]!;
      // not kept when it is closed
      speaking[i] = null;
      this.#heard(connection, this.#slots[i]!, results[i]!);
      this.#goOn(connection);
    }
  }

  /** Sockets do not wait here: libuv's neither. */
  #receive(index: number): number {
    const length = this.#kernel.calls.read(this.#descriptorOf(this.#speaking[index]!), this.#slotAt[index]!, SLOT);
    return length < 0 ? -this.#kernel.errno[0]! : length;
  }

  #descriptorOf({ descriptor, handle }: TurnConnection): number {
    return descriptor >= 0 ? descriptor : handle.fd;
  }

  /** Those who come are heard in this turn: behind `count` who are. How many they are then. */
  #accept(descriptor: number, count: number): number {
    const listener = this.#listeners[descriptor];
    if (listener === undefined) return count;
    const fresh = (this.#fresh = this.#spareFresh);
    try {
      listener.somebodyComes();
    } finally {
      // whoever is to be read outside of this would wait for ever
      this.#fresh = null;
    }
    for (let i = 0; i < fresh.length; i++) {
      const connection = fresh[i]!;
      if (!connection.reading) continue;
      if (!connection.ours || count === FRESH_MOST) this.#goOn(connection);
      else this.#speaking[count++] = connection;
    }
    fresh.length = 0;
    return count;
  }

  /** Somebody wants to hear it, and it may be that nobody reads it. */
  #goOn(connection: TurnConnection): void {
    if (!connection.reading || connection.descriptor >= 0 || connection.byLibuv || connection.kept !== null) return;
    const error = this.#begin(connection);
    if (error !== 0) this.#tell(connection, error);
  }

  #heard(connection: TurnConnection, buffer: Buffer, result: number): void {
    if (connection.closed || result === -EAGAIN || result === -EINTR) return;
    // somebody who was heard earlier in this turn has stopped it
    if (!connection.reading) connection.kept = result > 0 ? Buffer.from(buffer.subarray(0, result)) : result;
    else if (result > 0) {
      connection.reader.heardInTurn(buffer, result);
      if (connection.reading && !connection.byLibuv && (result === SLOT || connection.reader.readsAlone || this.#isAlone(connection))) this.#giveBack(connection);
    } else this.#ended(connection, result);
  }

  /** It is better read by itself. */
  #isAlone(connection: TurnConnection): boolean {
    return !this.together && (!connection.ours || ++connection.alone > ALONE_MOST);
  }

  /** Libuv reads it, or does so again: there is little to be read, or much of this one. */
  #giveBack(connection: TurnConnection): void {
    if (connection.descriptor >= 0) this.#remove(connection);
    const error = this.#leaveAlone(connection);
    if (error !== 0) this.#tell(connection, error);
  }

  /** 0, or an error of libuv's. */
  #leaveAlone(connection: TurnConnection): number {
    // null: it has been closed
    if (connection.ours && connection.reader.adopt!() === null) return 0;
    connection.byLibuv = true;
    return connection.inherited.readStart.call(connection.handle);
  }

  #hearKept(connection: TurnConnection): void {
    const { kept } = connection;
    if (kept === null || !connection.reading) return;
    connection.kept = null;
    if (typeof kept === 'number') return this.#ended(connection, kept);
    connection.reader.heardInTurn(kept, kept.length);
    this.#goOn(connection);
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
