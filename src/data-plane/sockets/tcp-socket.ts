import { EventEmitter } from 'node:events';
import type { Server } from 'node:net';
import type { TurnReader } from './read-turn.ts';
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

interface Address {
  readonly address?: string;
  readonly port?: number;
}

/** libuv's TCP handle of an accepted connection. */
export interface TcpHandle extends StreamHandle {
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
  getpeername(into: Address): number;
  getsockname(into: Address): number;
}

type OnConnection = (this: unknown, status: number, handle: TcpHandle | undefined) => void;
interface ServerHandle {
  onconnection?: OnConnection;
  listen?(backlog: number): number;
}

/** `EOF` and `ENOTCONN` of libuv; the peer has reset the connection. */
const END_OF_FILE = -4095;
const NOT_CONNECTED = -ENOTCONN;

/**
 * Has the connections of a server handed over as handles, as libuv accepts them. False where Node's insides are not as expected: then they come as sockets, as
 * before. One that comes before this is called does too.
 */
export function acceptHandles(server: Server, accept: (handle: TcpHandle) => void): boolean {
  const { _handle: handle } = server as unknown as { readonly _handle?: ServerHandle | null };
  if (streamBinding?.ShutdownWrap === undefined || typeof handle?.onconnection !== 'function') return false;
  // running out of descriptors must not end the listener
  handle.onconnection = (status, accepted) => {
    if (status === 0 && accepted !== undefined) accept(accepted);
  };
  return true;
}

/**
 * Leaves the queue of a listening socket no room (listen(2) may be called again): Linux answers a SYN with a cookie then, and keeps nothing of it in this socket. The client's next segment opens the
 * connection at whichever socket of the address the kernel finds, so that this one can go in between (tcp_conn_request, cookie_v4_check). False where Node's insides are not as expected.
 */
export function leaveNoRoom(server: Server): boolean {
  const { _handle: handle } = server as unknown as { readonly _handle?: ServerHandle | null };
  return handle?.listen?.(0) === 0;
}

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
  readonly #peer: Address;
  #own: Address | null = null;
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
    handle.useUserBuffer(buffer);
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

  get #local(): Address {
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

  /** Gives the handle, which reads no more, to whoever goes on with it; nothing is heard of here again. Null once it is closed. */
  release(): TcpHandle | null {
    const handle = this._handle;
    if (handle === null) return null;
    handle.readStop();
    this._handle = null;
    this.destroyed = true;
    return handle;
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

export function peerOf(handle: TcpHandle): Address {
  const peer: Address = {};
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
