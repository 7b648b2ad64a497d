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
  withdrawn: boolean;
  cancel: (() => void) | null;
}

/** Makes checks, `limit` of them at a time; the rest wait in the order in which they came. A check's time runs from its beginning. */
export class CheckQueue {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #waiting: Ticket[] = [];
  #head = 0;
  #running = 0;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Withdraws the check again when called, whether it waits or runs. */
  add(check: Check): () => void {
    const ticket: Ticket = { check, withdrawn: false, cancel: null };
    this.#waiting.push(ticket);
    this.#beginNext();
    return () => {
      ticket.withdrawn = true;
      ticket.cancel?.();
    };
  }

  get running(): number {
    return this.#running;
  }

  #beginNext(): void {
    while (this.#running < this.#limit && this.#head < this.#waiting.length) {
      const ticket = this.#waiting[this.#head++]!;
      if (!ticket.withdrawn) this.#begin(ticket);
    }
    if (this.#head > 1024 || this.#head === this.#waiting.length) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
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
      if (outcome !== null && !ticket.withdrawn) ticket.check.ended(outcome);
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
