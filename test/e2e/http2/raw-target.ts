import type { Socket } from 'node:net';
import { ACK, block, END_HEADERS, END_STREAM, type Frame, frame, PREFACE, settings, T } from './raw.ts';

const MAX_CONCURRENT_STREAMS = 3;
const INITIAL_WINDOW_SIZE = 4;

/** One connection to a target that says what it is told to: what has been asked on it, and a way to speak. */
export class RawTarget {
  readonly #socket: Socket;
  /** Streams, as their HEADERS come. */
  readonly asked: number[] = [];
  readonly #frames: Frame[] = [];

  constructor(socket: Socket, heard: (target: RawTarget) => void) {
    this.#socket = socket;
    let rest: Buffer = Buffer.alloc(0);
    let greeted = false;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      if (!greeted && rest.length >= PREFACE.length) {
        greeted = true;
        rest = rest.subarray(PREFACE.length);
      }
      if (!greeted) return;
      while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
        this.#frames.push({ type: rest[3]!, flags: rest[4]!, stream: rest.readUInt32BE(5), payload: rest.subarray(9, 9 + rest.readUIntBE(0, 3)) });
        if (rest[3] === T.HEADERS) {
          this.asked.push(rest.readUInt32BE(5));
          heard(this);
        }
        rest = rest.subarray(9 + rest.readUIntBE(0, 3));
      }
    });
  }

  get closed(): boolean {
    return this.#socket.closed;
  }

  /** A frame of the type has come. */
  heardOf(type: number, stream = 0): boolean {
    return this.#frames.some((each) => each.type === type && each.stream === stream);
  }

  bodyOf(stream: number): { readonly octets: Buffer; readonly ended: boolean } {
    const frames = this.#frames.filter((each) => each.type === T.DATA && each.stream === stream);
    return { octets: Buffer.concat(frames.map(({ payload }) => payload)), ended: frames.some(({ flags }) => (flags & END_STREAM) !== 0) };
  }

  say(...frames: readonly Buffer[]): void {
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(frames));
  }

  hello({ streams, window = 65_535 }: { readonly streams: number; readonly window?: number }): void {
    this.say(settings([MAX_CONCURRENT_STREAMS, streams], [INITIAL_WINDOW_SIZE, window]), frame(T.SETTINGS, ACK, 0));
  }

  answer(stream: number): void {
    this.say(frame(T.HEADERS, END_HEADERS | END_STREAM, stream, block([[':status', '200']])));
  }

  close(): void {
    this.#socket.destroy();
  }

  /** RST, behind what has been said. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }
}
