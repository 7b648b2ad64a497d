import type { HealthCheck, TargetHealth } from '../../../snapshot/index.ts';
import { HEALTHY, UNHEALTHY, UNKNOWN, type HealthState } from '../../ledger/index.ts';
import { CHECK_FAILED, FIRST_CHECKS, HEALTHY_TARGET, REGISTERING, TIMED_OUT, unexpectedStatus, type CheckFailure } from './target-health.ts';

/** What came of one check. */
export type CheckOutcome =
  | { readonly kind: 'status'; readonly status: number }
  /** A TCP connection was made. */
  | { readonly kind: 'connected' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'failed'; readonly why: string };

/** Null: passed. */
export function failureOf(check: HealthCheck, outcome: CheckOutcome): CheckFailure | null {
  switch (outcome.kind) {
    case 'connected':
      return null;
    case 'timeout':
      return TIMED_OUT;
    case 'failed':
      return CHECK_FAILED;
    case 'status': {
      const { status } = outcome;
      return check.matcher.some(({ from, to }) => status >= from && status <= to) ? null : unexpectedStatus(status);
    }
  }
}

/**
 * The verdict on one target, out of its checks. A target becomes healthy by one passed check after registration ("it must pass one health check to
 * be considered healthy") and unhealthy by `unhealthyThreshold` failures in a row; from then on it takes `healthyThreshold` passes in a row.
 */
export class Verdict {
  #health: TargetHealth;
  #passes = 0;
  #failures = 0;

  /** `known`: what the ledger has, where another watched this target before. */
  constructor(known: HealthState) {
    this.#health = known === HEALTHY ? HEALTHY_TARGET : known === UNHEALTHY ? CHECK_FAILED : REGISTERING;
  }

  get health(): TargetHealth {
    return this.#health;
  }

  get ledgerState(): HealthState {
    if (this.#health.state === 'healthy') return HEALTHY;
    return this.#health.state === 'unhealthy' ? UNHEALTHY : UNKNOWN;
  }

  /** A check is on its way. */
  checking(): void {
    if (this.#health === REGISTERING) this.#health = FIRST_CHECKS;
  }

  judge(failure: CheckFailure | null, check: HealthCheck): void {
    const { state } = this.#health;
    if (failure === null) {
      this.#failures = 0;
      this.#passes++;
      if (state === 'initial' || (state === 'unhealthy' && this.#passes >= check.healthyThreshold)) this.#health = HEALTHY_TARGET;
    } else {
      this.#passes = 0;
      this.#failures++;
      if (state === 'unhealthy' || this.#failures >= check.unhealthyThreshold) this.#health = failure;
    }
  }
}
