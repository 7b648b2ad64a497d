import { socketWriter, type SocketWriter } from './socket-writer.ts';
import type { ClientSocket } from './tcp-socket.ts';
import type { WriteTurn } from './write-turn.ts';

const OCTETS = 32 * 1024;
const SPARE_MOST = 64;
const NOTHING = Buffer.alloc(0);

/** Buffers that are filled with frames and sent; one set a thread. */
export class FrameBuffers {
  readonly #spare: Buffer[] = [];

  take(octets: number): Buffer {
    return octets > OCTETS ? Buffer.allocUnsafeSlow(octets) : (this.#spare.pop() ?? Buffer.allocUnsafeSlow(OCTETS));
  }

  give(buffer: Buffer): void {
    if (buffer.length === OCTETS && this.#spare.length < SPARE_MOST) this.#spare.push(buffer);
  }
}

export interface FrameOutputOptions {
  readonly turn: WriteTurn;
  readonly buffers: FrameBuffers;
  /** Called when everything has been taken by the kernel, after it was not. */
  readonly drained: () => void;
}

/**
 * What one connection says in frames: written straight into a buffer, and sent once a turn of the loop, so that the frames of all its streams
 * leave in one write and one TLS record. A connection that says nothing holds no buffer.
 */
export class FrameOutput {
  /** Write here, from what `reserve` answers; then `commit`. */
  buffer: Buffer = NOTHING;
  #length = 0;
  readonly #writer: SocketWriter;
  readonly #turn: WriteTurn;
  readonly #buffers: FrameBuffers;
  readonly #drained: () => void;
  /** Full buffers that wait behind a write that is under way. */
  #full: Buffer[] = [];
  #fullOctets = 0;
  /** The kernel, or OpenSSL, has not let go of it yet. */
  #sending: Buffer | null = null;
  #awaited = false;
  #listed = false;
  #ending = false;
  /** Rises with each buffer that has been sent: what was written under the same number can still be changed. */
  batch = 0;

  constructor(socket: ClientSocket, options: FrameOutputOptions) {
    this.#turn = options.turn;
    this.#buffers = options.buffers;
    this.#drained = options.drained;
    this.#writer = socketWriter(socket, { turn: options.turn, drained: () => this.#sent() });
  }

  /** Octets that wait for the kernel, those of this turn included. */
  get unsent(): number {
    return this.#length + this.#fullOctets + this.#writer.unsent;
  }

  /** Makes sure that so many octets can be written; where. */
  reserve(octets: number): number {
    if (this.#length + octets <= this.buffer.length) return this.#length;
    if (this.#length > 0) {
      if (this.#sending === null) this.flush();
      else {
        this.#full.push(this.buffer.subarray(0, this.#length));
        this.#fullOctets += this.#length;
        this.#length = 0;
        this.buffer = NOTHING;
        this.batch++;
      }
    }
    if (this.buffer.length < octets) {
      if (this.buffer !== NOTHING) this.#buffers.give(this.buffer);
      this.buffer = this.#buffers.take(octets);
    }
    return this.#length;
  }

  /** The octets up to `end` of `buffer` are to be sent. */
  commit(end: number): void {
    this.#length = end;
    if (!this.#listed) {
      this.#listed = true;
      this.#turn.add(this);
    }
  }

  turnOver(): void {
    this.#listed = false;
    this.flush();
  }

  flush(): void {
    if (this.#sending !== null) return;
    while (this.#full.length > 0 || this.#length > 0) {
      let octets: Buffer;
      const next = this.#full.shift();
      if (next === undefined) {
        octets = this.buffer.subarray(0, this.#length);
        this.#length = 0;
        this.batch++;
      } else {
        octets = next;
        this.#fullOctets -= next.length;
      }
      this.#writer.writeBuffer(octets);
      if (this.#writer.unsent > 0) {
        this.#sending = octets;
        this.#awaited = true;
        // it is the writer's until it is through
        if (next === undefined) this.buffer = NOTHING;
        return;
      }
      if (next !== undefined) this.#giveBack(next);
    }
    if (this.buffer !== NOTHING) {
      this.#buffers.give(this.buffer);
      this.buffer = NOTHING;
    }
    if (this.#ending) this.#writer.end();
  }

  /** FIN once everything has gone. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    if (this.#sending === null) this.flush();
  }

  #sent(): void {
    const sent = this.#sending;
    if (sent === null) return;
    this.#sending = null;
    this.#giveBack(sent);
    this.flush();
    if (this.#sending === null && this.#awaited) {
      this.#awaited = false;
      this.#drained();
    }
  }

  #giveBack(part: Buffer): void {
    // the whole buffer, of which a part was sent
    const whole = part.buffer;
    if (whole.byteLength === OCTETS) this.#buffers.give(Buffer.from(whole as ArrayBuffer, 0, OCTETS));
  }
}
