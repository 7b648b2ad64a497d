import type { Clock, Random } from '../../../kernel/index.ts';
import type { Endpoint, FunctionPool, HealthCheck, HttpPool, Pool, TargetHealth } from '../../../snapshot/index.ts';
import { endpointKey, HEALTHY, NO_SLOT } from '../../ledger/index.ts';
import { CheckQueue } from './check-queue.ts';
import type { CancelCheck, Probe } from './probe.ts';
import { CHECK_FAILED, CHECKS_DISABLED, DRAINING, sameHealth, unusedTarget } from './target-health.ts';
import type { CheckOutcome } from './verdict.ts';
import { Watch, type CheckReport, type HealthWriter, type Subject, type Watched } from './watch.ts';

/** The health of one target has changed. */
export interface TargetReport {
  /** Target group ARN. */
  readonly pool: string;
  /** Target id as registered; the function's ARN for a function. */
  readonly target: string;
  /** 0 for a function. */
  readonly port: number;
  /** Null: the target is gone. */
  readonly health: TargetHealth | null;
}

/** Invokes the function of a pool with a health check event and calls `done` once with the status that it answered. */
export type FunctionProbe = (pool: FunctionPool, check: HealthCheck, done: (outcome: CheckOutcome) => void) => CancelCheck;

export interface HealthMonitorOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** A `Ledger`. */
  readonly ledger: HealthWriter;
  readonly probe: Probe;
  readonly probeFunction: FunctionProbe;
  readonly onChange: (report: TargetReport) => void;
  /** Hears of every check, for logs. */
  readonly onCheck?: (check: CheckReport) => void;
  /** Checks under way at a time, at most. */
  readonly concurrency?: number;
}

const DEFAULT_CONCURRENCY = 256;
/** First checks of targets that come together are spread over so many milliseconds each. */
const SPREAD_MS = 2;

interface Settled extends Subject {
  readonly health: TargetHealth;
}

/**
 * Watches the targets of all pools. One in an installation's process is enough: verdicts go to the ledger, where every thread reads them, and to
 * `onChange`. A target that is the same in the next snapshot keeps its verdict, its count and its rhythm.
 */
export class HealthMonitor {
  readonly #options: HealthMonitorOptions;
  readonly #queue: CheckQueue;
  readonly #watches = new Map<string, Watch>();
  /** What was last told, by subject. */
  readonly #told = new Map<string, TargetReport & { readonly health: TargetHealth }>();

  constructor(options: HealthMonitorOptions) {
    this.#options = options;
    this.#queue = new CheckQueue(options.clock, options.concurrency ?? DEFAULT_CONCURRENCY);
  }

  /** Makes `pools` the ones that are watched. `slots` are those of `endpointKey`. */
  update(pools: Iterable<Pool>, slots: ReadonlyMap<string, number>): void {
    const watched = new Map<string, Watched>();
    const settled: Settled[] = [];
    for (const pool of pools) {
      if (pool.kind === 'function') this.#sortFunction(pool, watched, settled);
      else for (const endpoint of pool.endpoints) this.#sortEndpoint(pool, endpoint, { watched, settled, slots });
    }
    for (const [key, watch] of this.#watches) {
      if (watched.has(key)) continue;
      watch.stop();
      this.#watches.delete(key);
    }
    const fresh = [...watched.values()].filter(({ key }) => !this.#watches.has(key));
    const known = new Set<string>();
    for (const subject of settled) {
      known.add(subjectKey(subject));
      this.#tell(subject, subject.health);
    }
    for (const subject of watched.values()) known.add(subjectKey(subject));
    for (const subject of watched.values()) this.#watches.get(subject.key)?.adopt(subject);
    for (const subject of fresh) {
      const watch = new Watch(subject, { ...this.#options, queue: this.#queue, tell: (of, health) => this.#tell(of, health), slowStartOf: (of) => this.#slowStartOf(of) });
      this.#watches.set(subject.key, watch);
      watch.start(Math.min(subject.check.intervalMs, fresh.length * SPREAD_MS));
    }
    for (const [key, { pool, target, port }] of this.#told) {
      if (known.has(key)) continue;
      this.#told.delete(key);
      this.#options.onChange({ pool, target, port, health: null });
    }
  }

  /** Ends all checks. The verdicts stay in the ledger for who watches next. */
  stop(): void {
    for (const watch of this.#watches.values()) watch.halt();
    this.#watches.clear();
  }

  #sortEndpoint(pool: HttpPool, endpoint: Endpoint, into: { watched: Map<string, Watched>; settled: Settled[]; slots: ReadonlyMap<string, number> }): void {
    const subject = { pool: pool.id, target: endpoint.target, port: endpoint.port };
    const { address } = endpoint;
    if (endpoint.drainingUntil !== null) {
      into.settled.push({ ...subject, health: DRAINING });
    } else if (endpoint.unusable !== null || address === null) {
      into.settled.push({ ...subject, health: unusedTarget(endpoint.unusable ?? 'Target.InvalidState') });
    } else {
      const key = endpointKey(pool, endpoint);
      const check = pool.health;
      const at = { address, port: check.port ?? endpoint.port };
      into.watched.set(key, { ...subject, key, label: `${address.includes(':') ? `[${address}]` : address}:${at.port}`, check, slowStartMs: pool.balance.slowStartMs, slot: into.slots.get(key) ?? NO_SLOT, begin: (done) => this.#options.probe(at, check, done) });
    }
  }

  #sortFunction(pool: FunctionPool, watched: Map<string, Watched>, settled: Settled[]): void {
    const { functionArn, health: check } = pool;
    if (functionArn === null) return;
    const subject = { pool: pool.id, target: functionArn, port: 0 };
    if (check === null) {
      settled.push({ ...subject, health: CHECKS_DISABLED });
    } else if (pool.refused !== null) {
      settled.push({ ...subject, health: CHECK_FAILED });
    } else {
      const key = JSON.stringify(['function', pool.id, functionArn, check.path, check.matcher]);
      watched.set(key, { ...subject, key, label: functionArn, check, slowStartMs: 0, slot: NO_SLOT, begin: (done) => this.#options.probeFunction(pool, check, done) });
    }
  }

  /**
   * "Newly registered targets enter slow start mode only when there is at least one healthy target that is not in slow start mode": targets that come
   * together have nobody to grow beside.
   */
  #slowStartOf(subject: Watched): number {
    if (subject.slowStartMs === 0) return 0;
    const { clock, ledger } = this.#options;
    const now = clock.now();
    for (const { subject: other } of this.#watches.values()) {
      if (other.pool !== subject.pool || other.slot === subject.slot || ledger.health(other.slot) !== HEALTHY) continue;
      if (now - ledger.slowStart(other.slot) >= subject.slowStartMs) return now;
    }
    return 0;
  }

  #tell(subject: Subject, health: TargetHealth): void {
    const key = subjectKey(subject);
    const last = this.#told.get(key);
    if (last !== undefined && sameHealth(last.health, health)) return;
    const report = { pool: subject.pool, target: subject.target, port: subject.port, health };
    this.#told.set(key, report);
    this.#options.onChange(report);
  }
}

function subjectKey({ pool, target, port }: Subject): string {
  return `${pool} ${target} ${port}`;
}
