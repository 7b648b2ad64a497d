import { fileURLToPath } from 'node:url';
import type { Contender } from '../contenders/contender.ts';
import { wrk } from '../load/wrk.ts';
import { LOAD_CORE, Running } from '../process.ts';
import type { Row } from './row.ts';

const OPENER = fileURLToPath(new URL('../load/opener.mjs', import.meta.url));

/** Opening very many takes a busy machine its time. */
export const OPEN_WITHIN_MS = 180_000;

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
      const opener = new Running({ command: [process.execPath, OPENER, String(port), String(connections), served.host ?? 'localhost', tls ? 'tls' : 'tcp'], core: LOAD_CORE, input: true });
      try {
        await opener.ready(() => Promise.resolve(opener.output.includes('OPEN ')), OPEN_WITHIN_MS);
        const [open, failed] = /OPEN (\d+) FAILED (\d+)/.exec(opener.output)!.slice(1).map(Number) as [number, number];
        if (open === 0) throw new Error('no connection was accepted');
        return { cost: ((served.running.resident() - before) * 1024) / open, rate: null, p50: null, p99: null, p999: null, errors: failed };
      } finally {
        await opener.stop();
      }
    },
  };
}
