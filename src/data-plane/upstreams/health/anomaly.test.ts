import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, seededRandom } from '../../../kernel/index.ts';
import { PLAIN_BALANCE, type HealthCheck, type HttpPool } from '../../../snapshot/index.ts';
import { allocateLedger, endpointKey, FULL_WEIGHT, HEALTHY, Ledger } from '../../ledger/index.ts';
import { WeightedRandom } from '../selection/weighted-random.ts';
import { NOTHING_TRIED } from '../selection/selection.ts';
import { AnomalyDetector, type AnomalyReport } from './anomaly.ts';

const health: HealthCheck = { protocol: 'http', version: 'http1', port: null, path: '/', matcher: [], intervalMs: 1, timeoutMs: 1, healthyThreshold: 1, unhealthyThreshold: 1 };

function stage(targets: number, anomalyMitigation = true) {
  const clock = new FakeClock();
  const ledger = new Ledger(allocateLedger({ endpoints: 8, counters: 1 }));
  const endpoints = Array.from({ length: targets }, (_, i) => ({ target: `t${i}`, address: '10.0.0.1', port: 80 + i, zone: 'a', unusable: null, drainingUntil: null }));
  const pool: HttpPool = { kind: 'http', id: 'p', label: 'p', protocol: 'http', version: 'http1', endpoints, balance: { ...PLAIN_BALANCE, algorithm: 'weighted-random', anomalyMitigation }, health, drainMs: 0 };
  const slots = new Map(endpoints.map((endpoint, i) => [endpointKey(pool, endpoint), i]));
  for (let i = 0; i < targets; i++) ledger.setHealth(i, HEALTHY);
  const told: Record<string, AnomalyReport['anomaly']> = {};
  const detector = new AnomalyDetector({ clock, ledger, onChange: ({ target, anomaly }) => void (told[target] = anomaly) });
  detector.update([pool], slots);
  /** Five seconds in which target 0 fails that many of ten. */
  const round = (failing: number): void => {
    for (let slot = 0; slot < targets; slot++) for (let n = 0; n < 10; n++) ledger.countOutcome(slot, slot === 0 && n < failing);
    clock.advance(5_000);
  };
  return { ledger, detector, told, round, endpoints };
}

test('a target that fails far more than the others is anomalous, gets less and less, and its share back', () => {
  const { ledger, told, round } = stage(3);
  assert.deepEqual(told['t0'], { result: 'normal', mitigated: false });
  round(5);
  assert.deepEqual(told['t0'], { result: 'anomalous', mitigated: true });
  assert.equal(ledger.weight(0), FULL_WEIGHT / 2);
  for (let i = 0; i < 10; i++) round(5);
  assert.equal(ledger.weight(0), FULL_WEIGHT / 100);
  assert.deepEqual(told['t1'], { result: 'normal', mitigated: false });
  round(0);
  assert.deepEqual(told['t0'], { result: 'normal', mitigated: true });
  for (let i = 0; i < 10; i++) round(0);
  assert.equal(ledger.weight(0), FULL_WEIGHT);
  assert.deepEqual(told['t0'], { result: 'normal', mitigated: false });
});

test('two targets are not compared, and without mitigation the share stays', () => {
  const few = stage(2);
  few.round(9);
  assert.deepEqual(few.told['t0'], { result: 'normal', mitigated: false });
  const watching = stage(3, false);
  watching.round(9);
  assert.deepEqual(watching.told['t0'], { result: 'anomalous', mitigated: false });
  assert.equal(watching.ledger.weight(0), FULL_WEIGHT);
});

test('the choice goes by the weights, and by chance', () => {
  const { ledger, round, endpoints } = stage(3);
  const choice = new WeightedRandom(endpoints.map((snapshot, healthSlot) => ({ snapshot, healthSlot })), ledger, { random: seededRandom(3), minimum: PLAIN_BALANCE.failOpen });
  const share = (): number => {
    let first = 0;
    for (let i = 0; i < 3_000; i++) if (choice.pick(NOTHING_TRIED)!.healthSlot === 0) first++;
    return first / 3_000;
  };
  assert.ok(Math.abs(share() - 1 / 3) < 0.03);
  for (let i = 0; i < 10; i++) round(9);
  assert.ok(share() < 0.02);
});
