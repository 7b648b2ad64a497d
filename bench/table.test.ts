import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Contender } from './contenders/contender.ts';
import { measured, ratio, skipped, type RowResult, type Sample } from './measurement.ts';
import { budgetTable, markdown } from './table.ts';

function contender(label: string): Contender {
  return { label, program: label, version: '1', start: () => assert.fail('not started here') };
}

function sample(cost: number, errors = 0): Sample {
  return { cost, rate: 1000 * cost, p50: 1, p99: 2, p999: 3, errors };
}

function row(name: string, costs: Readonly<Record<string, readonly number[]>>): RowResult {
  const measurements = Object.entries(costs).map(([label, all]) => measured(contender(label), all.map((cost) => sample(cost))));
  return { name, title: name, unit: 'CPU us/request', measurements };
}

const circumstances = { date: '2026-01-01', command: 'npm run bench', machine: 'm', load: '0, 0', rounds: 3, seconds: 4 };

describe('the table of results', () => {
  it('has medians, their range and ratios of medians', () => {
    const text = markdown([row('keepalive', { turnpike: [12, 10, 99], haproxy: [10, 10, 10], nginx: [8, 9, 7, 8] })], circumstances);
    assert.match(text, /\| turnpike \| 12\.00 \(10\.00 - 99\.00\) \| 1\.20 \| 1\.50 \| 1\.00 \| 12000 /);
    assert.match(text, /\| nginx \| 8\.00 \(7\.00 - 9\.00\) \| 0\.80 \| 1\.00 \| 0\.67 /);
  });

  it('shows errors, and who did not run and why', () => {
    const broken = measured(contender('haproxy'), [sample(1, 2), sample(1, 3)]);
    const text = markdown([{ name: 'x', title: 'X', unit: 'u', measurements: [broken, skipped(contender('caddy'), 'not | on\nthis machine')] }], circumstances);
    assert.match(text, /\| haproxy \| .* \| 5 \|$/m);
    assert.match(text, /\| caddy \| not measured: not +on this machine \|/);
  });

  it('never hides what is over its budget', () => {
    const lines = budgetTable([row('keepalive', { turnpike: [10.5], haproxy: [10] }), row('rules', { turnpike: [10], 'turnpike, 10000 rules': [12] })]).join('\n');
    assert.match(lines, /keep-alive, all features on, against HAProxy bare \(aim\) \| 1\.00 x \| 1\.05 x \| \*\*OVER\*\*/);
    assert.match(lines, /keep-alive, all features on, against HAProxy bare \(must\) \| 1\.10 x \| 1\.05 x \| within/);
    assert.match(lines, /10,000 rules against 10 \| 1\.10 x \| 1\.20 x \| \*\*OVER\*\*/);
    assert.match(lines, /idle keep-alive connection \| 6144 bytes \| - \| not measured/);
  });

  it('has no ratio without both', () => {
    assert.equal(ratio(row('keepalive', { turnpike: [1] }), 'turnpike', 'haproxy'), null);
    assert.equal(ratio(undefined, 'turnpike', 'haproxy'), null);
    assert.equal(measured(contender('a'), []).median, null);
  });
});
