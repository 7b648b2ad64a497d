import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { HandleWriter } from './handle-writer.ts';
import { OpensslSocket } from './openssl-socket.ts';
import { SealingWriter } from './sealing-writer.ts';
import { streamBinding } from './stream-binding.ts';
import { StreamWriter } from './stream-writer.ts';
import type { ClientSocket } from './tcp-socket.ts';
import { TlsSocket } from './tls-socket.ts';
import { TlsWriter } from './tls-writer.ts';
import type { WriteTurn } from './write-turn.ts';

/**
 * Writes to a socket without the stream in front of it. `socket.write` keeps a queue, a state machine and a `nextTick` a write; libuv keeps a
 * queue of its own, and nearly every write is taken by the kernel at once. And small pieces wait until the turn of the loop is over: what one
 * connection says in a turn leaves in one system call, and the calls of all connections come one after the other, which the kernel does
 * cheaper than here and there (docs/decisions/0003). They wait as octets in the buffer of the turn (`WriteTurn`): no string is joined, flattened
 * or encoded twice. Where Node does not offer what it takes, writes go through the stream.
 */
export interface SocketWriter {
  /** A latin1 string: an octet a character. */
  write(text: string): void;
  /** Octets `start` to `end` of `buffer`, which may be overwritten when it returns. */
  writeOctets(buffer: Buffer, start: number, end: number): void;
  /** The octets must stay as they are until `unsent` is 0. Sent at once, behind what waits. */
  writeBuffer(buffer: Buffer): void;
  /** Octets that the kernel has not taken yet. Who hears of as many as `WORTH_WAITING`, or of octets of a buffer that he has given, may wait for `drained`. */
  readonly unsent: number;
  /** The same, for those who will not wait. */
  readonly backlog: number;
  /** What is written now waits behind what is being written. */
  readonly busy: boolean;
  /** Octets that were given to `writeBuffer` are still read. */
  readonly keeps: boolean;
  /** What was said in this turn leaves now, as far as the peer takes it. */
  flush(): void;
  /** FIN once everything that was written has gone. */
  end(): void;
}

/** True where writes really go past the stream: what the test of a new Node version asks. */
export function writesDirectly(): boolean {
  return streamBinding !== null;
}

export interface SocketWriterOptions {
  readonly turn: WriteTurn;
  /** Called when everything has been taken by the kernel, after it was not. */
  readonly drained: () => void;
  /**
   * The peer takes nothing more, and what is written is dropped. Null: the socket is closed at once. Who sees to it himself may read first what the peer had said
   * before it was gone: the kernel still has it, and tells the end behind it.
   */
  readonly refused: (() => void) | null;
}

export function socketWriter(socket: ClientSocket, options: SocketWriterOptions): SocketWriter {
  // without it there are sockets of Node's own only
  if (streamBinding === null) return new StreamWriter(socket as Socket, options.drained);
  if (socket instanceof OpensslSocket) return new SealingWriter(socket, streamBinding, options);
  return socket instanceof TlsSocket || socket instanceof TLSSocket ? new TlsWriter(socket, streamBinding, options) : new HandleWriter(socket, streamBinding, options);
}
