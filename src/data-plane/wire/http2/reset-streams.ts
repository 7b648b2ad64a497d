/** Streams whose end is remembered at most. */
const KEPT = 512;

/**
 * The streams of one connection that were reset last. What is still on its way for those that we have reset is dropped in silence; a peer that goes on with one that it
 * has ended itself breaks the rules (RFC 9113 section 5.1, "closed").
 */
export class ResetStreams {
  /** True: by us. */
  readonly #byUs = new Map<number, boolean>();
  /** What became of streams below has been forgotten, where it was a reset. */
  #knownFrom = 0;

  add(stream: number, byUs: boolean): void {
    this.#byUs.set(stream, byUs);
    if (this.#byUs.size <= KEPT) return;
    const first = this.#byUs.keys().next().value!;
    this.#byUs.delete(first);
    this.#knownFrom = Math.max(this.#knownFrom, first + 1);
  }

  /** Also where that may be and nobody knows: a peer that has broken no rule must not be told that it has. */
  wasResetByUs(stream: number): boolean {
    return this.#byUs.get(stream) ?? stream < this.#knownFrom;
  }

  wasResetByPeer(stream: number): boolean {
    return this.#byUs.get(stream) === false;
  }
}
