// imported, not the global of that name, which is looked up through a getter each time
import { performance } from 'node:perf_hooks';

/**
 * Time as a value that is handed in, so that tests turn it by hand.
 * The only place in the program that reads the system's clocks or arms its timers (lint holds that).
 */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Monotonic clock, milliseconds with fractions; for durations. */
  monotonic(): number;
  /** Calls `run` once after `ms`. */
  after(ms: number, run: () => void): Timer;
  /** Calls `run` every `ms` until cancelled. */
  every(ms: number, run: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Timers of the system clock do not keep the process alive: what serves, keeps it alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const handle = setTimeout(run, ms);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  every(ms, run) {
    const handle = setInterval(run, ms);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};

interface Alarm {
  at: number;
  readonly period: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock for tests: stands still until `advance` turns it, and runs what falls due in order. */
export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  #order = 0;
  readonly #alarms = new Set<Alarm>();

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, run: () => void): Timer {
    return this.#arm(ms, 0, run);
  }

  every(ms: number, run: () => void): Timer {
    return this.#arm(ms, Math.max(ms, 1), run);
  }

  /** Moves time forward by `ms`, running every alarm on its way. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (;;) {
      let next: Alarm | undefined;
      for (const alarm of this.#alarms) {
        if (alarm.at > end) continue;
        if (!next || alarm.at < next.at || (alarm.at === next.at && alarm.order < next.order)) next = alarm;
      }
      if (!next) break;
      this.#move(next.at);
      if (next.period > 0) next.at += next.period;
      else this.#alarms.delete(next);
      next.run();
    }
    this.#move(end);
  }

  #move(to: number): void {
    this.#now += to - this.#monotonic;
    this.#monotonic = to;
  }

  #arm(ms: number, period: number, run: () => void): Timer {
    const alarm: Alarm = { at: this.#monotonic + Math.max(ms, 0), period, order: this.#order++, run };
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  }
}
