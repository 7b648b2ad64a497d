import type { AnomalyReport, TargetReport } from '../data-plane/upstreams/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { PartReport, ReportReader, TargetAnomaly, TargetHealth } from '../snapshot/index.ts';

interface Waiting {
  readonly revision: number;
  readonly done: (served: boolean) => void;
}

/** What the data plane has told, for the control plane to read. */
export class LiveReports implements ReportReader {
  readonly #clock: Clock;
  readonly #health = new Map<string, TargetHealth>();
  readonly #anomalies = new Map<string, TargetAnomaly>();
  /** By worker, then the id of a listener or stage. */
  readonly #parts = new Map<number, ReadonlyMap<string, PartReport>>();
  readonly #revisions = new Map<number, number>();
  readonly #waiting = new Set<Waiting>();
  servedRevision = -1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  targetHealth(pool: string, target: string, port: number): TargetHealth | null {
    return this.#health.get(healthKey(pool, target, port)) ?? null;
  }

  anomaly(pool: string, target: string, port: number): TargetAnomaly | null {
    return this.#anomalies.get(healthKey(pool, target, port)) ?? null;
  }

  part(id: string): PartReport | null {
    let report: PartReport | null = null;
    for (const parts of this.#parts.values()) {
      const part = parts.get(id);
      if (!part) continue;
      // workers bind the same addresses: a failure of one is what matters
      if (report === null || part.failures.length > report.failures.length) report = part;
    }
    return report;
  }

  served(revision: number, withinMs: number): Promise<boolean> {
    if (this.servedRevision >= revision) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        revision,
        done: (served) => {
          timer.cancel();
          this.#waiting.delete(waiting);
          resolve(served);
        },
      };
      const timer = this.#clock.after(withinMs, () => waiting.done(false));
      this.#waiting.add(waiting);
    });
  }

  /** What a worker serves; -1 before its first snapshot. */
  revisionOf(worker: number): number {
    return this.#revisions.get(worker) ?? -1;
  }

  // --- written by the composition root

  setHealth({ pool, target, port, health }: TargetReport): void {
    const key = healthKey(pool, target, port);
    if (health === null) this.#health.delete(key);
    else this.#health.set(key, health);
  }

  setAnomaly({ pool, target, port, anomaly }: AnomalyReport): void {
    const key = healthKey(pool, target, port);
    if (anomaly === null) this.#anomalies.delete(key);
    else this.#anomalies.set(key, anomaly);
  }

  setParts(worker: number, parts: ReadonlyMap<string, PartReport>): void {
    this.#parts.set(worker, parts);
  }

  /** `worker` serves `revision`. */
  setServed(worker: number, revision: number): void {
    this.#revisions.set(worker, revision);
    this.servedRevision = Math.min(...this.#revisions.values());
    for (const waiting of this.#waiting) if (waiting.revision <= this.servedRevision) waiting.done(true);
  }

  /** A worker that is expected to report: until it does, nothing counts as served by all. */
  expect(worker: number): void {
    this.#revisions.set(worker, -1);
  }
}

function healthKey(pool: string, target: string, port: number): string {
  return `${pool} ${target} ${port}`;
}
