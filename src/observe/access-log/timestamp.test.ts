import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as fc from 'fast-check';
import { Timestamp, answeredTimes, seconds } from './timestamp.ts';

it('agrees with Date to the millisecond and adds the microseconds', () => {
  const stamp = new Timestamp();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 7 }), (ms, eighth) => {
      const text = Buffer.from(stamp.octets(ms + eighth / 8)).toString('latin1');
      assert.equal(text, new Date(ms).toISOString().replace('Z', `${String(eighth * 125).padStart(3, '0')}Z`));
    }),
  );
});

it('writes seconds with three decimals', () => {
  assert.deepEqual([0, 0.4, 0.6, 999.4, 999.6, 61_001, -5].map(seconds), ['0.000', '0.000', '0.001', '0.999', '1.000', '61.001', '0.000']);
});

it('writes the same short and long', () => {
  fc.assert(
    fc.property(fc.double({ min: -1, max: 70, noNaN: true }), fc.double({ min: -1, max: 70, noNaN: true }), (a, b) => {
      assert.equal(Buffer.from(answeredTimes(a, b)).toString('latin1'), `${seconds(a)} ${seconds(b)} 0.000`);
    }),
  );
});
