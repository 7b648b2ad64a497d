import type { Clock } from '../../src/kernel/index.ts';

/** A clock whose alarms go off at once, while its time moves on as if they had been waited for. */
export function immediateClock(start = Date.UTC(2026, 0, 1)): Clock {
  let passed = 0;
  return {
    now: () => start + passed,
    monotonic: () => passed,
    after(ms, run) {
      passed += ms;
      const handle = setImmediate(run);
      return { cancel: () => clearImmediate(handle) };
    },
    every() {
      throw new Error('an immediate clock does not repeat');
    },
  };
}
