import { h2load } from '../load/h2load.ts';
import { which } from '../process.ts';
import type { Contender } from '../contenders/contender.ts';
import type { Row } from './row.ts';

export interface Http2Row {
  readonly name: string;
  readonly title: string;
  readonly contenders: readonly Contender[];
  readonly path: string;
  /** Further fields, and a message that is posted: a gRPC call. */
  readonly grpc?: boolean;
}

/** Requests over HTTP/2 and TLS from h2load: 8 connections with 8 requests each. */
export function http2Row(row: Http2Row): Row {
  return {
    name: row.name,
    title: row.title,
    unit: 'CPU us/request',
    contenders: which('h2load') === null ? [] : row.contenders,
    rounds: null,
    async sample(served, port, bench) {
      const host = served.host ?? '127.0.0.1';
      const drive = (seconds: number) =>
        h2load({
          url: `https://127.0.0.1:${port}${row.path}`, seconds, connections: 8, streams: 8,
          headers: { ':authority': `${host}:${port}`, ...(row.grpc === true ? { 'content-type': 'application/grpc', te: 'trailers' } : {}) },
          body: row.grpc === true ? bench.grpcMessage : null,
        });
      await drive(1);
      const before = served.running.cpu();
      const result = await drive(bench.seconds);
      return { cost: (served.running.cpu() - before) / result.requests, rate: result.requests / (result.us / 1e6), p50: result.mean, p99: null, p999: null, errors: result.errors };
    },
  };
}
