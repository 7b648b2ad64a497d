import type { SocketWriter, SocketWriterOptions } from './socket-writer.ts';
import type { StreamBinding, StreamHandle, WriteRequest } from './stream-binding.ts';
import type { ClientSocket } from './tcp-socket.ts';
import { PIECE_MOST, writeLatin1, type Waiting, type WriteTurn } from './write-turn.ts';

/** What waits for a slow peer of TLS is joined up to so much. */
const WAITING_MOST = 64 * 1024;

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
export class TlsWriter implements SocketWriter, Waiting {
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
