/** What is known of the ids of streams that the client has used, once their exchanges are over (RFC 9113 sections 5.1 and 5.1.1). */
export class StreamIds {
  last = 0;
  /** The ids that the client skipped last: never opened, so never to be used. */
  #skippedFrom = 0;
  #skippedTo = 0;

  /** It was never opened. */
  isIdle(stream: number): boolean {
    return (stream & 1) === 0 || stream > this.last;
  }

  open(stream: number): void {
    if (stream > this.last + 2) {
      this.#skippedFrom = this.last + 1;
      this.#skippedTo = stream;
    }
    this.last = stream;
  }

  wasSkipped(stream: number): boolean {
    return stream >= this.#skippedFrom && stream < this.#skippedTo;
  }
}
