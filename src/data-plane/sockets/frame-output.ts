import { socketWriter, type SocketWriter } from './socket-writer.ts';
import type { ClientSocket } from './tcp-socket.ts';
import type { WriteTurn } from './write-turn.ts';

const OCTETS = 32 * 1024;
const SPARE_MOST = 64;
/** Who hears that so much is unsent may wait for the end of it. */
const WORTH_WAITING = OCTETS;
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
  /** As `SocketWriterOptions.refused`. */
  readonly refused: (() => void) | null;
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
  /** The kernel has not let go of it yet. */
  #sending: Buffer | null = null;
  /** Somebody waits until all has been taken. */
  #awaited = false;
  #listed = false;
  #ending = false;
  /** FIN has been said. */
  #ended = false;
  /** Rises with each buffer that has been sent: what was written under the same number can still be changed. */
  batch = 0;

  constructor(socket: ClientSocket, options: FrameOutputOptions) {
    this.#turn = options.turn;
    this.#buffers = options.buffers;
    this.#drained = options.drained;
    this.#writer = socketWriter(socket, { turn: options.turn, drained: () => this.#sent(), refused: options.refused });
  }

  /** Octets that wait for the kernel, those of this turn included. */
  get unsent(): number {
    const unsent = this.#length + this.#fullOctets + this.#writer.backlog;
    if (unsent > WORTH_WAITING && !this.#awaited) this.#await();
    return unsent;
  }

  #await(): void {
    // the writer tells when it is through to those who have asked; where it is through already, the end of the turn tells
    this.#awaited = true;
    if (this.#writer.unsent === 0 && !this.#listed) {
      this.#listed = true;
      this.#turn.after(this);
    }
  }

  /** Makes sure that so many octets can be written; where. */
  reserve(octets: number): number {
    if (this.#length + octets <= this.buffer.length) return this.#length;
    if (this.#length > 0) {
      this.#send();
      if (this.#length > 0) {
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
    // what is still asked for after our FIN is answered by nobody
    if (this.#ended) return this.#putBack();
    this.#length = end;
    if (!this.#listed) {
      this.#listed = true;
      this.#turn.after(this);
    }
  }

  turnOver(): void {
    this.#listed = false;
    this.flush();
  }

  flush(): void {
    if (!this.#send()) return;
    this.#putBack();
    if (this.#ending) {
      this.#ended = true;
      this.#writer.end();
    } else if (this.#awaited && this.#writer.unsent === 0) {
      this.#awaited = false;
      this.#drained();
    }
  }

  #putBack(): void {
    if (this.buffer === NOTHING) return;
    this.#buffers.give(this.buffer);
    this.buffer = NOTHING;
  }

  /** Gives the writer what it takes. False: some of it waits behind what is being written, and goes when that has gone. */
  #send(): boolean {
    const writer = this.#writer;
    while (this.#full.length > 0 || this.#length > 0) {
      if (this.#sending !== null || writer.busy) {
        // it calls back
        if (writer.unsent > 0) this.#awaited = true;
        return false;
      }
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
      writer.writeBuffer(octets);
      if (writer.keeps) {
        this.#sending = octets;
        this.#awaited = true;
        if (next === undefined) this.buffer = NOTHING;
      } else if (next !== undefined) this.#giveBack(next);
    }
    return this.#sending === null;
  }

  /** FIN once everything has gone. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.flush();
  }

  /** All that was written has been taken. */
  #sent(): void {
    const sent = this.#sending;
    this.#sending = null;
    if (sent !== null) this.#giveBack(sent);
    this.flush();
  }

  #giveBack(part: Buffer): void {
    // the whole buffer, of which a part was sent
    const whole = part.buffer;
    if (whole.byteLength === OCTETS) this.#buffers.give(Buffer.from(whole as ArrayBuffer, 0, OCTETS));
  }
}
