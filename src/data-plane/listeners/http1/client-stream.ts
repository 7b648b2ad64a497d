import type { Taker } from '../../../kernel/index.ts';
import { SocketStream, type SocketWriter } from '../../sockets/index.ts';
import type { Http1Connection } from './connection.ts';
import type { Http1Exchange } from './exchange.ts';

/** What a client connection is after 101: octets for whoever took it over, counted for the exchange that it began as. */
export class ClientStream extends SocketStream {
  readonly #connection: Http1Connection;
  /** What is told how much went to and fro; null: the exchange ended when the connection was taken over. */
  readonly #exchange: Http1Exchange | null;
  readonly #taker: Taker;

  constructor(connection: Http1Connection, writer: SocketWriter, upgraded: { readonly taker: Taker; readonly exchange: Http1Exchange | null }) {
    super(connection.socket, writer, upgraded.taker);
    this.#connection = connection;
    this.#exchange = upgraded.exchange;
    this.#taker = upgraded.taker;
  }

  get keepsTime(): boolean {
    return this.#taker.keepsTime;
  }

  /** The listener stops. */
  drain(): void {
    if (!this.over) this.#taker.drain();
  }

  protected moved(): void {
    this.#connection.touch();
  }

  protected readOn(): void {
    this.#connection.streamWanted();
  }

  protected ended(): void {
    this.#exchange?.upgradeEnded(this.octetsIn, this.octetsOut);
  }
}
