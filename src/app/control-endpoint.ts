import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpRequest, HttpResponse } from '../aws/index.ts';

/** Answers one request; null: not mine. */
export type Handler = (request: HttpRequest) => Promise<HttpResponse | null>;

export interface ControlEndpointSettings {
  readonly host: string;
  readonly port: number;
  readonly handlers: readonly Handler[];
  /** Largest request body. */
  readonly bodyLimit: number;
  readonly onError: (error: Error) => void;
}

/**
 * The one port of the control plane: AWS's APIs and the admin API, over node:http. Not a hot path: whole bodies, one handler after another.
 */
export class ControlEndpoint {
  readonly #settings: ControlEndpointSettings;
  readonly #server: Server;

  constructor(settings: ControlEndpointSettings) {
    this.#settings = settings;
    this.#server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 300_000, maxHeaderSize: 64 * 1024 }, (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        settings.onError(error as Error);
        response.destroy();
      });
    });
    this.#server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue();
      this.#server.emit('request', request, response);
    });
  }

  /** Resolves with the address that is bound. */
  listen(): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#settings.port, this.#settings.host, () => {
        this.#server.off('error', reject);
        this.#server.on('error', this.#settings.onError);
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    // an AWS client keeps its connection: do not wait for it
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming, this.#settings.bodyLimit);
    // nobody waits for an answer
    if (body === 'gone') return;
    if (body === 'too-large') {
      outgoing.writeHead(413, { 'content-type': 'text/plain', connection: 'close' });
      outgoing.end(`The request body is larger than ${this.#settings.bodyLimit} bytes.\n`);
      return;
    }
    const request: HttpRequest = { method: incoming.method ?? 'GET', url: incoming.url ?? '/', rawHeaders: incoming.rawHeaders, body, remoteAddress: incoming.socket.remoteAddress ?? '' };
    for (const handler of this.#settings.handlers) {
      const response = await handler(request);
      if (response === null) continue;
      await answer(outgoing, response);
      return;
    }
    outgoing.writeHead(404, { 'content-type': 'text/plain' });
    outgoing.end('Nothing answers this request.\n');
  }
}

async function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer | 'too-large' | 'gone'> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of incoming as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > limit) return 'too-large';
      parts.push(part);
    }
  } catch (error) {
    if (incoming.complete) throw error;
    return 'gone';
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, size);
}

async function answer(outgoing: ServerResponse, response: HttpResponse): Promise<void> {
  if (Buffer.isBuffer(response.body)) {
    const bodiless = response.status === 204 || response.status === 304 || response.status < 200;
    outgoing.writeHead(response.status, bodiless ? { ...response.headers } : { ...response.headers, 'content-length': String(response.body.length) });
    outgoing.end(bodiless ? undefined : response.body);
    return;
  }
  outgoing.writeHead(response.status, { ...response.headers });
  for await (const part of response.body) {
    if (!outgoing.write(part)) await drainedOrGone(outgoing);
    // leaving the loop ends what the parts come from
    if (outgoing.destroyed) return;
  }
  outgoing.end();
}

/** A client that leaves while it is slow never drains. */
function drainedOrGone(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      outgoing.off('drain', done).off('close', done);
      resolve();
    };
    if (outgoing.destroyed) resolve();
    else outgoing.on('drain', done).on('close', done);
  });
}
