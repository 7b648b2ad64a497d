import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { OpensslSocket } from './openssl-socket.ts';
import type { Room } from './room.ts';
import { SealingWriter } from './sealing-writer.ts';
import { streamBinding, type StreamBinding, type StreamHandle, type WriteRequest } from './stream-binding.ts';
import type { ClientSocket } from './tcp-socket.ts';
import { TlsSocket } from './tls-socket.ts';
import { writeLatin1, type Sending, type Waiting, type WriteTurn } from './write-turn.ts';

/**
 * Writes to a socket without the stream in front of it. `socket.write` keeps a queue, a state machine and a `nextTick` a write; libuv keeps a
 * queue of its own, and nearly every write is taken by the kernel at once. And small pieces wait until the turn of the loop is over: what one
 * connection says in a turn leaves in one system call, and the calls of all connections come one after the other, which the kernel does
 * cheaper than here and there (docs/decisions/0003). They wait as octets in the buffer of the turn (`WriteTurn`): no string is joined, flattened
 * or encoded twice. Where Node does not offer what it takes, writes go through the stream.
 */
export interface SocketWriter {
  /** A latin1 string: an octet a character. */
  write(text: string): void;
  /** Octets `start` to `end` of `buffer`, which may be overwritten when it returns. */
  writeOctets(buffer: Buffer, start: number, end: number): void;
  /** The octets must stay as they are until `unsent` is 0. Sent at once, behind what waits. */
  writeBuffer(buffer: Buffer): void;
  /** Octets that the kernel has not taken yet. Who hears of as many as `WORTH_WAITING`, or of octets of a buffer that he has given, may wait for `drained`. */
  readonly unsent: number;
  /** The same, for those who will not wait. */
  readonly backlog: number;
  /** What is written now waits behind what is being written. */
  readonly busy: boolean;
  /** Octets that were given to `writeBuffer` are still read. */
  readonly keeps: boolean;
  /** What was said in this turn leaves now, as far as the peer takes it. */
  flush(): void;
  /** FIN once everything that was written has gone. */
  end(): void;
}

/** Longer pieces leave at once: for them a system call of their own is cheaper than a copy. */
const PIECE_MOST = 16 * 1024;
/** What waits for a slow peer of TLS is joined up to so much. */
const WAITING_MOST = 64 * 1024;
/** Less than this nobody waits for: it leaves when the turn is over, and nobody is told. As much as a turn has room for, and no more. */
const WORTH_WAITING = 64 * 1024;

/** True where writes really go past the stream: what the test of a new Node version asks. */
export function writesDirectly(): boolean {
  return streamBinding !== null;
}

export interface SocketWriterOptions {
  readonly turn: WriteTurn;
  /** Called when everything has been taken by the kernel, after it was not. */
  readonly drained: () => void;
  /**
   * The peer takes nothing more, and what is written is dropped. Null: the socket is closed at once. Who sees to it himself may read first what the peer had said
   * before it was gone: the kernel still has it, and tells the end behind it.
   */
  readonly refused: (() => void) | null;
}

export function socketWriter(socket: ClientSocket, options: SocketWriterOptions): SocketWriter {
  // without it there are sockets of Node's own only
  if (streamBinding === null) return new StreamWriter(socket as Socket, options.drained);
  if (socket instanceof OpensslSocket) return new SealingWriter(socket, streamBinding, options);
  return socket instanceof TlsSocket || socket instanceof TLSSocket ? new TlsWriter(socket, streamBinding, options) : new HandleWriter(socket, streamBinding, options);
}

class HandleWriter implements SocketWriter, Waiting, Sending {
  readonly #socket: ClientSocket & { readonly _handle?: (StreamHandle & { readonly fd?: number }) | null };
  readonly #binding: StreamBinding;
  readonly #turn: WriteTurn;
  readonly #completed: (status: number) => void;
  readonly #refused: (() => void) | null;
  #dead = false;
  readonly room: Room;
  /** What was said in this turn, in its room. */
  from = 0;
  to = 0;
  #listed = false;
  /** Writes that libuv still holds. */
  #pending = 0;
  /** Whose descriptor it is: asking for it costs a call. */
  #handle: StreamHandle | null = null;
  #descriptor = -1;

