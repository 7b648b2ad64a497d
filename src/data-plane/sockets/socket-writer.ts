import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Writes to a socket without the stream in front of it. `socket.write` keeps a queue, a state machine and a `nextTick` a write; libuv keeps a
 * queue of its own, and nearly every write is taken by the kernel at once. And strings wait until the turn of the loop is over: what one
 * connection says in a turn leaves in one system call, and the calls of all connections come one after the other, which the kernel does
 * cheaper than here and there (docs/decisions/0003). Where Node does not offer what it takes (`process.binding` is deprecated), writes go
 * through the stream.
 */
export interface SocketWriter {
  /** A latin1 string: an octet a character. */
  write(text: string): void;
  /** The octets must stay as they are until `unsent` is 0. Sent at once, behind what waits. */
  writeBuffer(buffer: Buffer): void;
  /** Octets that the kernel has not taken yet. */
  readonly unsent: number;
  /** FIN once everything that was written has gone. */
  end(): void;
}

interface Waiting {
  flush(): void;
}

/** The writers that have something to say at the end of this turn of the loop. One a thread or a few: each costs an immediate a turn. */
export class WriteTurn {
  #writers: Waiting[] = [];
  #spare: Waiting[] = [];
  readonly #run = (): void => {
    const writers = this.#writers;
    // what a flush makes others say waits for the next turn
    this.#writers = this.#spare;
    for (let i = 0; i < writers.length; i++) writers[i]!.flush();
    writers.length = 0;
    this.#spare = writers;
  };

  add(writer: Waiting): void {
    if (this.#writers.push(writer) === 1) setImmediate(this.#run);
  }
}

/** What waits for the end of a turn is at most so long; then it goes at once. */
const WAITING_MOST = 64 * 1024;

interface WriteRequest {
  oncomplete?: (status: number) => void;
  /** Keeps the octets alive while libuv holds a pointer to them. */
  buffer?: Buffer;
}

interface StreamHandle {
  writeLatin1String(request: WriteRequest, text: string): number;
  writeBuffer(request: WriteRequest, buffer: Buffer): number;
  readonly writeQueueSize: number;
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: Int32Array;
  readonly kLastWriteWasAsync: number;
}

const binding: StreamBinding | null = (() => {
  try {
    const offered = (process as unknown as { binding(name: string): Partial<StreamBinding> }).binding('stream_wrap');
    return typeof offered.WriteWrap === 'function' && offered.streamBaseState !== undefined && typeof offered.kLastWriteWasAsync === 'number' ? (offered as StreamBinding) : null;
  } catch {
    return null;
  }
})();

/** True where writes really go past the stream: what the test of a new Node version asks. */
export function writesDirectly(): boolean {
  return binding !== null;
}

export interface SocketWriterOptions {
  readonly turn: WriteTurn;
  /** Called when everything has been taken by the kernel, after it was not. */
  readonly drained: () => void;
}

export function socketWriter(socket: Socket, options: SocketWriterOptions): SocketWriter {
  if (binding === null) return new StreamWriter(socket, options.drained);
  return socket instanceof TLSSocket ? new TlsWriter(socket, binding, options) : new HandleWriter(socket, binding, options);
}

class HandleWriter implements SocketWriter, Waiting {
  readonly #socket: Socket & { readonly _handle?: StreamHandle | null };
  readonly #binding: StreamBinding;
  readonly #turn: WriteTurn;
  readonly #completed: (status: number) => void;
  #request: WriteRequest;
  /** Said in this turn. */
  #waiting = '';
  /** Writes that libuv still holds. */
  #pending = 0;

  constructor(socket: Socket, offered: StreamBinding, { turn, drained }: SocketWriterOptions) {
    this.#socket = socket;
    this.#binding = offered;
    this.#turn = turn;
    this.#request = new offered.WriteWrap();
    this.#completed = (status) => {
      this.#pending--;
      if (status < 0) this.#socket.destroy();
      else if (this.#pending === 0) drained();
    };
  }

  get unsent(): number {
    return this.#waiting.length + (this.#pending === 0 ? 0 : (this.#socket._handle?.writeQueueSize ?? 0));
  }

