import { fileURLToPath } from 'node:url';
import type { Contender } from '../contenders/contender.ts';
import { wrk } from '../load/wrk.ts';
import { LOAD_CORE, Running } from '../process.ts';
import type { Row } from './row.ts';

const OPENER = fileURLToPath(new URL('../load/opener.mjs', import.meta.url));

/** Growth of resident memory by idle keep-alive connections, each of which has had one request answered. */
export function idleRow(connections: number, contenders: readonly Contender[]): Row {
  return {
    name: 'idle-memory',
    title: `${connections} idle keep-alive connections`,
    unit: 'bytes/connection',
    contenders,
    // what a process has once taken it keeps and uses again: a second round would show no growth
    rounds: 1,
    async sample(served, port, bench) {
      // so that code, caches and connections to the backend are there before the count begins
      await wrk({ url: `http://127.0.0.1:${port}/1k`, seconds: 1, connections: 64, headers: served.host === null ? {} : { Host: served.host }, folder: bench.folder });
      const before = served.running.resident();
      const opener = new Running({ command: [process.execPath, OPENER, String(port), String(connections), served.host ?? 'localhost'], core: LOAD_CORE, input: true });
      try {
        await opener.ready(() => Promise.resolve(opener.output.includes('OPEN ')), 60_000);
        const [open, failed] = /OPEN (\d+) FAILED (\d+)/.exec(opener.output)!.slice(1).map(Number) as [number, number];
        if (open === 0) throw new Error('no connection was accepted');
        return { cost: ((served.running.resident() - before) * 1024) / open, rate: null, p50: null, p99: null, p999: null, errors: failed };
      } finally {
        await opener.stop();
      }
    },
  };
}
