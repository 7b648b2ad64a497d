import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, Wheel } from '../../../kernel/index.ts';
import type { AnswerDeadline, ApiExchange, Fault } from '../../exchange/index.ts';
import { IntegrationDeadlines } from './integration.ts';

/** What of a call a deadline touches. */
class Call {
  readonly ended = false;
  readonly committed = false;
  readonly prompt = false;
  integrationError = '';
  integrationSentAt = 0;
  deadline: AnswerDeadline | null = null;
  readonly failed: number[] = [];
  /** What was thrown where nobody else would have caught it. */
  readonly crashes: unknown[] = [];
  /** Thrown at whoever takes the failure. */
  thrown: Error | null = null;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.monotonic();
  }

  fail(fault: Fault): void {
    assert.equal(fault.code, 'upstream-timeout');
    this.failed.push(this.now());
    this.answered();
    if (this.thrown !== null) throw this.thrown;
  }

  goOn(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.crashes.push(error);
    }
  }

  answered(): void {
    this.deadline?.release();
    this.deadline = null;
  }

  begin(deadlines: IntegrationDeadlines): this {
    deadlines.begin(this as unknown as ApiExchange);
    return this;
  }
}

test('each call has the whole time, whoever had the deadline before', () => {
  const clock = new FakeClock();
  const wheel = new Wheel(clock, 100);
  const deadlines = new IntegrationDeadlines(wheel, 1000);
  const first = new Call(clock).begin(deadlines);
  clock.advance(700);
  const used = first.deadline;
  first.answered();
  const second = new Call(clock).begin(deadlines);
  assert.equal(second.deadline, used);
  clock.advance(900);
  assert.deepEqual([first.failed, second.failed], [[], []]);
  clock.advance(400);
  assert.equal(first.failed.length, 0);
  assert.equal(second.failed.length, 1);
  // one that has expired is used again too
  const third = new Call(clock).begin(deadlines);
  assert.equal(third.deadline, used);
  clock.advance(900);
  assert.equal(third.failed.length, 0);
  clock.advance(400);
  assert.equal(third.failed.length, 1);
  wheel.stop();
});

test('calls that are under way at once have deadlines of their own', () => {
  const clock = new FakeClock();
  const wheel = new Wheel(clock, 100);
  const deadlines = new IntegrationDeadlines(wheel, 1000);
  const [one, two] = [new Call(clock).begin(deadlines), new Call(clock).begin(deadlines)];
  assert.notEqual(one.deadline, two.deadline);
  one.answered();
  clock.advance(1300);
  assert.deepEqual([one.failed.length, two.failed.length], [0, 1]);
  wheel.stop();
});

test('what is thrown when the time is over costs the call, which has let go of its deadline by then', () => {
  const clock = new FakeClock();
  const wheel = new Wheel(clock, 100);
  const deadlines = new IntegrationDeadlines(wheel, 1000);
  const call = new Call(clock).begin(deadlines);
  call.thrown = new Error('no answer can be made');
  clock.advance(1200);
  assert.deepEqual([call.failed.length, call.crashes], [1, [call.thrown]]);
});
