import { fileURLToPath } from 'node:url';
import type { Contender } from '../contenders/contender.ts';
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
    async sample(served, port) {
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
