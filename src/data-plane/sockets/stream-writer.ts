import type { Socket } from 'node:net';
import type { SocketWriter } from './socket-writer.ts';

/** Writes through the stream, where Node does not offer anything else. */
export class StreamWriter implements SocketWriter {
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

  get backlog(): number {
    return this.#socket.writableLength;
  }

  get busy(): boolean {
    return this.#socket.writableLength > 0;
  }

  get keeps(): boolean {
    return this.#socket.writableLength > 0;
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1', this.#written);
  }

  writeOctets(buffer: Buffer, start: number, end: number): void {
    this.#socket.write(Buffer.from(buffer.subarray(start, end)), this.#written);
  }

  writeBuffer(buffer: Buffer): void {
    this.#socket.write(buffer, this.#written);
  }

  flush(): void {
    // nothing waits here
  }

  end(): void {
    this.#socket.end();
  }
}