  write(text: string): void {
    if (this.#waiting === '') {
      this.#waiting = text;
      this.#turn.add(this);
    } else {
      this.#waiting += text;
      if (this.#waiting.length > WAITING_MOST) this.flush();
    }
  }

  writeBuffer(buffer: Buffer): void {
    this.flush();
    const handle = this.#socket._handle;
    if (handle) this.#after(handle.writeBuffer(this.#request, buffer), buffer);
  }

  end(): void {
    this.flush();
    // libuv shuts down behind what it holds
    this.#socket.end();
  }

  flush(): void {
    const text = this.#waiting;
    if (text === '') return;
    this.#waiting = '';
    const handle = this.#socket._handle;
    if (handle) this.#after(handle.writeLatin1String(this.#request, text), null);
  }

  #after(error: number, kept: Buffer | null): void {
    if (error !== 0) {
      this.#socket.destroy();
      return;
    }
    const { streamBaseState, kLastWriteWasAsync, WriteWrap } = this.#binding;
    if (streamBaseState[kLastWriteWasAsync] === 0) return;
    // libuv has taken the request over: the next write needs another
    this.#request.oncomplete = this.#completed;
    if (kept !== null) this.#request.buffer = kept;
    this.#pending++;
    this.#request = new WriteWrap();
  }
}

/** TLS takes one write at a time, and tells that it is through on the next turn of the loop: what comes meanwhile waits, and goes as one record. */
class TlsWriter implements SocketWriter, Waiting {
  readonly #socket: TLSSocket & { readonly _handle?: StreamHandle | null };
  readonly #binding: StreamBinding;
  readonly #turn: WriteTurn;
  readonly #completed: (status: number) => void;
  #waiting: (string | Buffer)[] = [];
  #queued = 0;
  #writing = 0;
  #ending = false;

  constructor(socket: TLSSocket, offered: StreamBinding, { turn, drained }: SocketWriterOptions) {
    this.#socket = socket;
    this.#binding = offered;
    this.#turn = turn;
    this.#completed = (status) => {
      this.#writing = 0;
      if (status < 0) this.#socket.destroy();
      else if (this.#queued > 0) this.flush();
      else {
        if (this.#ending) this.#socket.end();
        drained();
      }
    };
  }

  get unsent(): number {
    return this.#queued + this.#writing;
  }

  write(text: string): void {
    this.#wait(text);
    if (this.#writing === 0 && this.#waiting.length === 1) this.#turn.add(this);
    else if (this.#queued > WAITING_MOST) this.flush();
  }

  writeBuffer(buffer: Buffer): void {
    if (buffer.length === 0) return;
    this.#wait(buffer);
    this.flush();
  }

  end(): void {
    this.#ending = true;
    this.flush();
    if (this.#writing === 0) this.#socket.end();
  }

  flush(): void {
    if (this.#writing > 0 || this.#queued === 0) return;
    const parts = this.#waiting;
    this.#waiting = [];
    this.#queued = 0;
    if (parts.length === 1) this.#send(parts[0]!);
    else if (parts.every((part) => typeof part === 'string')) this.#send(parts.join(''));
    else this.#send(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))));
  }

  #wait(part: string | Buffer): void {
    if (part.length === 0) return;
    this.#waiting.push(part);
    this.#queued += part.length;
  }

  #send(part: string | Buffer): void {
    const handle = this.#socket._handle;
    if (!handle) return;
    const { streamBaseState, kLastWriteWasAsync, WriteWrap } = this.#binding;
    const request = new WriteWrap();
    const error = typeof part === 'string' ? handle.writeLatin1String(request, part) : handle.writeBuffer(request, part);
    if (error !== 0) {
      this.#socket.destroy();
      return;
    }
    if (streamBaseState[kLastWriteWasAsync] === 0) return;
    request.oncomplete = this.#completed;
    if (typeof part !== 'string') request.buffer = part;
    this.#writing = part.length;
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

  write(text: string): void {
    this.#socket.write(text, 'latin1', this.#written);
  }

  writeBuffer(buffer: Buffer): void {
    this.#socket.write(buffer, this.#written);
  }
  end(): void {
    this.#socket.end();
  }
}
