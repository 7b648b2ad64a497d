import { turnpikeApi, turnpikePolicies } from '../contenders/api.ts';
import { caddy } from '../contenders/caddy.ts';
import type { Contender } from '../contenders/contender.ts';
import type { Feature } from '../contenders/feature.ts';
import { plainIpc, turnpikeFunctions } from '../contenders/functions.ts';
import { haproxy } from '../contenders/haproxy.ts';
import { nginx } from '../contenders/nginx.ts';
import { standIn } from '../contenders/stand-in.ts';
import { twoHops } from '../contenders/two-hops.ts';
import { turnpike } from '../contenders/turnpike.ts';
import { coldStartRow, functionRow, idleEnvironmentRow } from './functions.ts';
import { which } from '../process.ts';
import { handshakeRow } from './handshakes.ts';
import { http2Row } from './http2.ts';
import { idleRow } from './idle.ts';
import { requestRow } from './requests.ts';
import type { Row } from './row.ts';
import { idleWebSocketRow, webSocketRow } from './web-socket.ts';

export interface RowSettings {
  /** Further words for `turnpike serve`. */
  readonly serve: readonly string[];
  /** Command of a further HTTP proxy; null: none. */
  readonly standIn: string | null;
  /** Idle connections that a process can hold, each of which takes it one file. */
  readonly idleConnections: number;
  /** No more than a hasty run has time for. */
  readonly quick: boolean;
}

const MEGABYTE = 1024 * 1024;

/** Every row of the bench, in the order of the table. */
export function rowList(settings: RowSettings): readonly Row[] {
  const ours = (mode: 'http' | 'tls' | 'grpc' | 'fixed', rules = 10): Contender => turnpike({ mode, rules, feature: 'none', serve: settings.serve });
  const using = (feature: Feature, mode: 'http' | 'tls' = 'http'): readonly Contender[] => [turnpike({ mode, rules: 10, feature, serve: settings.serve }), ours(mode)];
  const sketch = settings.standIn === null ? [] : [standIn(settings.standIn)];
  const http = [ours('http'), haproxy('http'), nginx('http'), ...sketch];
  const hasty = (connections: number): number => (settings.quick ? 2_000 : connections);
  const idle = (connections: number): number => Math.min(hasty(connections), settings.idleConnections);
  const sharing = turnpike({ mode: 'http', rules: 10, feature: 'none', serve: [...settings.serve, '--share-ports', 'yes'] });
  const tls = [ours('tls'), haproxy('tls'), nginx('tls')];
  return [
    requestRow({ name: 'keepalive', title: 'HTTP/1.1 keep-alive, 1 KB', path: '/1k', contenders: [...http, nginx('http-with-access-log'), caddy('http')] }),
    requestRow({ name: 'api-chain', title: 'API Gateway -> balancer -> target as one chain, HTTP/1.1 keep-alive, 1 KB', path: '/1k', contenders: [turnpikeApi(settings.serve), ours('http'), haproxy('http'), twoHops()] }),
    requestRow({ name: 'api-policies', title: 'API Gateway: JWT (cached), throttle, CORS and access log, HTTP/1.1 keep-alive, 1 KB', path: '/1k', contenders: [turnpikePolicies(settings.serve), ours('http'), haproxy('http')] }),
    requestRow({ name: 'rules', title: 'HTTP/1.1 keep-alive, 1 KB, the last of the rules', path: '/r/last/x', contenders: [ours('http'), ours('http', 10_000)] }),
    requestRow({ name: 'sticky', title: 'A client that comes back with its cookie to a sticky target group, keep-alive, 1 KB', path: '/1k', contenders: using('sticky') }),
    requestRow({ name: 'weighted', title: 'Two weighted target groups, keep-alive, 1 KB', path: '/1k', contenders: using('weighted') }),
    requestRow({ name: 'regex', title: 'Ten rules by regular expression, of which the last holds, keep-alive, 1 KB', path: '/1k', contenders: using('regex') }),
    requestRow({ name: 'jwt', title: 'JWT validation of a token that was seen before, TLS keep-alive, 1 KB', path: '/1k', tls: true, contenders: using('jwt', 'tls') }),
    requestRow({ name: 'login', title: 'A user who is logged in at the balancer comes back with the session cookie, TLS keep-alive, 1 KB', path: '/1k', tls: true, contenders: using('login', 'tls') }),
    requestRow({ name: 'new-connection', title: 'HTTP/1.1, new connection a request, 1 KB', path: '/1k', close: true, contenders: http }),
    requestRow({ name: 'download-1m', title: '1 MB responses', path: '/1m', perMegabyte: true, connections: 16, contenders: http }),
    requestRow({ name: 'post-1k', title: 'POST of 1 KB', path: '/sink', body: 1024, contenders: http }),
    requestRow({ name: 'upload-1m', title: 'POST of 1 MB', path: '/sink', body: MEGABYTE, perMegabyte: true, connections: 16, contenders: [ours('http'), haproxy('http'), nginx('http')] }),
    requestRow({ name: 'tls-keepalive', title: 'TLS keep-alive, 1 KB', path: '/1k', tls: true, contenders: [...tls, caddy('tls')] }),
    http2Row({ name: 'http2', title: 'HTTP/2 over TLS, 8 connections of 8 requests, 1 KB', path: '/1k', contenders: tls }),
    http2Row({ name: 'http2-targets', title: 'HTTP/2 over TLS to targets that speak HTTP/2, 1 KB', path: '/1k', contenders: [...(which('nghttpd') === null ? [] : using('HTTP/2 targets (nghttpd)', 'tls').slice(0, 1)), ...using('HTTP/2 targets', 'tls')] }),
    http2Row({ name: 'grpc', title: 'gRPC unary over TLS, 100 octets, trailers alone', path: '/bench.Bench/Call', grpc: true, contenders: [ours('grpc'), haproxy('grpc'), nginx('grpc')] }),
    handshakeRow('full', tls),
    handshakeRow('resumed', tls),
    requestRow({ name: 'fixed-response', title: 'Fixed response, keep-alive', path: '/fixed', contenders: [ours('fixed'), haproxy('fixed'), nginx('fixed'), caddy('fixed')] }),
    functionRow({ connections: 8 }, [turnpikeFunctions(settings.serve, 0), plainIpc()]),
    functionRow({ connections: 1 }, [turnpikeFunctions(settings.serve, 0), plainIpc()]),
    coldStartRow([turnpikeFunctions(settings.serve, 2), turnpikeFunctions(settings.serve, 0), { ...plainIpc(), label: 'node -e 0' }]),
    idleEnvironmentRow([turnpikeFunctions(settings.serve, 0), plainIpc()]),
    webSocketRow([ours('http'), haproxy('http'), nginx('http')]),
    idleRow({ tls: false, connections: idle(10_000) }, [ours('http'), haproxy('http'), nginx('http')]),
    idleRow({ tls: true, connections: idle(10_000) }, tls),
    idleWebSocketRow(hasty(20_000), [sharing, haproxy('http'), nginx('http')]),
  ];
}
