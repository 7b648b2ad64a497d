import type { SocketReader } from '../sockets/index.ts';

/** No method of HTTP/1.1 begins so. */
const PREFACE_BEGINS = Buffer.from('PRI ');

/** The first octets of a client that may speak HTTP/2 without having been asked (RFC 9113 section 3.3): decides who reads the connection. */
export class PriorKnowledge implements SocketReader {
  #reader: SocketReader;
  readonly #switchToHttp2: () => SocketReader;
  #undecided = true;
  #begun: Buffer | null = null;

  constructor(http1: SocketReader, switchToHttp2: () => SocketReader) {
    this.#reader = http1;
    this.#switchToHttp2 = switchToHttp2;
  }

  read(length: number, buffer: Buffer): boolean {
    if (!this.#undecided) return this.#reader.read(length, buffer);
    const begun = this.#begun;
    const octets = begun === null ? buffer.subarray(0, length) : Buffer.concat([begun, buffer.subarray(0, length)]);
    const seen = Math.min(octets.length, PREFACE_BEGINS.length);
    const isHttp2 = PREFACE_BEGINS.compare(octets, 0, seen, 0, seen) === 0;
    if (isHttp2 && seen < PREFACE_BEGINS.length) {
      this.#begun = Buffer.from(octets);
      return true;
    }
    this.#undecided = false;
    this.#begun = null;
    if (isHttp2) this.#reader = this.#switchToHttp2();
    return this.#reader.read(octets.length, begun === null ? buffer : octets);
  }
}
