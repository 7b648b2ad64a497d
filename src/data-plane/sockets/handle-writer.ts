import type { Room } from './room.ts';
import type { SocketWriter, SocketWriterOptions } from './socket-writer.ts';
import type { StreamBinding, StreamHandle } from './stream-binding.ts';
import type { ClientSocket } from './tcp-socket.ts';
import { requestFailed, requestTaken, writeRequest } from './write-requests.ts';
import { PIECE_MOST, writeLatin1, type Sending, type Waiting, type WriteTurn } from './write-turn.ts';

/** Less than this nobody waits for: it leaves when the turn is over, and nobody is told. As much as a turn has room for, and no more. */
const WORTH_WAITING = 64 * 1024;

/** Writes to a handle without TLS. */
export class HandleWriter implements SocketWriter, Waiting, Sending {
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
    if (handle) this.#after(handle.writeLatin1String(writeRequest(), text), null);
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
    if (handle) this.#after(handle.writeBuffer(writeRequest(), buffer), buffer);
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
    if (this.#after(handle.writeBuffer(writeRequest(), octets), octets)) this.room.lend();
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
      requestFailed();
      this.#fail();
      return false;
    }
    const { streamBaseState, kLastWriteWasAsync } = this.#binding;
    if (streamBaseState[kLastWriteWasAsync] === 0) return false;
    this.#pending++;
    requestTaken(this.#completed, kept);
    return true;
  }
}
