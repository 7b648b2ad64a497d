import type { Socket } from 'node:net';
import { streamBinding, type StreamHandle } from './stream-binding.ts';

/** What is done with a read: go on, stop until `socket.resume()`, or go on with another buffer. */
export type AfterRead = boolean | Buffer;

/**
 * Hands each read of a socket that reads into a buffer of its own (`onread`) straight to `onRead`, without the stream's function in between, which
 * refreshes a timer, looks for the buffer and its callback, and asks for the next buffer, each time. Ends and errors go the stream's way. Does
 * nothing, and answers false, where Node's insides are not as expected: then the socket's own callback is called as before, and has to do the same.
 */
export function readDirectly(socket: Socket, onRead: (length: number) => AfterRead): boolean {
  const handle = (socket as unknown as { readonly _handle?: StreamHandle | null })._handle;
  if (streamBinding === null || !handle || typeof handle.onread !== 'function' || typeof handle.readStop !== 'function') return false;
  const stream = handle.onread;
  const { streamBaseState, kReadBytesOrError } = streamBinding;
  handle.onread = function (this: StreamHandle, buffer) {
    const length = streamBaseState[kReadBytesOrError]!;
    if (length <= 0) return stream.call(this, buffer);
    const after = onRead(length);
    if (after === true) return undefined;
    if (after !== false) return after;
    this.reading = false;
    if (!socket.destroyed && this.readStop!() !== 0) socket.destroy();
    return undefined;
  };
  return true;
}
