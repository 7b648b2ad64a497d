import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/index.ts';
import { MishapLog, type MishapReport } from './mishap-log.ts';

/** Always thrown by the same line. */
function same(message: string): Error {
  return new Error(message);
}

test('mishaps are told at once, then once a second at most; each is counted, and each line that throws shows its stack once', () => {
  const clock = new FakeClock();
  const told: MishapReport[] = [];
  const log = new MishapLog(clock, (report) => told.push(report));
  log.note('client', same('one'));
  assert.deepEqual(told.map(({ counts }) => [...counts]), [[['client', 1]]]);
  assert.match(told[0]!.stacks[0]!.stack, /^Error: one\n\s+at same .*mishap-log\.test\.ts/);

  for (let n = 0; n < 1000; n++) log.note('client', same(`again ${n}`));
  log.note('target', 'no error at all');
  log.note('target', { get message() { throw new Error('and worse'); }, toString() { throw new Error('than that'); } });
  assert.equal(told.length, 1);
  clock.advance(1000);
  assert.deepEqual([...told[1]!.counts], [['client', 1000], ['target', 2]]);
  assert.deepEqual(told[1]!.stacks.map(({ stack }) => stack), ['no error at all', 'something that cannot be shown']);

  clock.advance(10_000);
  assert.equal(told.length, 2, 'nothing is told of nothing');
  log.note('client', same('later'));
  assert.deepEqual(told[2], { counts: new Map([['client', 1]]), stacks: [] });
});

test('a worker shows 64 stacks and no more, however many places throw', () => {
  const clock = new FakeClock();
  let stacks = 0;
  const log = new MishapLog(clock, (report) => void (stacks += report.stacks.length));
  for (let n = 0; n < 1000; n++) log.note('wait', `in ${n}`);
  clock.advance(1000);
  assert.equal(stacks, 64);
});
