import type { OpensslSocket, Sealer } from './openssl-socket.ts';
import type { Room } from './room.ts';
import type { SocketWriter, SocketWriterOptions } from './socket-writer.ts';
import type { StreamBinding, StreamHandle } from './stream-binding.ts';
import { requestFailed, requestTaken, writeRequest } from './write-requests.ts';
import { PIECE_MOST, writeLatin1, type After, type Sending, type Waiting, type WriteTurn } from './write-turn.ts';

/** Octets that are enciphered, and sent, at once. */
const PART_MOST = 64 * 1024;

/**
 * Writes to a connection whose TLS is OpenSSL's alone. What is said in a turn of the loop waits in the turn's room, is enciphered when the turn is over, and leaves with what others said. It is
 * enciphered into octets of the turn: what was given may be overwritten at once.
 */
export class SealingWriter implements SocketWriter, Waiting, Sending, Sealer {
  readonly keeps = false;
  readonly #socket: OpensslSocket;
  readonly #binding: StreamBinding;
  readonly #turn: WriteTurn;
  readonly #completed: (status: number) => void;
  readonly #drained: () => void;
  readonly #refused: (() => void) | null;
  #dead = false;
  /** Tells those who wait for it, when all writers have written. */
  #teller: After | null = null;
  /** Somebody has heard that not all is gone, and may wait for it. */
  #asked = false;
  readonly room: Room;
  /** What is enciphered and leaves with the turn. */
  from = 0;
  to = 0;
  /** What was said in this turn. */
  #from = 0;
  #to = 0;
  #listed = false;
  /** Writes that libuv still holds. */
  #pending = 0;
  /** Whose descriptor it is: asking for it costs a call. */
  #handle: StreamHandle | null = null;
  #descriptor = -1;

