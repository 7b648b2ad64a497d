import type { Server } from 'node:net';
import { AcceptedHandle, acceptsDescriptors } from './accepted-handle.ts';
import { DESCRIPTORS_MOST, openDescriptors } from './descriptor-list.ts';
import { listenInTurns, type TurnListener } from './read-turn.ts';
import { isLinkLocal, SOCKET_ADDRESS_OCTETS } from './socket-address.ts';
import { streamBinding } from './stream-binding.ts';
import { CLOSE_ON_EXEC, ECONNABORTED, EINTR, EMFILE, ENFILE, F_DUPFD_CLOEXEC, IPPROTO_TCP, kernel, SOCK_NONBLOCK, TCP_NODELAY, type Kernel } from './system-calls.ts';
import type { TcpHandle } from './tcp-socket.ts';

type OnConnection = (this: unknown, status: number, handle: TcpHandle | undefined) => void;
interface ServerHandle {
  onconnection?: OnConnection;
  readonly fd?: number;
  listen?(backlog: number): number;
}

/** A socket that listens: who comes is handed over as a handle. */
export interface Listening {
  /**
   * Leaves its queue no room (listen(2) may be called again): Linux answers a SYN with a cookie then, and keeps nothing of it in this socket. The client's next segment opens the
   * connection at whichever socket of the address the kernel finds, so that this one can go in between (tcp_conn_request, cookie_v4_check). False where Node's insides are not as expected.
   */
  leaveNoRoom(): boolean;
  close(): void;
}

/**
 * Has the connections of a server that listens handed over as handles. Null where Node's insides are not as expected: then they come as sockets, as before. One that comes before this is called does
 * too. The server is closed by the answer's `close` alone.
 */
export function acceptHandles(server: Server, accept: (handle: TcpHandle) => void): Listening | null {
  return acceptInTurns(server, accept) ?? acceptByLibuv(server, accept);
}

function handleOf(server: Server): ServerHandle | null {
  return (server as unknown as { readonly _handle?: ServerHandle | null })._handle ?? null;
}

/** Each by libuv's handle. */
export function acceptByLibuv(server: Server, accept: (handle: TcpHandle) => void): Listening | null {
  const handle = handleOf(server);
  if (streamBinding?.ShutdownWrap === undefined || typeof handle?.onconnection !== 'function') return null;
  // running out of descriptors must not end the listener
  handle.onconnection = (status, accepted) => {
    if (status === 0 && accepted !== undefined) accept(accepted);
  };
  return { leaveNoRoom: () => handle.listen?.(0) === 0, close: () => void server.close() };
}

/** Who comes in one turn, at most: those who are there already are heard in between. */
const ACCEPTS_MOST = 16;
/** Who has come by the time that the socket closes. */
const LAST_MOST = 65_536;

/** Each by an `AcceptedHandle`. */
export function acceptInTurns(server: Server, accept: (handle: TcpHandle) => void): Listening | null {
  const descriptor = handleOf(server)?.fd ?? -1;
  if (kernel === null || descriptor < 0 || !acceptsDescriptors()) return null;
  // libuv gives its own back and the socket goes on
  const ours = kernel.calls.fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (ours < 0) return null;
  const queue = new AcceptQueue(kernel, ours, accept);
  if (ours < DESCRIPTORS_MOST && queue.begin()) {
    server.close();
    return queue;
  }
  kernel.calls.close(ours);
  return null;
}

/** A listening socket whose connections are accepted in the turns in which others are read, each as its descriptor alone. */
class AcceptQueue implements Listening, TurnListener {
  readonly #kernel: Kernel;
  #descriptor: number;
  readonly #accept: (handle: TcpHandle) => void;
  readonly #peer = new Uint8Array(SOCKET_ADDRESS_OCTETS);
  readonly #length = new Int32Array(32);
  readonly #peerAt: bigint;
  readonly #lengthAt: bigint;
  /** A descriptor to do without for a moment, when there is no other left. */
  #reserve = -1;
  #leave: (() => void) | null = null;

  constructor(offered: Kernel, descriptor: number, accept: (handle: TcpHandle) => void) {
    this.#kernel = offered;
    this.#descriptor = descriptor;
    this.#accept = accept;
    this.#peerAt = offered.addressOf(this.#peer);
    this.#lengthAt = offered.addressOf(this.#length);
  }

  /** False where there is nobody who tells that somebody comes. */
  begin(): boolean {
    const { calls, addressOf } = this.#kernel;
    // those who are accepted inherit it
    this.#length[0] = 1;
    if (calls.setsockopt(this.#descriptor, IPPROTO_TCP, TCP_NODELAY, addressOf(this.#length), 4) !== 0) return false;
    this.#leave = listenInTurns(this.#descriptor, this);
    if (this.#leave === null) return false;
    openDescriptors().add(this.#descriptor);
    this.#keepReserve();
    return true;
  }

  leaveNoRoom(): boolean {
    return this.#kernel.calls.listen(this.#descriptor, 0) === 0;
  }

  close(): void {
    const descriptor = this.#descriptor;
    if (descriptor < 0) return;
    // whom the kernel has accepted it would reset
    this.#acceptUpTo(LAST_MOST);
    this.#leave?.();
    this.#descriptor = -1;
    for (const one of [descriptor, this.#reserve]) this.#closeOne(one);
  }

  somebodyComes(): void {
    this.#acceptUpTo(ACCEPTS_MOST);
  }

  #acceptUpTo(most: number): void {
    for (let i = 0; i < most && this.#descriptor >= 0; i++) {
      const descriptor = this.#next();
      if (descriptor < 0) {
        const error = this.#kernel.errno[0]!;
        if (error === EMFILE || error === ENFILE) this.#shed();
        if (error !== EINTR && error !== ECONNABORTED) return;
      } else this.#take(descriptor);
    }
  }

  #next(): number {
    this.#length[0] = SOCKET_ADDRESS_OCTETS;
    return this.#kernel.calls.accept4(this.#descriptor, this.#peerAt, this.#lengthAt, SOCK_NONBLOCK | CLOSE_ON_EXEC);
  }

  #take(descriptor: number): void {
    const handle = new AcceptedHandle(descriptor, this.#peer);
    if (descriptor < DESCRIPTORS_MOST && !isLinkLocal(this.#peer)) return this.#accept(handle);
    const libuvs = handle.adopt();
    if (libuvs === null) handle.close(() => {});
    else this.#accept(libuvs);
  }

  /** There are no descriptors left: who waits is turned away, or the loop would be told of him for ever. */
  #shed(): void {
    if (this.#reserve < 0) this.#keepReserve();
    if (this.#reserve < 0) return;
    this.#closeOne(this.#reserve);
    for (let descriptor = this.#next(); descriptor >= 0; descriptor = this.#next()) this.#kernel.calls.close(descriptor);
    this.#keepReserve();
  }

  #keepReserve(): void {
    this.#reserve = this.#kernel.calls.fcntl(this.#descriptor, F_DUPFD_CLOEXEC, 0);
    if (this.#reserve >= 0) openDescriptors().add(this.#reserve);
  }

  #closeOne(descriptor: number): void {
    if (descriptor < 0) return;
    openDescriptors().remove(descriptor);
    this.#kernel.calls.close(descriptor);
  }
}
