import type { CheckReport } from '../data-plane/upstreams/index.ts';
import type { Clock, Random } from '../kernel/index.ts';
import { AccessLogs, healthLogLine, type LogLease } from '../observe/index.ts';
import type { AccessLog, Snapshot } from '../snapshot/index.ts';

export interface HealthLogSettings {
  readonly root: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly snapshot: () => Snapshot;
  readonly finished: (path: string) => void;
  /** Lines that could not be kept, or writes that the disk refused. */
  readonly lost: (why: string) => void;
}

interface Open {
  readonly lease: LogLease;
  readonly name: string;
}

/** Health check logs: checks are made in this thread, so one writer a balancer will do. */
export class HealthLog {
  readonly #settings: HealthLogSettings;
  readonly #logs: AccessLogs;
  /** By target group; null for one whose balancer keeps no log. */
  #byPool = new Map<string, Open>();
  #of: Snapshot | null = null;

  constructor(settings: HealthLogSettings) {
    this.#settings = settings;
    const { root, clock, random, finished } = settings;
    this.#logs = new AccessLogs({ root, address: 'health', clock, random, finished });
  }

  check({ pool, label, check, at, ms, outcome, passed }: CheckReport): void {
    this.#follow(this.#settings.snapshot());
    const open = this.#byPool.get(pool);
    if (open === undefined) return;
    const line = healthLogLine({
      type: label.startsWith('arn:') ? 'lambda' : check.protocol, at, ms, target: label, group: open.name, passed, status: outcome.kind === 'status' ? outcome.status : null,
      timedOut: outcome.kind === 'timeout', failure: outcome.kind === 'failed' ? outcome.why : '',
    });
    open.lease.writer.write(line, at);
  }

  close(): Promise<void> {
    return this.#logs.close();
  }

  /** Which pools have a log, in the newest configuration. */
  #follow(snapshot: Snapshot): void {
    if (snapshot === this.#of) return;
    this.#of = snapshot;
    const before = this.#byPool;
    this.#byPool = new Map();
    for (const { healthLog, routes, fallback } of Object.values(snapshot.listeners)) {
      if (healthLog === undefined) continue;
      for (const { action } of [...routes, fallback]) {
        if (action.kind !== 'forward') continue;
        for (const { pool } of action.pools) if (!this.#byPool.has(pool)) this.#byPool.set(pool, this.#open(healthLog, snapshot.pools[pool]?.label ?? pool));
      }
    }
    // leased anew before the old ones are given back, so that a log in use stays open
    for (const { lease } of before.values()) void lease.release();
  }

  #open(log: AccessLog, label: string): Open {
    const lost = this.#settings.lost;
    const losses = { linesDropped: (lines: number) => lost(`${lines} lines of a health check log were dropped`), writeFailed: () => lost('a health check log could not be written') };
    return { lease: this.#logs.lease(log, losses), name: label.split('/')[1] ?? label };
  }
}
