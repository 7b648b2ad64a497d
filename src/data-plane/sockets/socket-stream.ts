import type { ByteStream } from '../../kernel/index.ts';
import type { SocketWriter } from './socket-writer.ts';
import type { ClientSocket } from './tcp-socket.ts';

/** Writes up to this size travel in the string that waits for the end of the turn; larger ones are handed to the kernel at once. */
const SMALL = 16 * 1024;
/** Unsent octets above which whoever writes is asked to wait. */
const BACKLOG = 64 * 1024;

/**
 * A socket as one end of a conversation of octets. Nothing is parsed and nothing kept: what is read goes to the other end in the same call, and waits,
 * if at all, in the writer of the other socket. Whoever owns the socket calls `read`, `drained`, `fin` and `closed`.
 */
export abstract class SocketStream implements ByteStream {
  readonly #socket: ClientSocket;
  readonly #writer: SocketWriter;
  #other: ByteStream | null;
  /** The other end takes no more for now (or not yet). */
  paused = true;
  /** FIN was read. */
  #heardAll = false;
  /** FIN was written. */
  #saidAll = false;
  #over = false;
  #wantsDrain = false;
  /** Destroyed, but what was written before has not gone out yet. */
  #leaving = false;
  /** The peer takes nothing more: it is gone, and what it said before is still being read. */
  #cut = false;
  octetsIn = 0;
  octetsOut = 0;

  constructor(socket: ClientSocket, writer: SocketWriter, other: ByteStream | null) {
    this.#socket = socket;
    this.#writer = writer;
    this.#other = other;
  }

  /** For an end that is made before the other. */
  join(other: ByteStream): void {
    this.#other = other;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Octets went one way or the other. */
  protected abstract moved(): void;
  /** The socket may be read again: give what is held, then read on. */
  protected abstract readOn(): void;
  /** The conversation is over; the socket is closed. */
  protected abstract ended(): void;

  // --- what the owner of the socket tells

  /** Octets from the socket. False: read no more until `readOn`. */
  read(buffer: Buffer, start: number, end: number, stable: boolean): boolean {
    this.octetsIn += end - start;
    this.moved();
    if (this.#other === null || this.#leaving) return true;
    if (!this.#other.write(buffer, start, end, stable)) this.paused = true;
    return !this.paused;
  }

  /** The writer's queue has emptied. */
  drained(): void {
    if (!this.#wantsDrain) return;
    this.#wantsDrain = false;
    this.moved();
    this.#other?.resume();
  }

  /** The peer takes nothing more. What it said before it went lies in the kernel, and the end behind it. */
  refused(): void {
    if (this.#over || this.#cut) return;
    this.#cut = true;
    if (this.#heardAll || this.#leaving) this.#socket.destroy();
    else this.drained();
  }

  /** FIN from the socket, after all that was read. */
  fin(): void {
    if (this.#heardAll || this.#over) return;
    this.#heardAll = true;
    if (this.#leaving || this.#cut) this.#socket.destroy();
    else this.#other?.end();
  }

  /** The socket is closed. */
  closed(reset: boolean): void {
    if (this.#over) return;
    this.#over = true;
    const other = this.#other;
    this.#other = null;
    if (!this.#heardAll || !this.#saidAll || this.#cut) other?.destroy(reset || this.#cut);
    this.ended();
  }

  // --- what the other end tells

  write(buffer: Buffer, start: number, end: number, stable: boolean): boolean {
    if (this.#over || this.#saidAll || this.#cut) return true;
    const length = end - start;
    this.octetsOut += length;
    this.moved();
    const writer = this.#writer;
    if (stable) {
      writer.writeBuffer(buffer.subarray(start, end));
      if (writer.unsent === 0) return true;
    } else {
      if (length <= SMALL) writer.writeOctets(buffer, start, end);
      else writer.writeBuffer(Buffer.from(buffer.subarray(start, end)));
      if (writer.unsent < BACKLOG) return true;
    }
    this.#wantsDrain = true;
    return false;
  }

  end(): void {
    if (this.#over || this.#saidAll) return;
    this.#saidAll = true;
    this.moved();
    // both sides closed, the socket closes by itself
    if (!this.#cut) this.#writer.end();
  }

  resume(): void {
    if (!this.paused || this.#over) return;
    this.paused = false;
    this.readOn();
  }

  destroy(reset: boolean): void {
    if (this.#over || this.#leaving) return;
    this.#leaving = true;
    this.#other = null;
    if (this.#writer.unsent > 0) {
      // the last words (a close frame) are worth more than the way in which the conversation broke off
      this.#socket.once('finish', () => this.#socket.destroy());
      if (!this.#saidAll) this.#writer.end();
      this.#saidAll = true;
      this.paused = false;
      this.readOn();
    // not while FIN is on its way: libuv refuses (EINVAL), and Node then forgets to close the handle
    } else if (reset && !this.#saidAll && !('encrypted' in this.#socket)) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }
}
