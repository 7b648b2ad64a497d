import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../../kernel/index.ts';
import { CheckQueue, type Check } from './check-queue.ts';
import type { CheckOutcome } from './verdict.ts';

/** A check that says what happens to it, and ends when it is told to. */
function check(name: string, said: string[]): Check & { end(outcome: CheckOutcome): void } {
  let done: ((outcome: CheckOutcome) => void) | null = null;
  return {
    timeoutMs: 100,
    begin(given) {
      said.push(`${name} begins`);
      done = given;
      return () => void said.push(`${name} is closed`);
    },
    ended: (outcome) => void said.push(`${name} ${outcome.kind}`),
    end: (outcome) => done!(outcome),
  };
}

const PASSED: CheckOutcome = { kind: 'connected' };

test('so many at a time, the rest in order', () => {
  const said: string[] = [];
  const queue = new CheckQueue(new FakeClock(), 2);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => check(name, said));
  for (const each of [a, b, c, d]) queue.add(each!);
  assert.deepEqual(said.splice(0), ['a begins', 'b begins']);
  b!.end(PASSED);
  assert.deepEqual(said.splice(0), ['b is closed', 'b connected', 'c begins']);
  b!.end(PASSED);
  assert.deepEqual(said, [], 'only the first answer counts');
  c!.end(PASSED);
  assert.deepEqual(said.splice(0), ['c is closed', 'c connected', 'd begins']);
});

test('time runs from the beginning of a check, not from when it came', () => {
  const clock = new FakeClock();
  const said: string[] = [];
  const queue = new CheckQueue(clock, 1);
  queue.add(check('a', said));
  queue.add(check('b', said));
  clock.advance(100);
  assert.deepEqual(said.splice(0), ['a begins', 'a is closed', 'a timeout', 'b begins']);
  clock.advance(99);
  assert.deepEqual(said, []);
  clock.advance(1);
  assert.deepEqual(said, ['b is closed', 'b timeout']);
});

test('what is withdrawn says nothing and makes room', () => {
  const clock = new FakeClock();
  const said: string[] = [];
  const queue = new CheckQueue(clock, 1);
  const withdrawA = queue.add(check('a', said));
  const withdrawB = queue.add(check('b', said));
  queue.add(check('c', said));
  withdrawB();
  withdrawA();
  withdrawA();
  assert.deepEqual(said, ['a begins', 'a is closed', 'c begins']);
});

test('checks that fail as they begin, or cannot begin, do not hold up the rest', () => {
  const clock = new FakeClock();
  const queue = new CheckQueue(clock, 1);
  let ended = 0;
  const held = check('held', []);
  queue.add(held);
  for (let i = 0; i < 20_000; i++) {
    queue.add({
      timeoutMs: 100,
      begin(done) {
        if (i % 2 === 0) throw new Error('cannot begin');
        done({ kind: 'failed', why: 'at once' });
        return () => {};
      },
      ended: ({ kind }) => {
        assert.equal(kind, 'failed');
        ended++;
      },
    });
  }
  held.end(PASSED);
  assert.equal(ended, 20_000);
});
