import type { Clock, Timer } from '../../../kernel/index.ts';
import type { Pool, TargetAnomaly } from '../../../snapshot/index.ts';
import { endpointKey, FULL_WEIGHT, HEALTHY, NO_SLOT, type HealthState } from '../../ledger/index.ts';

/** What the detector reads and writes: a `Ledger`. */
export interface OutcomeLedger {
  health(slot: number): HealthState;
  takeOutcomes(slot: number): { readonly answered: number; readonly failed: number };
  weight(slot: number): number;
  setWeight(slot: number, weight: number): void;
}

export interface AnomalyReport {
  readonly pool: string;
  readonly target: string;
  readonly port: number;
  /** Null: nobody looks at it any more. */
  readonly anomaly: TargetAnomaly | null;
}

export interface AnomalyDetectorOptions {
  readonly clock: Clock;
  readonly ledger: OutcomeLedger;
  readonly onChange: (report: AnomalyReport) => void;
}

const EVERY_MS = 5_000;
/** "anomaly detection is automatically enabled on target groups with at least three healthy targets" */
const LEAST_HEALTHY = 3;
/** Answers that a judgement takes: fewer, and the last one stands. */
const LEAST_ANSWERS = 5;
const LEAST_FAILING = 0.2;
const TIMES_THE_OTHERS = 2;
const LEAST_WEIGHT = FULL_WEIGHT / 100;

interface Watched {
  readonly pool: string;
  readonly target: string;
  readonly port: number;
  readonly slot: number;
  readonly mitigates: boolean;
  anomalous: boolean;
}

/**
 * Compares the targets of pools that choose by weight: one that fails much more than the others is anomalous, and gets less where that is asked
 * for. One in an installation's process, beside the `HealthMonitor`; weights go to the ledger.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#automatic-target-weights
 */
export class AnomalyDetector {
  readonly #options: AnomalyDetectorOptions;
  #watched: ReadonlyMap<string, Watched> = new Map();
  #timer: Timer | null = null;

  constructor(options: AnomalyDetectorOptions) {
    this.#options = options;
  }

  /** Makes `pools` the ones that are compared. `slots` are those of `endpointKey`. */
  update(pools: Iterable<Pool>, slots: ReadonlyMap<string, number>): void {
    const next = new Map<string, Watched>();
    for (const pool of pools) {
      if (pool.kind !== 'http' || pool.balance.algorithm !== 'weighted-random') continue;
      for (const endpoint of pool.endpoints) {
        const key = endpointKey(pool, endpoint);
        const slot = slots.get(key) ?? NO_SLOT;
        if (slot === NO_SLOT || endpoint.drainingUntil !== null || endpoint.unusable !== null) continue;
        next.set(key, { pool: pool.id, target: endpoint.target, port: endpoint.port, slot, mitigates: pool.balance.anomalyMitigation, anomalous: this.#watched.get(key)?.anomalous ?? false });
      }
    }
    for (const [key, { pool, target, port, slot }] of this.#watched) {
      if (next.has(key)) continue;
      this.#options.ledger.setWeight(slot, FULL_WEIGHT);
      this.#options.onChange({ pool, target, port, anomaly: null });
    }
    const before = this.#watched;
    this.#watched = next;
    for (const [key, watched] of next) if (!before.has(key)) this.#tell(watched);
    if (next.size > 0) this.#timer ??= this.#options.clock.every(EVERY_MS, () => this.#compare());
    else this.stop();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #compare(): void {
    const { ledger } = this.#options;
    for (const group of Map.groupBy(this.#watched.values(), ({ pool }) => pool).values()) {
      const outcomes = group.map((watched) => ({ watched, ...ledger.takeOutcomes(watched.slot) }));
      const healthy = group.filter(({ slot }) => ledger.health(slot) === HEALTHY).length;
      const answered = outcomes.reduce((sum, each) => sum + each.answered, 0);
      const failed = outcomes.reduce((sum, each) => sum + each.failed, 0);
      for (const one of outcomes) {
        const { watched } = one;
        if (healthy < LEAST_HEALTHY) watched.anomalous = false;
        else if (one.answered >= LEAST_ANSWERS) {
          const others = answered - one.answered === 0 ? 0 : (failed - one.failed) / (answered - one.answered);
          const rate = one.failed / one.answered;
          watched.anomalous = rate >= LEAST_FAILING && rate >= TIMES_THE_OTHERS * others;
        }
        const weight = ledger.weight(watched.slot);
        ledger.setWeight(watched.slot, watched.anomalous && watched.mitigates ? Math.max(LEAST_WEIGHT, weight / 2) : Math.min(FULL_WEIGHT, weight * 2));
        this.#tell(watched);
      }
    }
  }

  #tell({ pool, target, port, slot, anomalous }: Watched): void {
    this.#options.onChange({ pool, target, port, anomaly: { result: anomalous ? 'anomalous' : 'normal', mitigated: this.#options.ledger.weight(slot) < FULL_WEIGHT } });
  }
}
