import type { ResponseSink } from '../../lambda-runtime/index.ts';

/** The way of a streamed response out of the thread that runs functions: each part is sent, and counted as taken when the other side says so. */
export class CarriedStream implements ResponseSink {
  readonly #send: { begin(contentType: string): void; part(bytes: Buffer): void };
  /** What was sent and is not yet taken, in order. */
  readonly #sent: { readonly length: number; readonly taken: () => void }[] = [];

  constructor(send: { begin(contentType: string): void; part(bytes: Buffer): void }) {
    this.#send = send;
  }

  begin(contentType: string): void {
    this.#send.begin(contentType);
  }

  part(bytes: Buffer, taken: () => void): void {
    this.#sent.push({ length: bytes.length, taken });
    this.#send.part(bytes);
  }

  /** Parts are taken whole and in order. */
  taken(bytes: number): void {
    const first = this.#sent[0];
    if (first?.length !== bytes) return;
    this.#sent.shift();
    first.taken();
  }
}
