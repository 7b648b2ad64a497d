import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Writes to a socket without the stream in front of it. `socket.write` keeps a queue, a state machine and a `nextTick` a write; libuv keeps a
 * queue of its own, and nearly every write is taken by the kernel at once. Measured: a microsecond a write, a tenth of a proxied request
 * (docs/decisions/0003). Where Node does not offer what it takes (`process.binding` is deprecated), writes go through the stream.
 */
export interface SocketWriter {
  /** A latin1 string: an octet a character. */
  write(text: string): void;
  /** The octets must stay as they are until `unsent` is 0. */
  writeBuffer(buffer: Buffer): void;
  /** Octets that the kernel has not taken yet. */
  readonly unsent: number;
  /** FIN once everything that was written has gone. */
  end(): void;
}

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

/** `drained` is called when everything has been taken by the kernel, after `unsent` was not 0. */
export function socketWriter(socket: Socket, drained: () => void): SocketWriter {
  if (binding === null) return new StreamWriter(socket, drained);
  return socket instanceof TLSSocket ? new TlsWriter(socket, binding, drained) : new HandleWriter(socket, binding, drained);
}

class HandleWriter implements SocketWriter {
  readonly #socket: Socket & { readonly _handle?: StreamHandle | null };
  readonly #binding: StreamBinding;
  readonly #drained: () => void;
  readonly #completed: (status: number) => void;
  #request: WriteRequest;
  /** Writes that libuv still holds. */
  #pending = 0;

  constructor(socket: Socket, offered: StreamBinding, drained: () => void) {
    this.#socket = socket;
    this.#binding = offered;
    this.#drained = drained;
    this.#request = new offered.WriteWrap();
    this.#completed = (status) => {
      this.#pending--;
      if (status < 0) this.#socket.destroy();
      else if (this.#pending === 0) this.#drained();
    };
  }

  get unsent(): number {
    return this.#pending === 0 ? 0 : (this.#socket._handle?.writeQueueSize ?? 0);
  }

  write(text: string): void {
    const handle = this.#socket._handle;
    if (handle) this.#after(handle.writeLatin1String(this.#request, text), null);
  }

  writeBuffer(buffer: Buffer): void {
    const handle = this.#socket._handle;
    if (handle) this.#after(handle.writeBuffer(this.#request, buffer), buffer);
  }

  end(): void {
    // libuv shuts down behind what it holds
    this.#socket.end();
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

/** TLS takes one write at a time, and tells that it is through on the next turn of the loop: what comes meanwhile waits here and goes as one. */
class TlsWriter implements SocketWriter {
  readonly #socket: TLSSocket & { readonly _handle?: StreamHandle | null };
  readonly #binding: StreamBinding;
  readonly #drained: () => void;
  readonly #completed: (status: number) => void;
  readonly #waiting: (string | Buffer)[] = [];
  #queued = 0;
  #writing = 0;
  #ending = false;

  constructor(socket: TLSSocket, offered: StreamBinding, drained: () => void) {
    this.#socket = socket;
    this.#binding = offered;
    this.#drained = drained;
    this.#completed = (status) => {
      this.#writing = 0;
      if (status < 0) this.#socket.destroy();
      else if (this.#queued > 0) this.#flush();
      else {
        if (this.#ending) this.#socket.end();
        this.#drained();
      }
    };
  }

  get unsent(): number {
    return this.#queued + this.#writing;
  }

  write(text: string): void {
    if (this.#writing > 0) this.#wait(text);
    else this.#send(text);
  }

  writeBuffer(buffer: Buffer): void {
    if (this.#writing > 0) this.#wait(buffer);
    else this.#send(buffer);
  }

  end(): void {
    this.#ending = true;
    if (this.#writing === 0) this.#socket.end();
  }

  #wait(part: string | Buffer): void {
    this.#waiting.push(part);
    this.#queued += part.length;
  }

  #flush(): void {
    const parts = this.#waiting.splice(0);
    this.#queued = 0;
    if (parts.length === 1) return this.#send(parts[0]!);
    this.#send(parts.every((part) => typeof part === 'string') ? parts.join('') : Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))));
  }

  #send(part: string | Buffer): void {
    const handle = this.#socket._handle;
    if (!handle || part.length === 0) return;
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
