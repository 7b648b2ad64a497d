import { fileURLToPath } from 'node:url';
import type { Contender } from '../contenders/contender.ts';
import type { LoadResult } from '../load/wrk.ts';
import { LOAD_CORE, Running } from '../process.ts';
import type { Row } from './row.ts';

const CLIENT = fileURLToPath(new URL('../load/handshakes.mjs', import.meta.url));

/** TLS connections, one request each: a full handshake every time, or one resumed from the connection before. */
export function handshakeRow(mode: 'full' | 'resumed', contenders: readonly Contender[]): Row {
  return {
    name: `tls-${mode}`,
    title: mode === 'full' ? 'TLS, new connection a request, full handshake (P-256)' : 'TLS, new connection a request, resumed',
    unit: 'CPU us/connection',
    contenders,
    rounds: null,
    async sample(served, port, bench) {
      await connections(mode, { port, seconds: 1, host: served.host ?? 'localhost' });
      const before = served.running.cpu();
      const result = await connections(mode, { port, seconds: bench.seconds, host: served.host ?? 'localhost' });
      const cpu = served.running.cpu() - before;
      if (mode === 'resumed' && result.resumed < result.requests * 0.9) {
        throw new Error(`only ${result.resumed} of ${result.requests} connections were resumed: the row would measure something else`);
      }
      return { cost: cpu / result.requests, rate: result.requests / (result.us / 1e6), p50: result.p50, p99: result.p99, p999: result.p999, errors: result.errors };
    },
  };
}

async function connections(mode: string, run: { readonly port: number; readonly seconds: number; readonly host: string }): Promise<LoadResult & { readonly resumed: number }> {
  const client = new Running({ command: [process.execPath, CLIENT, String(run.port), mode, String(run.seconds), '16', run.host], core: LOAD_CORE });
  try {
    await client.ready(() => Promise.resolve(client.output.includes('RESULT ')), (run.seconds + 10) * 1000);
    return JSON.parse(/^RESULT (.*)$/m.exec(client.output)![1]!) as LoadResult & { resumed: number };
  } finally {
    await client.stop();
  }
}
