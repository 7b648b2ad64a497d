import { EventEmitter } from 'node:events';
import { changeHandle, type TurnReader } from './read-turn.ts';
import type { SocketAddress } from './socket-address.ts';
import { ENOTCONN, kernel, SHUT_WR } from './system-calls.ts';
import { streamBinding, type ShutdownRequest, type StreamBinding, type StreamHandle } from './stream-binding.ts';

/** What is used of a client's connection: a net.Socket, or one that does without its streams. */
export interface ClientSocket extends Pick<EventEmitter, 'on' | 'once' | 'off' | 'removeAllListeners'> {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  pause(): unknown;
  resume(): unknown;
  end(): unknown;
  destroy(): unknown;
  resetAndDestroy(): unknown;
}

/** Who reads a socket. */
export interface SocketReader {
  /** `length` octets are in `buffer`, which is reused when this returns. False: read no more until `resume`. */
  read(length: number, buffer: Buffer): boolean;
}

/** libuv's TCP handle of an accepted connection, or what stands in its place (`AcceptedHandle`). */
export interface TcpHandle extends StreamHandle {
  /** Only where this is not libuv's: its own, in the place of this one. */
  adopt?(): TcpHandle | null;
  /** Who answers its callbacks. */
  socket?: TcpSocket;
  readonly fd?: number;
  setNoDelay(on: boolean): number;
  useUserBuffer(buffer: Buffer): void;
  readStart(): number;
  readStop(): number;
  shutdown(request: ShutdownRequest): number;
  reset(closed: () => void): number;
  close(closed: () => void): void;
  getpeername(into: SocketAddress): number;
  getsockname(into: SocketAddress): number;
}

/** `EOF` and `ENOTCONN` of libuv; the peer has reset the connection. */
const END_OF_FILE = -4095;
const NOT_CONNECTED = -ENOTCONN;

/**
 * An accepted connection without net.Socket around its handle: two streams, their states and their queues take a fifth of a short connection, and nothing here
 * goes through them. Reads go into one buffer of the thread; writes are `socketWriter`'s. Events are those of net.Socket that its users hear: `end` (FIN has come), `finish` (ours
 * has been taken), `close`. Closes by itself when both ends have said FIN.
 */
export class TcpSocket extends EventEmitter implements ClientSocket, TurnReader {
  /** As net.Socket calls it: null once it is closed. */
  _handle: TcpHandle | null;
  destroyed = false;
  /** Set before the first `resume`. */
  reader!: SocketReader;
  readonly #binding: StreamBinding & Required<Pick<StreamBinding, 'ShutdownWrap'>>;
  readonly #shared: Buffer;
  #buffer: Buffer;
  /** Where the next read goes: takes effect when the one that is being heard is over. */
  buffer: Buffer;
  readonly #peer: SocketAddress;
  #own: SocketAddress | null = null;
  #ended = false;
  #ending = false;
  #finished = false;
  #broken = false;

  /** Reads into `buffer`, but not yet. */
  constructor(handle: TcpHandle, buffer: Buffer) {
    super();
    this._handle = handle;
    this.#binding = streamBinding as StreamBinding & Required<Pick<StreamBinding, 'ShutdownWrap'>>;
    this.#shared = this.#buffer = this.buffer = buffer;
    this.#peer = peerOf(handle);
    handle.setNoDelay(true);
    this.#speakBy(handle);
  }

  #speakBy(handle: TcpHandle): void {
    handle.useUserBuffer(this.#buffer);
    handle.socket = this;
    handle.onread = heard;
  }

  get remoteAddress(): string | undefined {
    return this.#peer.address;
  }

  get remotePort(): number | undefined {
    return this.#peer.port;
  }

  get localAddress(): string | undefined {
    return this.#local.address;
  }

  get localPort(): number | undefined {
    return this.#local.port;
  }

