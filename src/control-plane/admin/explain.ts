import type { Snapshot } from '../../snapshot/index.ts';
import { AdminError, textOf } from './request.ts';
import type { ExplainRequest } from './sources.ts';

/** Reads `{ method, url, headers: [[name, value]], sourceIp }` into a request that the data plane can follow. */
export function explainRequestOf(body: Readonly<Record<string, unknown>>, snapshot: Snapshot): ExplainRequest {
  const given = textOf(body, 'url', true)!;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new AdminError(400, 'InvalidUrl', { message: `url is "${given}": give one like https://name.example/path?query.` });
  }
  const method = textOf(body, 'method', false) ?? 'GET';
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/.test(method)) throw new AdminError(400, 'InvalidMethod', { message: `method is "${method}": give one like GET.` });
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const headers = headersOf(body['headers']);
  const named = headers.find(([name]) => name === 'host')?.[1];
  const connected = url.hostname.toLowerCase().replace(/^\[|\]$/g, '');
  return {
    protocol,
    method,
    host: (named ?? connected).toLowerCase().replace(/:\d+$/, ''),
    port: boundPort(url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port), snapshot),
    address: /^[\d.]+$|:/.test(connected) ? connected : null,
    // The path as it would be sent: the URL parser has resolved dots, which clients do too.
    path: url.pathname,
    query: url.search === '' ? null : url.search.slice(1),
    headers: headers.some(([name]) => name === 'host') ? headers : [['host', url.host], ...headers],
    sourceAddress: textOf(body, 'sourceIp', false) ?? '127.0.0.1',
  };
}

/** People ask with the port of the configuration; where that one is served on another, the other is meant. */
function boundPort(asked: number, snapshot: Snapshot): number {
  const bindings = Object.values(snapshot.listeners).flatMap((listener) => listener.bindings);
  if (bindings.some(({ port }) => port === asked)) return asked;
  return bindings.find(({ advertisedPort }) => advertisedPort === asked)?.port ?? asked;
}

function headersOf(given: unknown): readonly (readonly [string, string])[] {
  if (given === undefined || given === null) return [];
  const list = Array.isArray(given) ? (given as readonly unknown[]) : [given];
  return list.map((pair) => {
    if (Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string' && typeof pair[1] === 'string') return [pair[0].toLowerCase(), pair[1]] as const;
    throw new AdminError(400, 'InvalidHeaders', { message: `headers has ${JSON.stringify(pair)}: give a list of [name, value].` });
  });
}
