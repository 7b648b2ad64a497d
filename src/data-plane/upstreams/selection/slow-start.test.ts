import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../kernel/index.ts';
import { allocateLedger, HEALTHY, Ledger } from '../../ledger/index.ts';
import { RoundRobin } from './round-robin.ts';
import { NOTHING_TRIED } from './selection.ts';
import { SlowStart } from './slow-start.ts';

const BEGAN = 1_000_000;

function stage() {
  const ledger = new Ledger(allocateLedger({ endpoints: 4, counters: 1 }));
  const endpoints = [0, 1].map((healthSlot) => ({ healthSlot, snapshot: { target: `t${healthSlot}`, address: '10.0.0.1', port: 80, zone: 'a', unusable: null, drainingUntil: null } }));
  ledger.setHealth(0, HEALTHY);
  ledger.setSlowStart(1, BEGAN);
  ledger.setHealth(1, HEALTHY);
  const random = seededRandom(5);
  const selection = new SlowStart(new RoundRobin(endpoints, ledger, { random }), ledger, { durationMs: 30_000, random });
  /** Share of the new endpoint at that time. */
  return (after: number): number => {
    let count = 0;
    for (let i = 0; i < 4_000; i++) if (selection.pick(NOTHING_TRIED, { startedWall: BEGAN + after, downstream: { id: i } })!.healthSlot === 1) count++;
    return count / 4_000;
  };
}

test('a new endpoint gets a share that grows linearly beside one that has all of its own', () => {
  const share = stage();
  for (const [after, ratio] of [[0, 0.01], [6_000, 0.2], [15_000, 0.5], [27_000, 0.9]] as const) {
    assert.ok(Math.abs(share(after) - ratio / (1 + ratio)) < 0.03, `${after}: ${share(after)}`);
  }
  assert.equal(share(30_000), 0.5, 'then they take turns');
});