  get #local(): SocketAddress {
    if (this.#own !== null || this._handle === null) return this.#own ?? {};
    this._handle.getsockname((this.#own = {}));
    return this.#own;
  }

  pause(): void {
    if (this._handle !== null && this._handle.readStop() !== 0) this.destroy();
  }

  resume(): void {
    if (this._handle !== null && !this.#ended && this._handle.readStart() !== 0) this.destroy();
  }

  /** FIN, behind what libuv holds. */
  end(): void {
    const handle = this._handle;
    if (this.#ending || handle === null) return;
    this.#ending = true;
    const error = kernel !== null && this.endsAlone && handle.writeQueueSize === 0 ? shutDownNow(handle) : this.#shutDown(handle);
    // 1: done at once
    if (error === 1 || error === NOT_CONNECTED) process.nextTick(finished, this);
    else if (error !== 0) this.broke();
  }

  /** FIN is the connection's alone: nothing else is to be said with it. */
  protected get endsAlone(): boolean {
    return true;
  }

  #shutDown(handle: TcpHandle): number {
    const request = new this.#binding.ShutdownWrap();
    request.socket = this;
    request.oncomplete = shutDown;
    return handle.shutdown(request);
  }

  /** Gives libuv's handle, which reads no more, to whoever goes on with it; nothing is heard of here again. Null once it is closed. */
  release(): TcpHandle | null {
    this._handle?.readStop();
    const handle = this.adopt();
    if (handle === null) return null;
    this._handle = null;
    this.destroyed = true;
    return handle;
  }

  /** libuv goes on with the connection, if it has not been its own before. Null once it is closed. */
  adopt(): TcpHandle | null {
    const handle = this._handle;
    if (handle?.adopt === undefined) return handle;
    const libuvs = handle.adopt();
    if (libuvs === null) {
      this.broke();
      return null;
    }
    this._handle = libuvs;
    this.#speakBy(libuvs);
    changeHandle(handle, libuvs);
    return libuvs;
  }

  destroy(): void {
    this.#close(false);
  }

  resetAndDestroy(): void {
    this.#close(true);
  }

  // --- what the handle tells

  get readsAlone(): boolean {
    return this.#buffer !== this.#shared || this.buffer !== this.#shared;
  }

  heardInTurn(buffer: Buffer, length: number): void {
    if (!this.reader.read(length, buffer)) this.pause();
  }

  endedInTurn(): void {
    // `heard` does not wait for a tick
  }

  /** What libuv reads into next; undefined: as before. */
  heard(): Buffer | undefined {
    const { streamBaseState, kReadBytesOrError } = this.#binding;
    const length = streamBaseState[kReadBytesOrError]!;
    if (length > 0) {
      if (!this.reader.read(length, this.#buffer)) this.pause();
    } else if (length === END_OF_FILE) this.hearEnd();
    else if (length < 0) this.broke();
    if (this.buffer === this.#buffer) return undefined;
    return (this.#buffer = this.buffer);
  }

  /** Our FIN has been taken. */
  finished(): void {
    if (this.destroyed || this.#finished) return;
    this.#finished = true;
    this.emit('finish');
    if (this.#ended) this.destroy();
  }

  closed(): void {
    this.emit('close', this.#broken);
  }

  protected hearEnd(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.emit('end');
    if (this.#finished) this.destroy();
  }

  /** Not by FIN on both sides. */
  protected broke(): void {
    this.#broken = true;
    this.destroy();
  }

  #close(reset: boolean): void {
    const handle = this._handle;
    if (handle === null) return;
    this.destroyed = true;
    this._handle = null;
    // not once FIN is on its way: libuv refuses (EINVAL), and Node takes the handle for closed all the same
    this.letGo(handle, reset && !this.#ending);
  }

  /** `closed` is called when it is. */
  protected letGo(handle: TcpHandle, reset: boolean): void {
    if (reset) handle.reset(handleClosed);
    else handle.close(handleClosed);
  }
}

/** Libuv's handle of a connection that has not been read. Throws where there is none to be had: the connection is then closed by whoever catches that. */
export function byLibuv(handle: TcpHandle): TcpHandle {
  if (handle.adopt === undefined) return handle;
  const libuvs = handle.adopt();
  if (libuvs === null) throw new Error('libuv does not take the connection');
  return libuvs;
}

export function peerOf(handle: TcpHandle): SocketAddress {
  const peer: SocketAddress = {};
  handle.getpeername(peer);
  return peer;
}

// called by libuv's handle and requests as their methods: one function for all of them

function heard(this: StreamHandle): Buffer | undefined {
  return (this as TcpHandle).socket!.heard();
}

/** A system call, where libuv makes a request, and a callback in the next turn. 1, or an error of libuv's. */
function shutDownNow(handle: TcpHandle): number {
  const { calls, errno } = kernel!;
  return calls.shutdown(handle.fd ?? -1, SHUT_WR) === 0 ? 1 : -errno[0]!;
}

function finished(socket: TcpSocket): void {
  socket.finished();
}

function shutDown(this: ShutdownRequest): void {
  (this.socket as TcpSocket).finished();
}

function handleClosed(this: TcpHandle): void {
  this.socket!.closed();
}
