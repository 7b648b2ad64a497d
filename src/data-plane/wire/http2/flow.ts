import { FRAME_OCTETS, WINDOW } from './frame.ts';
import type { FrameSink, FrameWriter } from './frame-writer.ts';

/** Unsent octets of one connection above which its streams wait. */
const BACKLOG = 64 * 1024;

/** A stream that sends DATA. */
export interface Sender {
  readonly id: number;
  /** Octets that the peer takes. */
  sendWindow: number;
  /** Among those that wait; the connection's own. */
  listed: boolean;
  readonly ended: boolean;
  /** It waits for something still. */
  readonly waiting: boolean;
  /** There may be room again: sends one frame's worth. True when something moved. */
  pump(): boolean;
}

/** What one connection sends, held to the windows of its peer (RFC 9113 section 5.2) and to what the socket takes; streams that wait take turns. */
export class Outflow<Stream extends Sender> {
  /** Octets that the peer takes on all streams together. */
  window = WINDOW;
  readonly #sink: FrameSink;
  readonly #writer: FrameWriter;
  #waiting: Stream[] = [];
  #pumping = false;

  constructor(sink: FrameSink, writer: FrameWriter) {
    this.#sink = sink;
    this.#writer = writer;
  }

  /** So much waits for the socket that streams should hold back. */
  get congested(): boolean {
    return this.#sink.unsent > BACKLOG;
  }

  /** As much of the octets as windows and the socket take; where it stopped. */
  data(stream: Stream, buffer: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.#sink.unsent <= BACKLOG) {
      const take = Math.min(end - at, FRAME_OCTETS, stream.sendWindow, this.window);
      if (take <= 0) break;
      this.#writer.data(stream.id, buffer, { from: at, to: at + take });
      stream.sendWindow -= take;
      this.window -= take;
      at += take;
    }
    return at;
  }

  /** The stream waits for a window, or for the socket. */
  waits(stream: Stream): void {
    if (stream.listed) return;
    stream.listed = true;
    this.#waiting.push(stream);
  }

  /** Gives every stream that waits its turn, a frame at a time, as long as something moves. */
  pump(): void {
    if (this.#pumping || this.#waiting.length === 0) return;
    this.#pumping = true;
    let moved = true;
    while (moved && this.#waiting.length > 0 && !this.congested) {
      moved = false;
      const round = this.#waiting;
      this.#waiting = [];
      for (const stream of round) {
        stream.listed = false;
        if (stream.ended) continue;
        if (!this.congested && stream.pump()) moved = true;
        if (stream.waiting) this.waits(stream);
      }
    }
    this.#pumping = false;
  }

  /** Nobody's turn comes any more. */
  stop(): void {
    this.#waiting = [];
  }
}

/** The window of one connection for what it receives. */
export class Inflow {
  #room: number;
  readonly #step: number;
  #free = 0;

  /** Room is given back in steps of `step`. */
  constructor(room: number, step: number) {
    this.#room = room;
    this.#step = step;
  }

  /** The peer has no room for another frame. */
  get full(): boolean {
    return this.#room < FRAME_OCTETS;
  }

  /** False: the peer sends more than it may. */
  take(octets: number): boolean {
    if (octets > this.#room) return false;
    this.#room -= octets;
    return true;
  }

  /** Octets that were taken are nobody's any more. What the peer is to be told of now; 0: nothing yet. */
  free(octets: number): number {
    this.#free += octets;
    if (this.#free < this.#step) return 0;
    const credit = this.#free;
    this.#room += credit;
    this.#free = 0;
    return credit;
  }
}
