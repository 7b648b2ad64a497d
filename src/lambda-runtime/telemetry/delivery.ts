import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Clock } from '../../kernel/index.ts';
import type { Destination } from './subscription.ts';

/** How long an extension may take to acknowledge a batch. */
const ACKNOWLEDGE_MS = 2000;

/** Brings events to an extension. */
export interface Delivery {
  /** Whether they arrived. */
  send(events: readonly string[]): Promise<boolean>;
  close(): void;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html#telemetry-api-destination */
export function deliveryTo(destination: Destination, host: { readonly clock: Clock; readonly address: string }): Delivery {
  return destination.protocol === 'HTTP' ? httpDelivery(destination, host) : new TcpDelivery(destination.port, host);
}

/** A request a batch, which is a JSON array, acknowledged by its answer. */
function httpDelivery({ port, path }: Destination & { readonly protocol: 'HTTP' }, { clock, address }: { readonly clock: Clock; readonly address: string }): Delivery {
  return {
    send(events) {
      const body = Buffer.from(`[${events.join(',')}]`);
      return new Promise((resolve) => {
        const headers = { 'content-type': 'application/json', 'content-length': body.length, host: `sandbox.localdomain:${port}` };
        const sent = request({ host: address, port, path, method: 'POST', headers, agent: false }, (answer) => {
          answer.resume();
          answer.on('close', () => resolve((answer.statusCode ?? 500) < 300));
        });
        const timer = clock.after(ACKNOWLEDGE_MS, () => sent.destroy());
        sent.on('error', () => {});
        sent.on('close', () => {
          timer.cancel();
          resolve(false);
        });
        sent.end(body);
      });
    },
    close() {},
  };
}

/** One connection, on which each event is a line; that the system has taken it is all the acknowledgement there is. */
class TcpDelivery implements Delivery {
  readonly #port: number;
  readonly #host: { readonly clock: Clock; readonly address: string };
  #socket: Socket | null = null;

  constructor(port: number, host: { readonly clock: Clock; readonly address: string }) {
    this.#port = port;
    this.#host = host;
  }

  send(events: readonly string[]): Promise<boolean> {
    const socket = (this.#socket ??= this.#open());
    return new Promise((resolve) => {
      const timer = this.#host.clock.after(ACKNOWLEDGE_MS, () => socket.destroy());
      const end = (arrived: boolean): void => {
        timer.cancel();
        socket.off('close', lost);
        resolve(arrived);
      };
      const lost = (): void => end(false);
      socket.on('close', lost);
      socket.write(`${events.join('\n')}\n`, (error) => end(!error));
    });
  }

  close(): void {
    this.#socket?.end();
  }

  #open(): Socket {
    const socket = connect({ host: this.#host.address, port: this.#port, noDelay: true });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
    });
    socket.resume();
    return socket;
  }
}
