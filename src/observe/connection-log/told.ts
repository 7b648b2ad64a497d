import type { Downstream, FailedHandshake } from '../../data-plane/exchange/index.ts';
import type { LoggedConnection } from './format.ts';

/** A connection that was accepted, and secured where its listener speaks TLS, as the log tells it. */
export function openedConnection({ remoteAddress, remotePort, advertisedPort, id, tls }: Downstream, at: number): LoggedConnection {
  return {
    at, remoteAddress, remotePort, port: advertisedPort, id, version: tls?.version ?? '-', cipher: tls?.cipher ?? '-', keyExchange: tls?.keyExchange ?? '-', handshakeMs: tls?.handshakeMs ?? null,
    certificate: tls?.client ?? null, status: tls === null ? '-' : 'Success',
  };
}

/** A connection whose handshake came to nothing. */
export function failedConnection({ remoteAddress, remotePort, advertisedPort, id, version, cipher, keyExchange, certificate, code }: FailedHandshake, at: number): LoggedConnection {
  return { at, remoteAddress, remotePort, port: advertisedPort, id, version, cipher, keyExchange, handshakeMs: null, certificate, status: `Failed:${code}` };
}
