import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement } from '../measurement.ts';
import { pairs } from './checkouts.ts';

function measurement(label: string, program: string, costs: readonly number[]): Measurement {
  const samples = costs.map((cost) => ({ cost, rate: null, p50: null, p99: null, p999: null, errors: 0 }));
  return { label, program, version: '1', samples, median: samples[0] ?? null, skipped: null };
}

test('each is compared with the first peer round by round, whatever a round cost', () => {
  // a phase of the machine in which all costs twice as much changes no ratio, and the medians of each by itself
  const measurements = [measurement('ours', 'turnpike', [12, 24, 13, 12, 12]), measurement('haproxy', 'haproxy', [10, 20, 10, 10, 8]), measurement('absent', 'nginx', [])];
  assert.deepEqual(pairs({ name: 'row', title: '', unit: '', measurements }), ['ours: 1.200 (1.200 to 1.300) x haproxy']);
  const alone = [measurement('ours', 'turnpike', [10]), measurement('ours (before)', 'turnpike', [11])];
  assert.deepEqual(pairs({ name: 'row', title: '', unit: '', measurements: alone }), ['ours (before): 1.100 (1.100 to 1.100) x ours']);
});