  constructor(socket: OpensslSocket, offered: StreamBinding, { turn, drained, refused }: SocketWriterOptions) {
    this.#socket = socket;
    socket.sealer = this;
    this.#binding = offered;
    this.#turn = turn;
    this.room = turn.sealed;
    this.#completed = (status) => {
      this.#pending--;
      if (status < 0) this.#fail();
      else if (this.#pending === 0) {
        this.#asked = false;
        drained();
      }
    };
    this.#drained = drained;
    this.#refused = refused;
  }

  get unsent(): number {
    if (this.#dead) return 0;
    const unsent = this.backlog;
    if (unsent > 0) this.#asked = true;
    return unsent;
  }

  get backlog(): number {
    return this.#to - this.#from + this.to - this.from + (this.#pending === 0 ? 0 : (this.#socket._handle?.writeQueueSize ?? 0));
  }

  get busy(): boolean {
    return this.#pending > 0;
  }

  write(text: string): void {
    const at = this.#claim(text.length);
    if (at >= 0) writeLatin1(this.#turn.room.octets, text, at);
    else this.writeBuffer(Buffer.from(text, 'latin1'));
  }

  writeOctets(buffer: Buffer, start: number, end: number): void {
    const at = this.#claim(end - start);
    if (at >= 0) buffer.copy(this.#turn.room.octets, at, start, end);
    else this.writeBuffer(buffer.subarray(start, end));
  }

  writeBuffer(buffer: Buffer): void {
    this.#sealSaid();
    if (buffer.length > 0) this.#seal(this.#socket.addressOf(buffer), buffer.length);
  }

  flush(): void {
    this.#sealSaid();
    this.leave();
  }

  leave(): void {
    if (this.from < this.to) this.#turn.leave();
  }

  end(): void {
    this.#sealSaid();
    if (this.from < this.to) {
      const { room } = this;
      if (this.to === room.used && room.left >= this.#socket.sealed(0)) {
        this.#socket.sealEnd(room);
        this.to = room.used;
      }
      this.#turn.leave();
    }
    this.#socket.end();
  }

  turnOver(): null {
    this.#listed = false;
    this.#sealSaid();
    return null;
  }

  get descriptor(): number {
    const handle = this.#open;
    if (handle === null) return -1;
    if (handle !== this.#handle) {
      this.#handle = handle;
      this.#descriptor = handle.fd ?? -1;
    }
    return this.#descriptor;
  }

  sent(result: number): void {
    const from = result > 0 ? this.from + result : this.from;
    const to = this.to;
    this.from = this.to = 0;
    if (from < to) this.#post(from, to);
    else this.#gone();
  }

  /** What was said has been taken. */
  #gone(): void {
    if (this.#asked && this.#pending === 0) this.#turn.after((this.#teller ??= { turnOver: () => this.#tell() }));
  }

  #tell(): void {
    if (!this.#asked || this.#pending > 0) return;
    this.#asked = false;
    this.#drained();
  }

  /** Where in the turn's room `length` octets may be put; -1 where they must go another way. */
  #claim(length: number): number {
    if (length > PIECE_MOST || length === 0) return -1;
    const turn = this.#turn;
    turn.fits(length);
    const at = turn.room.used;
    if (this.#to !== at || this.#from === this.#to) {
      // others have spoken in between
      this.#sealSaid();
      this.#from = at;
      if (!this.#listed) {
        this.#listed = true;
        turn.add(this);
      }
    }
    turn.room.used = this.#to = at + length;
    return at;
  }

  #sealSaid(): void {
    const from = this.#from;
    const to = this.#to;
    if (from === to) return;
    this.#from = this.#to = 0;
    this.#seal(this.#turn.room.at + BigInt(from), to - from);
  }

  #seal(at: bigint, length: number): void {
    for (let done = 0; done < length; ) {
      const part = Math.min(length - done, PART_MOST);
      if (!this.#sealPart(done === 0 ? at : at + BigInt(done), part)) return;
      done += part;
    }
  }

  #sealPart(at: bigint, length: number): boolean {
    const socket = this.#socket;
    const { room } = this;
    const turn = this.#turn;
    const waits = this.from < this.to;
    // what one connection says must lie in one piece
    if (socket.sealed(length) > room.left || (waits && this.to !== room.used)) turn.leave();
    const start = room.used;
    if (!socket.seal(at, length, room)) return false;
    const end = room.used;
    if (this.from < this.to) this.to = end;
    else if (length <= PIECE_MOST && this.#pending === 0 && !socket.stalled && turn.ring !== null && this.descriptor >= 0) {
      this.from = start;
      this.to = end;
      turn.send(this);
    } else this.#post(start, end);
    return true;
  }

  /** By libuv, behind what it holds. */
  #post(from: number, to: number): void {
    const handle = this.#open;
    if (handle === null) return;
    const { room } = this;
    const { streamBaseState, kLastWriteWasAsync } = this.#binding;
    // behind what a slow peer has not taken the room must not be lent for each piece
    const copied = this.#pending > 0;
    const octets = copied ? Buffer.from(room.view(from, to)) : room.view(from, to);
    if (handle.writeBuffer(writeRequest(), octets) !== 0) {
      requestFailed();
      this.#fail();
      return;
    }
    const taken = streamBaseState[kLastWriteWasAsync] === 0;
    if (room.used === to && (taken || copied)) room.used = from;
    if (taken) return this.#gone();
    if (!copied) room.lend();
    this.#pending++;
    requestTaken(this.#completed, octets);
  }

  /** What can be written to. */
  get #open(): (StreamHandle & { readonly fd?: number }) | null {
    return this.#dead ? null : this.#socket._handle;
  }

  #fail(): void {
    if (this.#refused === null) return void this.#socket.destroy();
    // what was under way when we closed the socket fails too
    if (this.#dead || this.#socket._handle === null) return;
    this.#dead = true;
    // not inside of a turn, where writers call nobody
    process.nextTick(this.#refused);
  }
}
