import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from './clock.ts';
import { Watched, Wheel } from './wheel.ts';

class Probe extends Watched {
  readonly fired: number[] = [];
  readonly clock: FakeClock;
  constructor(clock: FakeClock) {
    super();
    this.clock = clock;
  }
  expire(): void {
    this.fired.push(this.clock.monotonic());
  }
}

test('fires once, never early, at most two ticks late', () => {
  for (const ms of [0, 1, 99, 100, 101, 5_000, 60_000, 3_600_000]) {
    const clock = new FakeClock();
    const wheel = new Wheel(clock, 100);
    clock.advance(250);
    const probe = new Probe(clock);
    wheel.watch(probe, ms);
    clock.advance(ms + 1_000);
    assert.equal(probe.fired.length, 1, `${ms} ms`);
    const waited = probe.fired[0]! - 250;
    assert.ok(waited >= ms && waited <= ms + 200, `${ms} ms fired after ${waited}`);
    wheel.stop();
  }
});

test('a deadline that is moved forward fires at its new time only', () => {
  const clock = new FakeClock();
  const wheel = new Wheel(clock, 100);
  const probe = new Probe(clock);
  wheel.watch(probe, 1_000);
  for (let i = 0; i < 50; i++) {
    clock.advance(500);
    wheel.watch(probe, 1_000);
  }
  assert.deepEqual(probe.fired, []);
  clock.advance(2_000);
  assert.equal(probe.fired.length, 1);
});

test('a deadline that is moved back fires at its new time', () => {
  const clock = new FakeClock();
  const wheel = new Wheel(clock, 100);
  const probe = new Probe(clock);
  wheel.watch(probe, 60_000);
  wheel.watch(probe, 1_000);
  clock.advance(1_300);
  assert.equal(probe.fired.length, 1);
  clock.advance(120_000);
  assert.equal(probe.fired.length, 1);
});

test('what is released never fires, and a stall fires everything that is due', () => {
  const clock = new FakeClock();
  const wheel = new Wheel(clock, 100);
  const released = new Probe(clock);
  const due = Array.from({ length: 1_000 }, () => new Probe(clock));
  wheel.watch(released, 500);
  due.forEach((probe, index) => wheel.watch(probe, index * 10));
  wheel.release(released);
  clock.advance(1_000_000);
  assert.deepEqual(released.fired, []);
  assert.ok(due.every((probe) => probe.fired.length === 1));
});
