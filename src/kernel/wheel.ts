import type { Clock, Timer } from './clock.ts';

/**
 * Something with a deadline that a wheel watches. Moving `deadline` forward is one store: the wheel looks again when the old slot comes round,
 * so a busy connection costs no timer work per request.
 */
export abstract class Watched {
  /** In the wheel's `now` milliseconds; Infinity: none. Written by `Wheel.watch` and by whoever moves it forward. */
  deadline = Infinity;
  /** Slot it sits in; -1: in none. Wheel's own. */
  slot = -1;
  /** Called once, soon after `deadline` has passed. */
  abstract expire(): void;

  /** `expire` has thrown, against all expectation. Whoever knows what to give up for that does so; else it goes on to where it ends the thread. */
  crashed(error: unknown): void {
    throw error;
  }
}

const SLOTS = 512;

/** Deadlines of many connections on one timer (a hashed wheel). Fires at most one tick late, never early. */
export class Wheel {
  readonly #tickMs: number;
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #slots: Set<Watched>[] = Array.from({ length: SLOTS }, () => new Set());
  #tick = 0;
  /** Milliseconds since the wheel was made, as of the last tick: the time to compute deadlines from. */
  now = 0;

  constructor(clock: Clock, tickMs = 100) {
    this.#tickMs = tickMs;
    this.#clock = clock;
    const start = clock.monotonic();
    this.#timer = clock.every(tickMs, () => this.#turn(this.#clock.monotonic() - start));
  }

  /** Makes `watched` expire `ms` from now; what was asked for it before is forgotten. */
  watch(watched: Watched, ms: number): void {
    // `now` may be a whole tick old: one more tick keeps the promise of "never early"
    const deadline = this.now + ms + this.#tickMs;
    const earlier = deadline < watched.deadline;
    watched.deadline = deadline;
    if (watched.slot === -1) this.#place(watched);
    else if (earlier) {
      this.#slots[watched.slot]!.delete(watched);
      this.#place(watched);
    }
  }

  /** Forgets it. */
  release(watched: Watched): void {
    watched.deadline = Infinity;
    if (watched.slot === -1) return;
    this.#slots[watched.slot]!.delete(watched);
    watched.slot = -1;
  }

  stop(): void {
    this.#timer.cancel();
  }

  #place(watched: Watched): void {
    const ticks = Math.min(Math.max(Math.ceil((watched.deadline - this.now) / this.#tickMs), 1), SLOTS - 1);
    watched.slot = (this.#tick + ticks) % SLOTS;
    this.#slots[watched.slot]!.add(watched);
  }

  #turn(now: number): void {
    const target = Math.floor(now / this.#tickMs);
    // after a long stall every slot is visited once; more turns would find the same
    const turns = Math.min(target - this.#tick, SLOTS);
    this.now = now;
    const first = target - turns + 1;
    for (let tick = first; tick <= target; tick++) {
      this.#tick = tick;
      const slot = this.#slots[tick % SLOTS]!;
      if (slot.size === 0) continue;
      // taken out first: what is placed again may land in the slot that is being walked
      const due = Array.from(slot);
      slot.clear();
      for (const watched of due) {
        watched.slot = -1;
        if (watched.deadline > now) {
          if (watched.deadline !== Infinity) this.#place(watched);
        } else {
          watched.deadline = Infinity;
          try {
            watched.expire();
          } catch (error) {
            watched.crashed(error);
          }
        }
      }
    }
  }
}
