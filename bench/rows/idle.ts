import type { Contender } from '../contenders/contender.ts';
import { openIdle } from '../load/idle-connections.ts';
import { wrk } from '../load/wrk.ts';
import type { Row } from './row.ts';

/** Growth of resident memory by idle keep-alive connections, each of which has had one request answered. */
export function idleRow({ tls, connections }: { readonly tls: boolean; readonly connections: number }, contenders: readonly Contender[]): Row {
  return {
    name: tls ? 'idle-tls' : 'idle-memory',
    title: `${connections} idle keep-alive connections${tls ? ' over TLS' : ''}`,
    unit: 'bytes/connection',
    contenders,
    // what a process has once taken it keeps and uses again: a second round would show no growth
    rounds: 1,
    async sample(served, port, bench) {
      // so that code, caches and connections to the backend are there before the count begins
      await wrk({ url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/1k`, seconds: 1, connections: 64, headers: served.host === null ? {} : { Host: served.host }, folder: bench.folder });
      const before = served.running.resident();
      const idle = await openIdle({ port, count: connections, host: served.host ?? 'localhost', layer: tls ? 'tls' : 'tcp' });
      try {
        return { cost: ((served.running.resident() - before) * 1024) / idle.open, rate: null, p50: null, p99: null, p999: null, errors: idle.failed };
      } finally {
        await idle.close();
      }
    },
  };
}
