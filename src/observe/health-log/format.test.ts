import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthLogFields, healthLogLine, type LoggedCheck } from './format.ts';

const basis: LoggedCheck = { type: 'http', at: Date.UTC(2025, 9, 31, 12, 44, 59, 875), ms: 19.584011, target: '172.31.20.97:80', group: 'targets', passed: true, status: 200, timedOut: false, failure: '' };

test('a check that passed, and those that did not, with their reasons', () => {
  assert.equal(healthLogLine(basis), 'http 2025-10-31T12:44:59.875000Z 0.019584011 172.31.20.97:80 targets PASS 200 -\n');
  for (const [change, tail] of [
    [{ status: 502 }, 'FAIL 502 TargetError'], [{ status: 404 }, 'FAIL 404 ResponseCodeMismatch'], [{ status: null, timedOut: true }, 'FAIL - RequestTimedOut'],
    [{ status: null, failure: 'connect ECONNREFUSED: connection refused' }, 'FAIL - ConnectionReset'], [{ status: null, failure: 'no route to host' }, 'FAIL - InternalError'],
  ] as const) {
    const line = healthLogLine({ ...basis, passed: false, ...change });
    assert.ok(line.endsWith(` ${tail}\n`), line);
    assert.equal(line.trim().split(' ').length, healthLogFields.length);
  }
});
