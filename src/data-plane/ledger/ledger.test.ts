import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { FakeClock } from '../../kernel/index.ts';
import { PLAIN_BALANCE, type HealthCheck, type HttpPool } from '../../snapshot/index.ts';
import { allocateLedger, endpointKey, HEALTHY, Ledger, NO_SLOT, SlotDirectory, UNCHECKED, UNHEALTHY, UNKNOWN } from './index.ts';

const small = { endpoints: 4, counters: 4 };

test('health is a byte a slot, and the version moves exactly when one changes', () => {
  const memory = allocateLedger(small);
  const writer = new Ledger(memory);
  const reader = new Ledger(memory);
  assert.equal(reader.health(3), UNKNOWN);
  const before = reader.healthVersion;
  writer.setHealth(3, HEALTHY);
  assert.equal(reader.health(3), HEALTHY);
  assert.equal(reader.health(2), UNKNOWN);
  assert.equal(reader.healthVersion, before + 1);
  writer.setHealth(3, HEALTHY);
  assert.equal(reader.healthVersion, before + 1);
  writer.setHealth(3, UNHEALTHY);
  assert.equal(reader.healthVersion, before + 2);
});

test('an endpoint without a slot counts as unchecked, and cannot be written', () => {
  const ledger = new Ledger(allocateLedger(small));
  ledger.setHealth(NO_SLOT, UNHEALTHY);
  ledger.setHealth(4, UNHEALTHY);
  assert.equal(ledger.health(NO_SLOT), UNCHECKED);
  assert.equal(ledger.healthVersion, 0);
});

test('counters are exact across threads', async () => {
  const memory = allocateLedger(small);
  const ledger = new Ledger(memory);
  const source = `
    import { workerData } from 'node:worker_threads';
    const { Ledger } = await import(workerData.room);
    const ledger = new Ledger(workerData.memory);
    for (let i = 0; i < 20000; i++) { ledger.add(1, 3); ledger.add(1, -2); if (ledger.addWithin(2, 1, 25000)) ledger.add(3, 1); }
    ledger.setHealth(0, 1);
  `;
  const room = new URL('./index.ts', import.meta.url).href;
  await Promise.all([0, 1].map(() => new Promise<void>((resolve, reject) => {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: { memory, room } });
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  })));
  assert.equal(ledger.count(1), 40_000);
  assert.equal(ledger.count(2), 25_000);
  assert.equal(ledger.count(3), 25_000);
  assert.equal(ledger.health(0), HEALTHY);
  ledger.clearCounter(1);
  assert.equal(ledger.count(1), 0);
});

test('a key keeps its slot while used, and finds it again within the grace period', () => {
  const clock = new FakeClock();
  const cleared: number[] = [];
  const directory = new SlotDirectory({ clock, capacity: 2, graceMs: 1000, clear: (slot) => cleared.push(slot) });
  assert.deepEqual([...directory.assign(['a', 'b']).slots], [['a', 0], ['b', 1]]);
  assert.deepEqual([...directory.assign(['b']).slots], [['b', 1]]);
  clock.advance(999);
  assert.deepEqual([...directory.assign(['b', 'a']).slots], [['b', 1], ['a', 0]]);
  directory.assign(['b']);
  clock.advance(999);
  assert.deepEqual(directory.assign(['b', 'c']), { slots: new Map([['b', 1], ['c', NO_SLOT]]), overflow: 1 });
  assert.deepEqual(cleared, []);
  clock.advance(1);
  assert.deepEqual(directory.assign(['b', 'c']), { slots: new Map([['b', 1], ['c', 0]]), overflow: 0 });
  assert.deepEqual(cleared, [0]);
  assert.equal(directory.size, 2);
});

const check: HealthCheck = { protocol: 'http', version: 'http1', port: null, path: '/', matcher: [{ from: 200, to: 299 }], intervalMs: 30_000, timeoutMs: 5000, healthyThreshold: 5, unhealthyThreshold: 2 };
const endpoint = { target: '10.0.0.1', address: '10.0.0.1', port: 80, zone: 'a', unusable: null, drainingUntil: null };

function key(health: HealthCheck): string {
  const pool: HttpPool = { kind: 'http', id: 'pool', label: 'pool', protocol: 'http', version: 'http1', endpoints: [endpoint], balance: PLAIN_BALANCE, health, drainMs: 0 };
  return endpointKey(pool, endpoint);
}

test('the key of an endpoint holds what is asked of it, not how often', () => {
  const known = key(check);
  assert.equal(key({ ...check, intervalMs: 5000, timeoutMs: 2000, healthyThreshold: 2, unhealthyThreshold: 3 }), known);
  for (const other of [{ path: '/health' }, { port: 81 }, { protocol: 'https' as const }, { matcher: [{ from: 200, to: 200 }] }]) {
    assert.notEqual(key({ ...check, ...other }), known);
  }
  const tcp = { ...check, protocol: 'tcp' as const };
  assert.equal(key({ ...tcp, path: '/unused' }), key(tcp));
});
