const BYTES = 256 * 1024;
const KEPT = 16;

/**
 * Buffers for long bodies, each read into by one socket: large reads that nobody has to copy. Octets in one are lent to whoever writes them on until all have left; one
 * that is lent when its body ends is left to the collector.
 */
export class BulkBuffers {
  readonly #spare: Buffer[] = [];

  take(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(BYTES);
  }

  /** Nobody uses it any more. */
  give(buffer: Buffer): void {
    if (this.#spare.length < KEPT) this.#spare.push(buffer);
  }
}

/** Bodies that are worth one: what is left to come of them. */
export const LONG_BODY = 128 * 1024;
