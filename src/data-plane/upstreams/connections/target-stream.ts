import type { Socket } from 'node:net';
import type { Taker } from '../../../kernel/index.ts';
import { SocketStream, type SocketWriter } from '../../sockets/index.ts';
import type { Http1Upstream } from './http1.ts';

/** What a connection to a target is after its 101: the other half of a relay. The client's half keeps the time and counts. */
export class TargetStream extends SocketStream implements Taker {
  readonly keepsTime = false;
  readonly #connection: Http1Upstream;

  constructor(connection: Http1Upstream, socket: Socket, writer: SocketWriter) {
    super(socket, writer, null);
    this.#connection = connection;
  }

  drain(): void {
    // the conversation is not ours: it goes on until it ends or is cut
  }

  protected moved(): void {}

  protected readOn(): void {
    this.#connection.resume();
  }

  protected ended(): void {}
}
