import type { Clock, Timer } from '../../../kernel/index.ts';
import type { CancelCheck } from './probe.ts';
import type { CheckOutcome } from './verdict.ts';

/** One check to be made. */
export interface Check {
  readonly timeoutMs: number;
  begin(done: (outcome: CheckOutcome) => void): CancelCheck;
  /** Not called for a check that was withdrawn. */
  ended(outcome: CheckOutcome): void;
}

interface Ticket {
  readonly check: Check;
  /** While it runs. */
  cancel: (() => void) | null;
}

/** Makes checks, `limit` of them at a time; the rest wait in the order in which they came. A check's time runs from its beginning. */
export class CheckQueue {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #waiting = new Set<Ticket>();
  #running = 0;
  #beginning = false;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Withdraws the check again when called, whether it waits or runs. */
  add(check: Check): () => void {
    const ticket: Ticket = { check, cancel: null };
    this.#waiting.add(ticket);
    this.#beginNext();
    return () => {
      if (!this.#waiting.delete(ticket)) ticket.cancel?.();
    };
  }

  #beginNext(): void {
    // a check that ends while it begins must not begin the next from within: thousands may do so
    if (this.#beginning) return;
    this.#beginning = true;
    for (const ticket of this.#waiting) {
      if (this.#running >= this.#limit) break;
      this.#waiting.delete(ticket);
      this.#begin(ticket);
    }
    this.#beginning = false;
  }

  #begin(ticket: Ticket): void {
    this.#running++;
    let over = false;
    let cancelProbe: CancelCheck | null = null;
    let timer: Timer | null = null;
    const end = (outcome: CheckOutcome | null): void => {
      if (over) return;
      over = true;
      timer?.cancel();
      cancelProbe?.();
      this.#running--;
      if (outcome !== null) ticket.check.ended(outcome);
      this.#beginNext();
    };
    ticket.cancel = () => end(null);
    timer = this.#clock.after(ticket.check.timeoutMs, () => end({ kind: 'timeout' }));
    try {
      cancelProbe = ticket.check.begin(end);
    } catch (error) {
      end({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
    }
  }
}
