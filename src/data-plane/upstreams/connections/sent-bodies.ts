/** A body that has been taken from its exchange, as far as it has come. */
export interface SentBody {
  readonly octets: Buffer;
  /** There is no more of it. */
  readonly ended: boolean;
  readonly trailers: string;
}

/** What all requests of a thread may have here at once; it is the last that is kept. */
const ROOM = 1024 * 1024;
const NOTHING = Buffer.alloc(0);
/** The body has begun to be sent and is not here: it cannot be sent again. */
export const GONE = -1;

/**
 * The octets of requests' bodies that one thread has sent lately, one behind the other: a target that leaves, or that takes no more at once, has not looked at some of
 * what it was sent, and those requests go elsewhere (RFC 9113 section 8.7). A copy costs less than to allocate one, and nobody has to let go of it.
 */
export class SentBodies {
  #room = NOTHING;
  /** All octets that were ever kept, and those left out so that each piece is in one. */
  #end = 0;

  /** Keeps a piece, which is shorter than the room. Where it begins: where the last piece ended, unless that is too near to the end of the room. */
  keep(buffer: Buffer, start: number, end: number): number {
    if (this.#room === NOTHING) this.#room = Buffer.allocUnsafeSlow(ROOM);
    const rest = ROOM - (this.#end % ROOM);
    const at = rest < end - start ? this.#end + rest : this.#end;
    buffer.copy(this.#room, at % ROOM, start, end);
    this.#end = at + end - start;
    return at;
  }

  /** A copy of so many octets from there on. Null: others are there by now. */
  take(at: number, length: number): Buffer | null {
    if (at === GONE || this.#end - at > ROOM) return null;
    return Buffer.from(this.#room.subarray(at % ROOM, (at % ROOM) + length));
  }
}
