import type { Clock, Random, Timer } from '../../../kernel/index.ts';
import type { HealthCheck, TargetHealth } from '../../../snapshot/index.ts';
import { HEALTHY, NO_SLOT, UNKNOWN, type HealthState } from '../../ledger/index.ts';
import type { CheckQueue } from './check-queue.ts';
import type { CancelCheck } from './probe.ts';
import { failureOf, Verdict, type CheckOutcome } from './verdict.ts';

/** Where verdicts are written: a `Ledger`. */
export interface HealthWriter {
  health(slot: number): HealthState;
  setHealth(slot: number, state: HealthState): void;
  slowStart(slot: number): number;
  setSlowStart(slot: number, began: number): void;
}

export interface Subject {
  readonly pool: string;
  readonly target: string;
  readonly port: number;
}

export interface Watched extends Subject {
  readonly key: string;
  readonly slot: number;
  /** `address:port` that is checked, or the function's ARN. */
  readonly label: string;
  readonly check: HealthCheck;
  /** 0: a target that becomes healthy has its full share at once. */
  readonly slowStartMs: number;
  begin(done: (outcome: CheckOutcome) => void): CancelCheck;
}

export interface WatchOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: HealthWriter;
  readonly queue: CheckQueue;
  readonly tell: (subject: Subject, health: TargetHealth) => void;
  /** When a target that becomes healthy now begins its slow start (ms since the epoch); 0: it needs none. */
  readonly slowStartOf: (subject: Watched) => number;
  readonly onCheck?: (check: CheckReport) => void;
}

/** One check that has ended. */
export interface CheckReport {
  /** Target group ARN. */
  readonly pool: string;
  readonly label: string;
  readonly check: HealthCheck;
  /** Wall clock (ms) when it began. */
  readonly at: number;
  readonly ms: number;
  readonly outcome: CheckOutcome;
  readonly passed: boolean;
}

/** One target that is checked again and again. */
export class Watch {
  #subject: Watched;
  readonly #options: WatchOptions;
  readonly #verdict: Verdict;
  #timer: Timer | null = null;
  #withdraw: (() => void) | null = null;
  #started = false;

  constructor(subject: Watched, options: WatchOptions) {
    this.#subject = subject;
    this.#options = options;
    // a slot that was never used, or used by another key before, is empty
    this.#verdict = new Verdict(subject.slot === NO_SLOT ? UNKNOWN : options.ledger.health(subject.slot));
  }

  get subject(): Watched {
    return this.#subject;
  }

  /** The first check comes within `spreadMs`. */
  start(spreadMs: number): void {
    this.#publish();
    this.#arm(this.#options.random.number() * spreadMs);
  }

  /** The same target in a newer snapshot. */
  adopt(subject: Watched): void {
    const { check } = this.#subject;
    this.#subject = subject;
    this.#publish();
    if (check.intervalMs === subject.check.intervalMs) return;
    this.#timer?.cancel();
    this.#arm(this.#options.random.number() * subject.check.intervalMs);
  }

  /** The target is no longer there: its slot forgets it, so that one registered again begins anew. */
  stop(): void {
    this.halt();
    this.#options.ledger.setHealth(this.#subject.slot, UNKNOWN);
  }

  halt(): void {
    this.#timer?.cancel();
    this.#withdraw?.();
    this.#withdraw = null;
  }

  #arm(ms: number): void {
    this.#timer = this.#options.clock.after(ms, () => this.#due());
  }

  #due(): void {
    const { check } = this.#subject;
    // "The time it takes for the target to respond does not affect the interval for the next health check request." The second interval is
    // shortened at random once, so that targets that came together do not stay together.
    this.#arm(this.#started ? check.intervalMs : check.intervalMs * (0.5 + this.#options.random.number() / 2));
    this.#started = true;
    if (this.#withdraw !== null) return;
    let ended = false;
    let at = 0;
    let began = 0;
    const withdraw = this.#options.queue.add({
      timeoutMs: check.timeoutMs,
      begin: (done) => {
        this.#verdict.checking();
        this.#publish();
        at = this.#options.clock.now();
        began = this.#options.clock.monotonic();
        return this.#subject.begin(done);
      },
      ended: (outcome) => {
        ended = true;
        this.#withdraw = null;
        const { pool, label, check: asked } = this.#subject;
        const failure = failureOf(asked, outcome);
        this.#verdict.judge(failure, asked);
        this.#publish();
        this.#options.onCheck?.({ pool, label, check: asked, at, ms: this.#options.clock.monotonic() - began, outcome, passed: failure === null });
      },
    });
    if (!ended) this.#withdraw = withdraw;
  }

  #publish(): void {
    const { ledger, slowStartOf } = this.#options;
    const { slot } = this.#subject;
    const state = this.#verdict.ledgerState;
    if (state === HEALTHY && ledger.health(slot) !== HEALTHY) ledger.setSlowStart(slot, slowStartOf(this.#subject));
    ledger.setHealth(slot, state);
    this.#options.tell(this.#subject, this.#verdict.health);
  }
}
