import { wrk, type LoadResult } from '../load/wrk.ts';
import type { Sample } from '../measurement.ts';
import type { Contender, Served } from '../contenders/contender.ts';
import type { Bench, Row } from './row.ts';

export interface RequestRow {
  readonly name: string;
  readonly title: string;
  readonly contenders: readonly Contender[];
  readonly path: string;
  readonly tls?: boolean;
  /** A new connection for every request. */
  readonly close?: boolean;
  /** Bytes posted. */
  readonly body?: number;
  /** Cost a megabyte moved instead of a request. */
  readonly perMegabyte?: boolean;
  readonly connections?: number;
}

/** HTTP/1.1 requests from wrk, one connection after the other kept full. */
export function requestRow(row: RequestRow): Row {
  return {
    name: row.name,
    title: row.title,
    unit: row.perMegabyte === true ? 'CPU us/MB' : 'CPU us/request',
    contenders: row.contenders,
    rounds: null,
    async sample(served, port, bench) {
      await drive(row, served, { port, bench, seconds: 1 });
      const before = served.running.cpu();
      const result = await drive(row, served, { port, bench, seconds: bench.seconds });
      return sampleOf(row, served.running.cpu() - before, result);
    },
  };
}

function drive(row: RequestRow, served: Served, run: { readonly port: number; readonly bench: Bench; readonly seconds: number }): Promise<LoadResult> {
  return wrk({
    url: `${row.tls === true ? 'https' : 'http'}://127.0.0.1:${run.port}${row.path}`,
    seconds: run.seconds,
    connections: row.connections ?? 64,
    // with the port, as every client writes it where it is not the scheme's own
    headers: { ...(served.host === null ? {} : { Host: `${served.host}:${run.port}` }), ...(row.close === true ? { Connection: 'close' } : {}), ...served.headers },
    body: row.body ?? 0,
    folder: run.bench.folder,
  });
}

function sampleOf(row: RequestRow, cpu: number, result: LoadResult): Sample {
  const { requests, us, bytes, p50, p99, p999, errors } = result;
  const moved = Math.max(bytes, (row.body ?? 0) * requests) / 1048576;
  return { cost: cpu / (row.perMegabyte === true ? moved : requests), rate: requests / (us / 1e6), p50, p99, p999, errors };
}
