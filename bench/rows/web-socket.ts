import { fileURLToPath } from 'node:url';
import { freePort } from '../../test/support/free-port.ts';
import type { Contender } from '../contenders/contender.ts';
import { several } from '../contenders/several.ts';
import type { LoadResult } from '../load/wrk.ts';
import { echoSocket } from '../backend.ts';
import { openIdle, processesFor } from '../load/idle-connections.ts';
import { LOAD_CORE, Running } from '../process.ts';
import type { Bench, Row, Targets } from './row.ts';

const CLIENT = fileURLToPath(new URL('../load/web-socket.mjs', import.meta.url));
const TARGET = fileURLToPath(new URL('../load/web-socket-target.mjs', import.meta.url));

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

/** Growth of resident memory by WebSockets on which nothing is said, over as many processes of each contender as can have both ends of each open. */
export function idleWebSocketRow(connections: number, contenders: readonly Contender[]): Row {
  const processes = processesFor(2 * connections);
  return {
    name: 'idle-websocket',
    title: `${connections} idle WebSockets${processes === 1 ? '' : `, over ${processes} processes`}`,
    unit: 'bytes/connection',
    contenders: contenders.map((contender) => several(contender, processes)),
    rounds: 1,
    targets: () => webSocketTargets(processesFor(connections)),
    async sample(served, port, bench) {
      const host = served.host ?? 'localhost';
      await echoes({ port, seconds: 1, host, bench });
      const before = served.running.resident();
      const idle = await openIdle({ port, count: connections, host, layer: 'web-socket' });
      try {
        return { cost: ((served.running.resident() - before) * 1024) / idle.open, rate: null, p50: null, p99: null, p999: null, errors: idle.failed };
      } finally {
        await idle.close();
      }
    },
  };
}

/** Processes that share a port and hold the far ends. */
async function webSocketTargets(processes: number): Promise<Targets> {
  const port = await freePort();
  const all = Array.from({ length: processes }, () => new Running({ command: [process.execPath, TARGET, String(port)], core: LOAD_CORE, input: true }));
  await Promise.all(all.map((one) => one.ready(() => Promise.resolve(one.output.includes('LISTENING')))));
  return { port, stop: async () => void (await Promise.all(all.map((one) => one.stop()))) };
}

interface Run {
  readonly port: number;
  readonly seconds: number;
  readonly host: string;
  readonly bench: Bench;
}

async function echoes({ port, seconds, host, bench }: Run): Promise<LoadResult> {
  const client = new Running({ command: [process.execPath, CLIENT, String(port), String(seconds), '64', host, echoSocket(`${bench.folder}/backend`)], core: LOAD_CORE });
  try {
    await client.ready(() => Promise.resolve(client.output.includes('RESULT ')), (seconds + 10) * 1000);
    return JSON.parse(/^RESULT (.*)$/m.exec(client.output)![1]!) as LoadResult;
  } finally {
    await client.stop();
  }
}
