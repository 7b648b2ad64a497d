import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, periodStart } from './usage.ts';

const day = (date: string): number => dayOf(Date.parse(`${date}T12:00:00Z`));
const start = (period: 'DAY' | 'WEEK' | 'MONTH', offset: number, date: string): string => new Date(periodStart({ period, offset }, day(date)) * 86_400_000).toISOString().slice(0, 10);

// "the day that a time period starts. For example, with a time period of WEEK, an offset of 0 starts the time period on Sunday, and an offset of 1 starts the time period on Monday":
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigateway-usageplan-quotasettings.html
test('periods begin on the day that the offset says', () => {
  assert.equal(start('DAY', 0, '2026-11-28'), '2026-11-28');
  // a Saturday
  assert.equal(start('WEEK', 0, '2026-11-28'), '2026-11-22');
  assert.equal(start('WEEK', 1, '2026-11-28'), '2026-11-23');
  assert.equal(start('WEEK', 6, '2026-11-28'), '2026-11-28');
  assert.equal(start('WEEK', 6, '2026-11-27'), '2026-11-21');
  assert.equal(start('WEEK', 0, '1970-01-01'), '1969-12-28');
  assert.equal(start('MONTH', 0, '2026-11-28'), '2026-11-01');
  assert.equal(start('MONTH', 27, '2026-11-28'), '2026-11-28');
  assert.equal(start('MONTH', 27, '2026-11-27'), '2026-10-28');
  assert.equal(start('MONTH', 14, '2026-01-03'), '2025-12-15');
  assert.equal(start('MONTH', 27, '2024-03-01'), '2024-02-28');
});
