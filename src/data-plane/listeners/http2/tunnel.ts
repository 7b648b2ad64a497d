import type { ByteStream, Taker } from '../../../kernel/index.ts';
import type { Http2Exchange } from './exchange.ts';

/** A stream after an extended CONNECT has been answered (RFC 8441): octets in DATA, for whoever took the WebSocket over. Flow control is the stream's own. */
export class Tunnel implements ByteStream {
  readonly #exchange: Http2Exchange;
  readonly #taker: Taker;
  #reading = false;

  constructor(exchange: Http2Exchange, taker: Taker) {
    this.#exchange = exchange;
    this.#taker = taker;
  }

  write(buffer: Buffer, start: number, end: number, stable: boolean): boolean {
    return this.#exchange.send(buffer, start, end, stable);
  }

  /** END_STREAM; the client may go on talking. */
  end(): void {
    this.#exchange.finish('');
  }

  resume(): void {
    if (this.#reading) return this.#exchange.resumeRequest();
    this.#reading = true;
    const taker = this.#taker;
    this.#exchange.readInto({
      write: (buffer, start, end, stable) => taker.write(buffer, start, end, stable),
      end: () => taker.end(),
      abort: () => taker.destroy(true),
    });
  }

  destroy(reset: boolean): void {
    this.#exchange.closeTunnel(reset);
  }
}
