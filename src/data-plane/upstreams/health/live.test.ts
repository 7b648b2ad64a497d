import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { seededRandom, systemClock } from '../../../kernel/index.ts';
import { PLAIN_BALANCE, type Endpoint, type HttpPool, type TargetHealth } from '../../../snapshot/index.ts';
import { allocateLedger, endpointKey, Ledger } from '../../ledger/index.ts';
import { RoundRobin } from '../selection/round-robin.ts';
import { NOTHING_TRIED } from '../selection/selection.ts';
import { HealthMonitor, type TargetReport } from './monitor.ts';
import { socketProbe } from './probe.ts';

test('a target that fails is taken out of service, told why, and put back, over real sockets', async (t) => {
  let status = 200;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`));
  });
  const steady = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
  });
  const ports: number[] = [];
  for (const each of [server, steady]) {
    each.listen(0, '127.0.0.1');
    await new Promise((resolve) => each.once('listening', resolve));
    t.after(() => each.close());
    ports.push((each.address() as AddressInfo).port);
  }
  const endpoints = ports.map((port): Endpoint => ({ target: '127.0.0.1', address: '127.0.0.1', port, zone: 'a', unusable: null, drainingUntil: null }));
  const pool: HttpPool = {
    kind: 'http', id: 'pool', label: 'pool', protocol: 'http', version: 'http1', endpoints, balance: PLAIN_BALANCE, drainMs: 0,
    health: { protocol: 'http', version: 'http1', port: null, path: '/', matcher: [{ from: 200, to: 200 }], intervalMs: 20, timeoutMs: 1000, healthyThreshold: 2, unhealthyThreshold: 2 },
  };
  const ledger = new Ledger(allocateLedger({ endpoints: 2, counters: 1 }));
  const robin = new RoundRobin(endpoints.map((snapshot, healthSlot) => ({ snapshot, healthSlot })), ledger, { random: seededRandom(1) });
  const known = new Map<number, TargetHealth | null>();
  const waiting = new Set<() => void>();
  const onChange = ({ port, health }: TargetReport): void => {
    known.set(port, health);
    for (const look of waiting) look();
  };
  const monitor = new HealthMonitor({ clock: systemClock, random: seededRandom(1), ledger, probe: socketProbe(), probeFunction: () => () => {}, onChange });
  t.after(() => monitor.stop());
  const becomes = (port: number, state: TargetHealth['state'], reason: string | null): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        const health = known.get(port);
        if (health?.state !== state || health.reason !== reason) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const serving = (): number[] => [0, 1].map(() => robin.pick(NOTHING_TRIED)!.snapshot.port).sort((a, b) => a - b);

  monitor.update([pool], new Map(endpoints.map((endpoint, slot) => [endpointKey(pool, endpoint), slot])));
  for (const port of ports) await becomes(port, 'healthy', null);
  status = 503;
  await becomes(ports[0]!, 'unhealthy', 'Target.ResponseCodeMismatch');
  assert.deepEqual(serving(), [ports[1], ports[1]]);
  status = 200;
  await becomes(ports[0]!, 'healthy', null);
  assert.deepEqual(serving(), [...ports].sort((a, b) => a - b));
  server.close();
  await becomes(ports[0]!, 'unhealthy', 'Target.FailedHealthChecks');
  assert.deepEqual(serving(), [ports[1], ports[1]]);
});