  constructor(socket: ClientSocket, offered: StreamBinding, { turn, drained, refused }: SocketWriterOptions) {
    this.#socket = socket;
    this.#binding = offered;
    this.#turn = turn;
    this.room = turn.room;
    this.#refused = refused;
    this.#completed = (status) => {
      this.#pending--;
      if (status < 0) this.#fail();
      else if (this.#pending === 0) drained();
    };
  }

  get unsent(): number {
    if (this.to - this.from >= WORTH_WAITING) this.#flush();
    if (this.#dead) return 0;
    return this.to - this.from + (this.#pending === 0 ? 0 : (this.#socket._handle?.writeQueueSize ?? 0));
  }

  get backlog(): number {
    return this.unsent;
  }

  get busy(): boolean {
    return this.#pending > 0;
  }

  get keeps(): boolean {
    return this.#pending > 0;
  }

  write(text: string): void {
    const { length } = text;
    if (length === 0) return;
    const at = this.#claim(length);
    if (at >= 0) {
      writeLatin1(this.#turn.room.octets, text, at);
      return;
    }
    this.#flush();
    const handle = this.#open;
    // of what it cannot send at once Node keeps a copy
    if (handle) this.#after(handle.writeLatin1String(this.#turn.request, text), null);
  }

  writeOctets(buffer: Buffer, start: number, end: number): void {
    if (start === end) return;
    const at = this.#claim(end - start);
    if (at >= 0) buffer.copy(this.#turn.room.octets, at, start, end);
    else this.writeBuffer(Buffer.from(buffer.subarray(start, end)));
  }

  writeBuffer(buffer: Buffer): void {
    this.#flush();
    const handle = this.#open;
    if (handle) this.#after(handle.writeBuffer(this.#turn.request, buffer), buffer);
  }

  flush(): void {
    this.#flush();
  }

  end(): void {
    this.#flush();
    // libuv shuts down behind what it holds
    this.#socket.end();
  }

  turnOver(): Sending | null {
    this.#listed = false;
    if (this.from === this.to) return null;
    // what libuv holds goes first
    if (this.#pending === 0 && this.#turn.ring !== null && this.descriptor >= 0) return this;
    this.#flush();
    return null;
  }

  get descriptor(): number {
    const handle = this.#open;
    if (!handle) return -1;
    if (handle !== this.#handle) {
      this.#handle = handle;
      this.#descriptor = handle.fd ?? -1;
    }
    return this.#descriptor;
  }

  /** What the kernel has not taken libuv sends when it can, or tells what is wrong. */
  sent(result: number): void {
    if (result > 0) this.from += result;
    if (this.from === this.to) this.from = this.to = 0;
    else this.#flush();
  }

  /** Where in the turn's room `length` octets may be put; -1 where they must go another way. */
  #claim(length: number): number {
    // behind what a slow peer has not taken nothing is gained by waiting, and the room must not be lent for each piece
    if (length > PIECE_MOST || this.#pending > 0) return -1;
    const turn = this.#turn;
    turn.fits(length);
    const at = turn.room.used;
    if (this.to !== at || this.from === this.to) {
      // others have spoken in between
      this.#flush();
      this.from = at;
      if (!this.#listed) {
        this.#listed = true;
        turn.add(this);
      }
    }
    turn.room.used = this.to = at + length;
    return at;
  }

  #flush(): void {
    const from = this.from;
    const to = this.to;
    if (from === to) return;
    this.from = this.to = 0;
    const handle = this.#open;
    if (!handle) return;
    const octets = this.room.view(from, to);
    if (this.#after(handle.writeBuffer(this.#turn.request, octets), octets)) this.room.lend();
  }

  /** What can be written to. */
  get #open(): (StreamHandle & { readonly fd?: number }) | null | undefined {
    return this.#dead ? null : this.#socket._handle;
  }

  #fail(): void {
    if (this.#refused === null) return void this.#socket.destroy();
    // what was under way when we closed the socket fails too
    if (this.#dead || !this.#socket._handle) return;
    this.#dead = true;
    // not inside of a turn, where writers call nobody
    process.nextTick(this.#refused);
  }

  /** True where libuv goes on holding the octets. */
  #after(error: number, kept: Buffer | null): boolean {
    if (error !== 0) {
      this.#turn.requestFailed();
      this.#fail();
      return false;
    }
    const { streamBaseState, kLastWriteWasAsync } = this.#binding;
    if (streamBaseState[kLastWriteWasAsync] === 0) return false;
    this.#pending++;
    this.#turn.requestTaken(this.#completed, kept);
    return true;
  }
}

type Completed = (status: number) => void;

/**
 * A write through TLS. Node tells that it is through by looking up `oncomplete` and calling it; nearly always there is nothing to be done then, and being
 * looked up is told as well, at a fifth of the cost of a call into JavaScript with all that surrounds it.
 */
interface TlsWrite extends WriteRequest {
  writer: TlsWriter | null;
}

/** Node asks the object itself, not what it inherits from. */
const ONCOMPLETE: PropertyDescriptor & ThisType<TlsWrite> = {
  get() {
    return this.writer?.through();
  },
};

/**
 * TLS takes one write at a time, and tells that it is through on the next turn of the loop: what comes meanwhile waits, and goes as one record. What
 * it takes it has enciphered, or copied, when the call returns.
 */
class TlsWriter implements SocketWriter, Waiting {
  readonly #socket: ClientSocket & { readonly _handle?: StreamHandle | null };
  readonly #binding: StreamBinding;
  readonly #turn: WriteTurn;
  readonly #completed: Completed;
  readonly #refused: (() => void) | null;
  #dead = false;
  /** Two, in turn: the next write may begin while the last is being completed. */
  #request: TlsWrite | null = null;
  #other: TlsWrite | null = null;
  /** Somebody has heard that not all is gone, and may wait for it. */
  #asked = false;
  /** What was said in this turn, in its room; or, while a write is under way, in `waiting`. */
  #from = 0;
  #to = 0;
  #listed = false;
  #waiting: (string | Buffer)[] = [];
  #queued = 0;
  #writing = 0;
  #ending = false;

  constructor(socket: ClientSocket, offered: StreamBinding, { turn, drained, refused }: SocketWriterOptions) {
    this.#socket = socket;
    this.#binding = offered;
    this.#turn = turn;
    this.#refused = refused;
    this.#completed = (status) => {
      this.#writing = 0;
      if (status < 0) this.#fail();
      else if (this.#queued > 0) this.#flush();
      else {
        this.#asked = false;
        if (this.#ending) this.#socket.end();
        drained();
      }
    };
  }

  get unsent(): number {
    const unsent = this.backlog;
    if (unsent > 0) this.#asked = true;
    return unsent;
  }

  get backlog(): number {
    return this.#to - this.#from + this.#queued + this.#writing;
  }

  get busy(): boolean {
    return this.#writing > 0 || this.#queued > 0;
  }

  /** What is under way has been enciphered, or copied. */
  get keeps(): boolean {
    return this.#queued > 0;
  }

  /** The write under way is through. What is still to be done about it, if anything is. */
  through(): Completed | undefined {
    if (this.#asked || this.#ending || this.#queued > 0) return this.#completed;
    this.#writing = 0;
    return undefined;
  }

  write(text: string): void {
    const at = this.#claim(text.length);
    if (at >= 0) writeLatin1(this.#turn.room.octets, text, at);
    else this.#wait(text);
  }

  writeOctets(buffer: Buffer, start: number, end: number): void {
    const at = this.#claim(end - start);
    if (at >= 0) buffer.copy(this.#turn.room.octets, at, start, end);
    else this.#wait(Buffer.from(buffer.subarray(start, end)));
  }

  writeBuffer(buffer: Buffer): void {
    this.#wait(buffer);
    this.#flush();
  }

  flush(): void {
    this.#flush();
  }

  end(): void {
    this.#ending = true;
    this.#flush();
    if (this.#writing === 0) this.#socket.end();
  }

  turnOver(): null {
    this.#listed = false;
    this.#flush();
    return null;
  }

  #claim(length: number): number {
    if (length > PIECE_MOST || length === 0 || this.#writing > 0 || this.#queued > 0) return -1;
    const turn = this.#turn;
    turn.fits(length);
    // to make room what had been said has left, ours too: a claim beside a write under way could outlast the turn, and the next one would write over it
    if (this.#writing > 0) return -1;
    const at = turn.room.used;
    if (this.#from === this.#to) this.#from = at;
    else if (this.#to !== at) {
      // others have spoken in between, or the room was needed
      this.#flush();
      if (this.#writing > 0) return -1;
      this.#from = at;
    }
    if (!this.#listed) {
      this.#listed = true;
      turn.add(this);
    }
    turn.room.used = this.#to = at + length;
    return at;
  }

  #wait(part: string | Buffer): void {
    if (part.length === 0 || this.#dead) return;
    this.#waiting.push(part);
    this.#queued += part.length;
    if (this.#queued > WAITING_MOST) this.#flush();
    else if (!this.#listed) {
      this.#listed = true;
      this.#turn.add(this);
    }
  }

  #flush(): void {
    if (this.#writing > 0) return;
    const from = this.#from;
    const to = this.#to;
    if (from < to) {
      this.#from = this.#to = 0;
      this.#send(this.#turn.room.view(from, to), false);
      if (this.#writing > 0) return;
    }
    if (this.#queued === 0) return;
    const parts = this.#waiting;
    this.#waiting = [];
    this.#queued = 0;
    if (parts.length === 1) this.#send(parts[0]!, true);
    else if (parts.every((part) => typeof part === 'string')) this.#send(parts.join(''), true);
    else this.#send(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))), true);
  }

  #send(part: string | Buffer, keep: boolean): void {
    const handle = this.#socket._handle;
    if (!handle || this.#dead) return;
    const { streamBaseState, kLastWriteWasAsync } = this.#binding;
    const request = this.#request ?? this.#newRequest();
    this.#request = this.#other;
    this.#other = request;
    const error = typeof part === 'string' ? handle.writeLatin1String(request, part) : handle.writeBuffer(request, part);
    if (error !== 0) return this.#fail();
    if (streamBaseState[kLastWriteWasAsync] === 0) return;
    if (keep && typeof part !== 'string') request.buffer = part;
    this.#writing = part.length;
  }

  #fail(): void {
    if (this.#refused === null) return void this.#socket.destroy();
    // what was under way when we closed the socket fails too
    if (this.#dead || !this.#socket._handle) return;
    this.#dead = true;
    this.#waiting = [];
    this.#queued = 0;
    // not inside of a turn, where writers call nobody
    process.nextTick(this.#refused);
  }

  #newRequest(): TlsWrite {
    const request = Object.defineProperty(new this.#binding.WriteWrap(), 'oncomplete', ONCOMPLETE) as TlsWrite;
    request.writer = this;
    return request;
  }
}

class StreamWriter implements SocketWriter {
  readonly #socket: Socket;
  readonly #written: () => void;

  constructor(socket: Socket, drained: () => void) {
    this.#socket = socket;
    // 'drain' comes only after a write that passed the high-water mark; a smaller one must be waited for too
    this.#written = () => {
      if (socket.writableLength === 0) drained();
    };
  }

  get unsent(): number {
    return this.#socket.writableLength;
  }

  get backlog(): number {
    return this.#socket.writableLength;
  }

  get busy(): boolean {
    return this.#socket.writableLength > 0;
  }

  get keeps(): boolean {
    return this.#socket.writableLength > 0;
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1', this.#written);
  }

  writeOctets(buffer: Buffer, start: number, end: number): void {
    this.#socket.write(Buffer.from(buffer.subarray(start, end)), this.#written);
  }

  writeBuffer(buffer: Buffer): void {
    this.#socket.write(buffer, this.#written);
  }

  flush(): void {
    // nothing waits here
  }

  end(): void {
    this.#socket.end();
  }
}
