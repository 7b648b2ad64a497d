import { EventEmitter } from 'node:events';

interface Binding {
  readonly streamBaseState: Int32Array;
  readonly kLastWriteWasAsync: number;
}
const binding = (process as unknown as { binding(name: string): Binding }).binding('stream_wrap');

interface Written {
  oncomplete?: (status: number) => void;
}

/** What connections say; one at a time. */
const said = Buffer.allocUnsafeSlow(4 * 1024 * 1024);

/** A socket of which only the octets are real. */
export class Wire extends EventEmitter {
  saidOctets = 0;
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 1;
  readonly localAddress = '127.0.0.1';
  readonly localPort = 2;
  readonly writableLength = 0;
  destroyed = false;
  /** Nothing more is said after this. */
  finished = false;
  /** The kernel takes nothing: what is written waits for `unclog`. */
  clogged = false;
  #waiting: Written[] = [];
  readonly _handle = {
    writeQueueSize: 0,
    writeBuffer: (request: Written, octets: Buffer): number => {
      if (this.destroyed || this.finished) throw new Error('something is said on a socket that is closed, or behind its end');
      if (this.saidOctets + octets.length > said.length) throw new Error('it says more than anybody asked for');
      this.saidOctets += octets.copy(said, this.saidOctets);
      binding.streamBaseState[binding.kLastWriteWasAsync] = this.clogged ? 1 : 0;
      if (this.clogged) {
        this.#waiting.push(request);
        this._handle.writeQueueSize += octets.length;
      }
      return 0;
    },
    writeLatin1String: (): number => 0,
  };

  /** Until the next connection speaks. */
  get said(): Buffer {
    return said.subarray(0, this.saidOctets);
  }

  unclog(): void {
    this.clogged = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    this._handle.writeQueueSize = 0;
    if (!this.destroyed) for (const request of waiting) request.oncomplete?.(0);
  }

  destroy(): void {
    this.destroyed = true;
  }

  end(): void {
    this.finished = true;
  }
}

/** What waits for the end of a turn of the loop: here a turn ends when we say so. */
export class FuzzTurn {
  readonly ring = null;
  #waiting: { turnOver(): void }[] = [];
  #request: Written = {};

  get request(): Written {
    return this.#request;
  }

  requestTaken(completed: (status: number) => void): void {
    this.#request.oncomplete = completed;
    this.requestFailed();
  }

  requestFailed(): void {
    this.#request = {};
  }

  after(output: { turnOver(): void }): void {
    this.#waiting.push(output);
  }

  end(): void {
    const writers = this.#waiting;
    this.#waiting = [];
    for (const writer of writers) writer.turnOver();
  }
}
