import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Clock } from '../../../kernel/index.ts';
import { untold, type Mishaps, type Outgoing, type OutgoingOutcome, type OutgoingRequest } from '../../exchange/index.ts';

export interface OutgoingSettings {
  readonly clock: Clock;
  /** Authorities to trust, PEM; null: those that Node.js trusts. */
  readonly authorities: readonly string[] | null;
  /** Connections at a time to one origin; what is more waits within its time. */
  readonly connections: number;
  readonly mishaps?: Mishaps;
}

const IDLE_CONNECTIONS = 4;

/** Requests of the gateway's own, over node:http: they are rare, and their cost does not matter. */
export class OutgoingClient implements Outgoing {
  readonly #clock: Clock;
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;
  readonly #mishaps: Mishaps;

  constructor({ clock, authorities, connections, mishaps = untold }: OutgoingSettings) {
    this.#clock = clock;
    this.#mishaps = mishaps;
    const shared = { keepAlive: true, maxSockets: connections, maxFreeSockets: IDLE_CONNECTIONS, maxTotalSockets: 4 * connections };
    this.#http = new HttpAgent(shared);
    this.#https = new HttpsAgent({ ...shared, ...(authorities === null ? {} : { ca: [...authorities] }) });
  }

  send(request: OutgoingRequest, done: (outcome: OutgoingOutcome) => void): void {
    let settled = false;
    let sent: ClientRequest | null = null;
    const settle = (outcome: OutgoingOutcome): void => {
      if (settled) return;
      settled = true;
      timer.cancel();
      if (outcome.kind !== 'answer') sent?.destroy();
      try {
        done(outcome);
      } catch (error) {
        this.#mishaps.note('wait', error);
        // who could not take it knows what to do where there is none
        done({ kind: 'failed', why: 'the answer could not be taken' });
      }
    };
    const timer = this.#clock.after(request.withinMs, () => settle({ kind: 'timeout' }));
    try {
      sent = this.#begin(request);
    } catch (error) {
      // a URL that cannot be read, a header that cannot be written
      queueMicrotask(() => settle({ kind: 'failed', why: (error as Error).message }));
      return;
    }
    sent.on('error', (error) => settle({ kind: 'failed', why: error.message }));
    sent.on('response', (response) => receive(response, request.maxBytes, settle));
    sent.end(request.octets ?? request.body ?? undefined);
  }

  /** Lets go of idle connections: the thread stops. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #begin({ method, url, headers, body, octets }: OutgoingRequest): ClientRequest {
    const to = new URL(url);
    const length = octets === undefined && body === null ? {} : { 'content-length': String(octets?.length ?? Buffer.byteLength(body ?? '')) };
    const options = { method, headers: { 'user-agent': 'turnpike', 'accept-encoding': 'identity', ...headers, ...length } };
    if (to.protocol === 'https:') return httpsRequest(to, { ...options, agent: this.#https });
    if (to.protocol === 'http:') return httpRequest(to, { ...options, agent: this.#http });
    throw new Error(`${to.protocol} is not spoken`);
  }
}

function receive(response: IncomingMessage, maxBytes: number, settle: (outcome: OutgoingOutcome) => void): void {
  const parts: Buffer[] = [];
  let size = 0;
  response.on('data', (part: Buffer) => {
    size += part.length;
    if (size > maxBytes) settle({ kind: 'too-large' });
    else parts.push(part);
  });
  const protocol = response.headers['sec-websocket-protocol'];
  response.on('end', () => {
    settle({ kind: 'answer', status: response.statusCode ?? 0, contentType: response.headers['content-type'] ?? '', body: Buffer.concat(parts), ...(protocol === undefined ? {} : { protocol }) });
  });
  response.on('aborted', () => settle({ kind: 'failed', why: 'the answer was cut off' }));
  response.on('error', (error) => settle({ kind: 'failed', why: error.message }));
}
