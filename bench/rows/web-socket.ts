import { fileURLToPath } from 'node:url';
import type { Contender } from '../contenders/contender.ts';
import type { LoadResult } from '../load/wrk.ts';
import { echoSocket } from '../backend.ts';
import { LOAD_CORE, Running } from '../process.ts';
import { OPEN_WITHIN_MS } from './idle.ts';
import type { Bench, Row } from './row.ts';

const CLIENT = fileURLToPath(new URL('../load/web-socket.mjs', import.meta.url));

/** Small messages there and back through connections that stay open. */
export function webSocketRow(contenders: readonly Contender[]): Row {
  return {
    name: 'web-socket',
    title: 'WebSocket echo, 64 connections, 64 octets',
    unit: 'CPU us/message',
    contenders,
    rounds: null,
    async sample(served, port, bench) {
      const host = served.host ?? 'localhost';
      await echoes({ port, seconds: 1, host, bench });
      const before = served.running.cpu();
      const result = await echoes({ port, seconds: bench.seconds, host, bench });
      const cpu = served.running.cpu() - before;
      return { cost: cpu / result.requests, rate: result.requests / (result.us / 1e6), p50: result.p50, p99: result.p99, p999: result.p999, errors: result.errors };
    },
  };
}

/** Growth of resident memory by WebSockets on which nothing is said. */
export function idleWebSocketRow(connections: number, contenders: readonly Contender[]): Row {
  return {
    name: 'idle-websocket',
    title: `${connections} idle WebSockets`,
    unit: 'bytes/connection',
    contenders,
    rounds: 1,
    async sample(served, port, bench) {
      const host = served.host ?? 'localhost';
      await echoes({ port, seconds: 1, host, bench });
      const before = served.running.resident();
      const client = new Running({ command: command({ port, seconds: 0, connections, host, bench }), core: LOAD_CORE, input: true });
      try {
        await client.ready(() => Promise.resolve(client.output.includes('OPEN ')), OPEN_WITHIN_MS);
        const [open, failed] = /OPEN (\d+) FAILED (\d+)/.exec(client.output)!.slice(1).map(Number) as [number, number];
        if (open === 0) throw new Error('no connection was upgraded');
        return { cost: ((served.running.resident() - before) * 1024) / open, rate: null, p50: null, p99: null, p999: null, errors: failed };
      } finally {
        await client.stop();
      }
    },
  };
}

interface Run {
  readonly port: number;
  readonly seconds: number;
  readonly connections?: number;
  readonly host: string;
  readonly bench: Bench;
}

function command({ port, seconds, connections = 64, host, bench }: Run): [string, ...string[]] {
  return [process.execPath, CLIENT, String(port), String(seconds), String(connections), host, echoSocket(`${bench.folder}/backend`)];
}

async function echoes(run: Run): Promise<LoadResult> {
  const client = new Running({ command: command(run), core: LOAD_CORE });
  try {
    await client.ready(() => Promise.resolve(client.output.includes('RESULT ')), (run.seconds + 10) * 1000);
    return JSON.parse(/^RESULT (.*)$/m.exec(client.output)![1]!) as LoadResult;
  } finally {
    await client.stop();
  }
}
