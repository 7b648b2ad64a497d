import { quotedText, wordText } from '../access-log/escape.ts';

/** A connection as its log tells it, made or failed. `-` and null stand for what is not known. */
export interface LoggedConnection {
  /** Wall clock, ms. */
  readonly at: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Port of the listener, as configured. */
  readonly port: string;
  readonly version: string;
  readonly cipher: string;
  readonly keyExchange: string;
  /** Null without a handshake, or with one that failed. */
  readonly handshakeMs: number | null;
  readonly certificate: { readonly subject: string; readonly validity: string; readonly serialNumber: string } | null;
  /** `Success`, `Failed:ClientCertUntrusted`; `-` where no TLS is spoken. */
  readonly status: string;
  /** With the worker's prefix it makes `conn_trace_id`, by which lines of the access log name their connection. */
  readonly id: number;
}

/** Fields of a line, in order. */
export const connectionLogFields = [
  'timestamp', 'client_ip', 'client_port', 'listener_port', 'tls_protocol', 'tls_cipher', 'tls_handshake_latency', 'leaf_client_cert_subject', 'leaf_client_cert_validity',
  'leaf_client_cert_serial_number', 'tls_verify_status', 'conn_trace_id', 'tls_keyexchange',
] as const;

/**
 * ALB's connection log line, ended by a line feed. `connectionPrefix`: see `AccessLogFormat`.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html#connection-log-entry-format
 */
export function connectionLogLine(connection: LoggedConnection, connectionPrefix: string): string {
  const { at, remoteAddress, remotePort, port, version, cipher, keyExchange, handshakeMs, certificate, status, id } = connection;
  const time = new Date(at).toISOString().replace('Z', '000Z');
  const latency = handshakeMs === null ? '-' : (handshakeMs / 1000).toFixed(3);
  const client = certificate === null ? '"-" - -' : `"${quotedText(certificate.subject)}" ${wordText(certificate.validity)} ${wordText(certificate.serialNumber)}`;
  return `${time} ${wordText(remoteAddress)} ${remotePort} ${port} ${version} ${cipher} ${latency} ${client} ${status} TID_${connectionPrefix}${id.toString(16).padStart(12, '0')} ${keyExchange}\n`;
}
