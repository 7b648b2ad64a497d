import { openDescriptors } from './descriptor-list.ts';
import { readSocketAddress, SOCKET_ADDRESS_OCTETS, type SocketAddress } from './socket-address.ts';
import { streamBinding, type ShutdownRequest, type StreamHandle, type WriteRequest } from './stream-binding.ts';
import { EAGAIN, EBADF, EINTR, kernel, SHUT_WR, SO_LINGER, SOL_SOCKET } from './system-calls.ts';
import type { TcpHandle, TcpSocket } from './tcp-socket.ts';

type TcpConstructor = new (type: number) => TcpHandle & { open(descriptor: number): number };

/** libuv's handle of a connection (`TCPConstants.SOCKET`). */
const CONNECTION = 0;

/** Null where Node does not offer it. */
const Tcp: TcpConstructor | null = (() => {
  try {
    const { TCP } = (process as unknown as { binding(name: string): { readonly TCP?: TcpConstructor } }).binding('tcp_wrap');
    return typeof TCP?.prototype.open === 'function' ? TCP : null;
  } catch {
    return null;
  }
})();

/** Where octets are put that have no address (`Kernel.addressOf`). */
const small = Buffer.alloc(128);
const SMALL_MOST = 64;
const addressOctets = new Uint8Array(SOCKET_ADDRESS_OCTETS);
const lengthOctets = new Int32Array(32);
/** struct linger: unsent octets are thrown away, and the peer gets a reset. */
const linger = new Int32Array(32).fill(1, 0, 1);

/** True where a connection can be kept as its descriptor alone, and given to libuv later. */
export function acceptsDescriptors(): boolean {
  return Tcp !== null && kernel !== null && streamBinding?.ShutdownWrap !== undefined;
}

/**
 * An accepted connection as its descriptor alone, with the methods of libuv's handle: an object of C++'s, its way into JavaScript and out of the loop cost as much as the request of a short connection.
 * It is read in turns (`readInTurns`), and does what is done at once. Whatever must wait, and long bodies, libuv goes on with (`adopt`), for good.
 */
export class AcceptedHandle implements TcpHandle {
  #descriptor: number;
  readonly #peer: SocketAddress;
  socket?: TcpSocket;
  declare onread: NonNullable<StreamHandle['onread']>;

  /** `peer`: struct sockaddr. TCP_NODELAY comes from the listening socket. */
  constructor(descriptor: number, peer: Uint8Array) {
    this.#descriptor = descriptor;
    this.#peer = readSocketAddress(peer);
    openDescriptors().add(descriptor);
  }

  get fd(): number {
    return this.#descriptor;
  }

  get writeQueueSize(): number {
    return 0;
  }

  setNoDelay(): number {
    return 0;
  }

  useUserBuffer(): void {
    // a turn has its own
  }

  getpeername(into: SocketAddress): number {
    Object.assign(into, this.#peer);
    return 0;
  }

  getsockname(into: SocketAddress): number {
    const { calls, addressOf, errno } = kernel!;
    lengthOctets[0] = SOCKET_ADDRESS_OCTETS;
    if (calls.getsockname(this.#descriptor, addressOf(addressOctets), addressOf(lengthOctets)) !== 0) return -errno[0]!;
    readSocketAddress(addressOctets, into);
    return 0;
  }

  // --- reading is the turn's (`readInTurns`)

  readStart(): number {
    return -EBADF;
  }

  readStop(): number {
    return 0;
  }

  // --- writing: what the kernel does not take at once libuv sends when it can

  writeBuffer(request: WriteRequest, octets: Buffer): number {
    const taken = this.#write(octets);
    if (taken < 0 || taken === octets.length) return Math.min(taken, 0);
    return this.socket?.adopt()?.writeBuffer(request, taken === 0 ? octets : octets.subarray(taken)) ?? -EBADF;
  }

  writeLatin1String(request: WriteRequest, text: string): number {
    const octets = Buffer.from(text, 'latin1');
    const taken = this.#write(octets);
    if (taken < 0 || taken === octets.length) return Math.min(taken, 0);
    return this.socket?.adopt()?.writeLatin1String(request, text.slice(taken)) ?? -EBADF;
  }

  shutdown(request: ShutdownRequest): number {
    const { calls, errno } = kernel!;
    if (calls.shutdown(this.#descriptor, SHUT_WR) !== 0) return -errno[0]!;
    process.nextTick(() => request.oncomplete?.(0));
    return 0;
  }

  reset(closed: () => void): number {
    const { calls, addressOf } = kernel!;
    // where the kernel refuses it is closed all the same: nobody would do it later
    calls.setsockopt(this.#descriptor, SOL_SOCKET, SO_LINGER, addressOf(linger), 8);
    this.close(closed);
    return 0;
  }

  close(closed: () => void): void {
    const descriptor = this.#descriptor;
    if (descriptor < 0) return;
    this.#descriptor = -1;
    openDescriptors().remove(descriptor);
    kernel!.calls.close(descriptor);
    process.nextTick(() => closed.call(this));
  }

  /** libuv's handle of the same connection, in the place of this one. Null where it is closed, or libuv cannot have it: then whoever asks closes it. */
  adopt(): TcpHandle | null {
    const descriptor = this.#descriptor;
    if (descriptor < 0) return null;
    const handle = new Tcp!(CONNECTION);
    if (handle.open(descriptor) !== 0) {
      handle.close(() => {});
      return null;
    }
    openDescriptors().remove(descriptor);
    this.#descriptor = -1;
    return handle;
  }

  /** How many octets the kernel has taken, or an error of libuv's. */
  #write(octets: Buffer): number {
    const { calls, addressOf, errno } = kernel!;
    const { length } = octets;
    let from = octets;
    if (length <= SMALL_MOST) {
      octets.copy(small);
      from = small;
    }
    streamBinding!.streamBaseState[streamBinding!.kLastWriteWasAsync] = 0;
    const taken = calls.write(this.#descriptor, addressOf(from), length);
    if (taken >= 0) return taken;
    const error = errno[0]!;
    return error === EAGAIN || error === EINTR ? 0 : -error;
  }
}
