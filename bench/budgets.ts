import { ratio, type RowResult } from './measurement.ts';

/**
 * What the project promises to cost, as data. `limit` is of the ratio of two medians of one run (or of two rows), so that it holds on any
 * machine; only the memory of an idle connection and what functions take are numbers of their own.
 */
export interface Budget {
  readonly what: string;
  readonly limit: number;
  readonly measured: (rows: ReadonlyMap<string, RowResult>) => number | null;
  /** `x`: a ratio; of this machine: `bytes`, `CPU us`, `us`, `ms`. */
  readonly unit: 'x' | 'bytes' | 'CPU us' | 'us' | 'ms';
}

const FUNCTION = 'turnpike, no spare process';
const median = (row: string, label: string) => (rows: ReadonlyMap<string, RowResult>) => rows.get(row)?.measurements.find((m) => m.label === label)?.median ?? null;

const against = (row: string, peer: string) => (rows: ReadonlyMap<string, RowResult>) => ratio(rows.get(row), 'turnpike', peer);

export const budgets: readonly Budget[] = [
  { what: 'HTTP/1.1 keep-alive, all features on, against HAProxy bare (aim)', limit: 1.0, unit: 'x', measured: against('keepalive', 'haproxy') },
  { what: 'HTTP/1.1 keep-alive, all features on, against HAProxy bare (must)', limit: 1.1, unit: 'x', measured: against('keepalive', 'haproxy') },
  {
    what: 'API Gateway -> balancer as one chain against the balancer alone (aim)', limit: 1.1, unit: 'x',
    measured: (rows) => ratio(rows.get('api-chain'), 'turnpike, API -> balancer', 'turnpike'),
  },
  {
    what: 'API Gateway -> balancer as one chain against the balancer alone (must)', limit: 1.3, unit: 'x',
    measured: (rows) => ratio(rows.get('api-chain'), 'turnpike, API -> balancer', 'turnpike'),
  },
  {
    what: 'API Gateway with JWT (cached), throttle, CORS and access log against HAProxy bare', limit: 1.2, unit: 'x',
    measured: (rows) => ratio(rows.get('api-policies'), 'turnpike, API with policies', 'haproxy'),
  },
  { what: 'TLS keep-alive against HAProxy (aim)', limit: 1.0, unit: 'x', measured: against('tls-keepalive', 'haproxy') },
  { what: 'TLS keep-alive against HAProxy (must)', limit: 1.2, unit: 'x', measured: against('tls-keepalive', 'haproxy') },
  { what: 'HTTP/2 over TLS against HAProxy (aim)', limit: 1.0, unit: 'x', measured: against('http2', 'haproxy') },
  { what: 'HTTP/2 towards targets that index against HTTP/1.1 towards targets', limit: 1.0, unit: 'x', measured: (rows) => ratio(rows.get('http2-targets'), 'turnpike, HTTP/2 targets (nghttpd)', 'turnpike') },
  { what: 'HTTP/2 towards nginx against HTTP/1.1 towards nginx', limit: 1.0, unit: 'x', measured: (rows) => ratio(rows.get('http2-targets'), 'turnpike, HTTP/2 targets', 'turnpike') },
  { what: 'WebSocket echo against HAProxy', limit: 1.1, unit: 'x', measured: against('web-socket', 'haproxy') },
  { what: 'full TLS handshakes against HAProxy', limit: 1.1, unit: 'x', measured: against('tls-full', 'haproxy') },
  { what: 'resumed TLS handshakes against HAProxy', limit: 1.1, unit: 'x', measured: against('tls-resumed', 'haproxy') },
  { what: 'gRPC unary over TLS against nginx grpc_pass (aim)', limit: 1.0, unit: 'x', measured: against('grpc', 'nginx') },
  {
    what: '10,000 rules against 10', limit: 1.1, unit: 'x',
    measured: (rows) => ratio(rows.get('rules'), 'turnpike, 10000 rules', 'turnpike'),
  },
  { what: 'a warm call of a Node function through a balancer (5,000 a second a core)', limit: 200, unit: 'CPU us', measured: (rows) => median('functions', FUNCTION)(rows)?.cost ?? null },
  { what: 'the median of such calls, one after the other', limit: 1000, unit: 'us', measured: (rows) => median('function-latency', FUNCTION)(rows)?.p50 ?? null },
  { what: 'a cold start of a small Node function', limit: 150, unit: 'ms', measured: (rows) => median('function-cold', FUNCTION)(rows)?.cost ?? null },
  { what: 'an idle keep-alive connection', limit: 6 * 1024, unit: 'bytes', measured: (rows) => median('idle-memory', 'turnpike')(rows)?.cost ?? null },
];
