import { Socket } from 'node:net';
import { TLSSocket, type TLSSocketOptions } from 'node:tls';
import type { ClientSocket, TcpHandle } from '../sockets/index.ts';

/**
 * Reads of accepted sockets go into one buffer that all connections of the thread share: a fresh Buffer a read costs a third of the whole
 * request (docs/decisions/0003). `onread` is public for sockets that connect, not for those that are accepted; this file is the one
 * place that gets round it, and falls back to 'data' events where Node's insides are not as expected (accept.test.ts says when).
 */
export type OnRead = (length: number, buffer: Buffer) => boolean;

interface HandleOwner {
  _handle: object | null;
}

interface QueueHandle {
  readonly writeQueueSize?: number;
}

interface UserBufferHandle {
  useUserBuffer?: (buffer: Buffer) => void;
}

type Inside = Record<symbol, unknown>;

/** Where a socket made with `onread` keeps its buffer and callback. */
const symbols: { readonly buffer: symbol; readonly callback: symbol } | null = (() => {
  const probe = new Socket({ onread: { buffer: new Uint8Array(1), callback: () => true } });
  const own = Object.getOwnPropertySymbols(probe);
  const buffer = own.find((symbol) => symbol.description === 'kBuffer');
  const callback = own.find((symbol) => symbol.description === 'kBufferCb');
  probe.destroy();
  return buffer && callback ? { buffer, callback } : null;
})();

/** Wraps a socket accepted with `pauseOnConnect` so that it reads into `buffer`. Not yet reading: call `resume`. */
export function wrapAccepted(accepted: Socket, buffer: Buffer, onRead: OnRead): Socket {
  const owner = accepted as unknown as HandleOwner;
  const handle = owner._handle;
  if (!handle || !('readStart' in handle)) {
    readByEvents(accepted, onRead);
    return accepted;
  }
  // the accepted wrapper lets go of the handle, so that only the new one closes it
  owner._handle = null;
  const options = { handle, allowHalfOpen: true, onread: { buffer, callback: onRead as (length: number, buffer: Uint8Array) => boolean } };
  return new Socket(options as unknown as ConstructorParameters<typeof Socket>[0]);
}

/** A handle as the socket that net.Server would have made of it, with `pauseOnConnect`. */
export function socketOf(handle: TcpHandle): Socket {
  handle.setNoDelay(true);
  return new Socket({ handle, allowHalfOpen: true, pauseOnCreate: true } as unknown as ConstructorParameters<typeof Socket>[0]);
}

/** A server-side TLS socket over an accepted one, reading into `buffer`. Not yet reading: call `resume`. */
export function wrapTls(accepted: Socket, options: TLSSocketOptions, reader: { readonly buffer: Buffer; readonly onRead: OnRead }): TLSSocket {
  const socket = new TLSSocket(accepted, { ...options, isServer: true });
  const handle = (socket as unknown as HandleOwner)._handle as UserBufferHandle | null;
  if (symbols === null || typeof handle?.useUserBuffer !== 'function') {
    readByEvents(socket, reader.onRead);
    return socket;
  }
  const inside = socket as unknown as Inside;
  inside[symbols.buffer] = reader.buffer;
  inside[symbols.callback] = reader.onRead;
  handle.useUserBuffer(reader.buffer);
  return socket;
}

/**
 * Octets that the kernel has not taken yet. Falls as the peer reads, where `writableLength` stays until a whole write is through: the only
 * way to tell a slow reader from a dead one (Node's own socket timeout looks at the same number).
 */
export function queuedOctets(socket: ClientSocket): number {
  const handle = (socket as unknown as HandleOwner)._handle as QueueHandle | null;
  return handle?.writeQueueSize ?? (socket as Socket).writableLength ?? 0;
}

/** True where reads really go into the shared buffer: what the test of a new Node version asks. */
export function readsInPlace(): boolean {
  return symbols !== null;
}

function readByEvents(socket: Socket, onRead: OnRead): void {
  socket.on('data', (chunk: Buffer) => {
    if (!onRead(chunk.length, chunk)) socket.pause();
  });
}
