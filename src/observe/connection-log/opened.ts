import type { Downstream, DownstreamTls } from '../../data-plane/exchange/index.ts';
import type { LoggedConnection } from './format.ts';

/** What a listener may know of a handshake beyond what all of them do: dashes stand for what it does not. */
interface HandshakeFacts {
  readonly handshakeMs?: number;
  readonly keyExchange?: string;
  readonly client?: LoggedConnection['certificate'];
}

/** A connection that was accepted, and secured where its listener speaks TLS, as the log tells it. */
export function openedConnection({ remoteAddress, remotePort, advertisedPort, id, tls }: Downstream, at: number): LoggedConnection {
  const facts: (DownstreamTls & HandshakeFacts) | null = tls;
  return {
    at, remoteAddress, remotePort, port: advertisedPort, id, version: facts?.version ?? '-', cipher: facts?.cipher ?? '-', keyExchange: facts?.keyExchange ?? '-',
    handshakeMs: facts?.handshakeMs ?? null, certificate: facts?.client ?? null, status: facts === null ? '-' : 'Success',
  };
}
