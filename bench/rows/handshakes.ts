import { fileURLToPath } from 'node:url';
import type { Contender, Served } from '../contenders/contender.ts';
import type { LoadResult } from '../load/wrk.ts';
import { LOAD_CORE, Running } from '../process.ts';
import type { Row } from './row.ts';

const CLIENT = fileURLToPath(new URL('../load/handshakes.mjs', import.meta.url));

/** Before the first counted run: code that is compiled while it runs costs more until it is, and there are a thousand connections a second only. */
const WARM_UP_SECONDS = 5;

/** TLS connections, one request each: a full handshake every time, or one resumed from the connection before. */
export function handshakeRow(mode: 'full' | 'resumed', contenders: readonly Contender[]): Row {
  const warm = new WeakSet<Served>();
  return {
    name: `tls-${mode}`,
    title: mode === 'full' ? 'TLS, new connection a request, full handshake (P-256)' : 'TLS, new connection a request, resumed',
    unit: 'CPU us/connection',
    contenders,
    rounds: null,
    async sample(served, port, bench) {
      await connections(mode, { port, seconds: warm.has(served) ? 1 : WARM_UP_SECONDS, host: served.host ?? 'localhost' });
      warm.add(served);
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
