import { foreignFunctions, type ForeignFunctions, type Library } from './foreign-functions.ts';

/**
 * System calls that Node has no way to make, by node:ffi. Numbers and layouts are Linux's. Calls of more than three arguments go through an array, and cost several times those of fewer: all are for a
 * whole turn of the loop, or for a connection once.
 */
export interface SystemCalls {
  epoll_create1(flags: number): number;
  epoll_ctl(poll: number, operation: number, descriptor: number, event: bigint): number;
  epoll_wait(poll: number, events: bigint, most: number, timeoutMs: number): number;
  socket(domain: number, type: number, protocol: number): number;
  socketpair(domain: number, type: number, protocol: number, pair: bigint): number;
  dup3(from: number, to: number, flags: number): number;
  /** An accepted connection: its descriptor. */
  accept4(listening: number, address: bigint, length: bigint, flags: number): number;
  listen(descriptor: number, backlog: number): number;
  getsockname(descriptor: number, address: bigint, length: bigint): number;
  setsockopt(descriptor: number, level: number, option: number, value: bigint, length: number): number;
  fcntl(descriptor: number, operation: number, value: number): number;
  read(descriptor: number, into: bigint, length: number): number;
  write(descriptor: number, octets: bigint, length: number): number;
  shutdown(descriptor: number, how: number): number;
  close(descriptor: number): number;
  mmap(address: bigint, length: bigint, protection: number, flags: number, descriptor: number, offset: bigint): bigint;
  io_uring_setup(entries: number, parameters: bigint): number;
  io_uring_enter(ring: number, submitted: number, completed: number, flags: number): number;
}

export interface Kernel {
  readonly calls: SystemCalls;
  /** Why the last call of this thread that answered -1 did so. */
  readonly errno: Int32Array;
  /** Where octets are. They stay there as long as somebody keeps them; arrays of up to 64 octets, which V8 may move, have no address. */
  addressOf(octets: ArrayBufferView): bigint;
  memoryAt(address: bigint, length: number): ArrayBuffer;
}

// Linux's, on every processor that is served
export const CLOSE_ON_EXEC = 0o2000000;
export const AF_UNIX = 1;
export const AF_INET = 2;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const AF_INET6 = 10;
export const SOCK_NONBLOCK = 0o4000;
export const SHUT_WR = 1;
export const SOL_SOCKET = 1;
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
export const SO_LINGER = 13;
export const F_DUPFD_CLOEXEC = 1030;
export const EINTR = 4;
export const EBADF = 9;
export const EAGAIN = 11;
export const ENFILE = 23;
export const EMFILE = 24;
export const ECONNABORTED = 103;
export const ENOTCONN = 107;

const IO_URING_SETUP = 425;
const IO_URING_ENTER = 426;

/** One a thread; null where there is none: not on Linux, without node:ffi, or where it may not be used. */
export const kernel: Kernel | null = (() => {
  if (process.platform !== 'linux' || foreignFunctions === null) return null;
  try {
    return bind(foreignFunctions);
  } catch {
    return null;
  }
})();

function bind(ffi: ForeignFunctions): Kernel {
  const int = 'int32';
  const address = 'pointer';
  // the program itself, of which the C library is part
  const program = (): Library => new ffi.DynamicLibrary(null);
  const library = program();
  const call = (name: string, parameters: readonly string[], result = int) => library.getFunction(name, { arguments: parameters, return: result });
  const enter = call('syscall', [int, int, int, int, int]);
  // a library gives a name one signature
  const setup = program().getFunction('syscall', { arguments: [int, int, address], return: int });
  const calls = {
    epoll_create1: call('epoll_create1', [int]),
    epoll_ctl: call('epoll_ctl', [int, int, int, address]),
    epoll_wait: call('epoll_wait', [int, address, int, int]),
    socket: call('socket', [int, int, int]),
    socketpair: call('socketpair', [int, int, int, address]),
    dup3: call('dup3', [int, int, int]),
    accept4: call('accept4', [int, address, address, int]),
    listen: call('listen', [int, int]),
    getsockname: call('getsockname', [int, address, address]),
    setsockopt: call('setsockopt', [int, int, int, address, int]),
    fcntl: call('fcntl', [int, int, int]),
    read: call('read', [int, address, 'uint32'], int),
    write: call('write', [int, address, 'uint32'], int),
    shutdown: call('shutdown', [int, int]),
    close: call('close', [int]),
    mmap: call('mmap', [address, 'uint64', int, int, int, 'int64'], address),
    io_uring_setup: (entries: number, parameters: bigint) => setup(IO_URING_SETUP, entries, parameters),
    io_uring_enter: (ring: number, submitted: number, completed: number, flags: number) => enter(IO_URING_ENTER, ring, submitted, completed, flags),
  };
  const errno = new Int32Array(ffi.toArrayBuffer(call('__errno_location', [], address)() as bigint, 4, false));
  return {
    calls: calls as unknown as SystemCalls,
    errno,
    addressOf: (octets) => ffi.getRawPointer(octets),
    memoryAt: (at, length) => ffi.toArrayBuffer(at, length, false),
  };
}
