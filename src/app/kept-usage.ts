import { chmodSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { UsageCounters, UseState } from '../data-plane/ledger/index.ts';
import type { Clock, Timer } from '../kernel/index.ts';
import { dayOf, periodStart, useKey, type DayOfUse, type Quota, type UsageBook, type UsagePlan } from '../snapshot/index.ts';

export interface KeptUsageSettings {
  /** Of the file. */
  readonly path: string;
  readonly clock: Clock;
  readonly counters: UsageCounters;
  readonly failed: (error: Error) => void;
}

interface Counted {
  readonly slot: number;
  quota: Quota | null;
  /** `UsageCounters.read(slot).total` when it was last looked at. */
  total: number;
  /** A look has to be kept though nothing was used. */
  changed: boolean;
}

/** What a process that is killed may have counted and not kept. */
const KEEP_EVERY_MS = 1000;
/** For so long AWS tells usage. */
const KNOWN_DAYS = 90;

const TABLES = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS period (use TEXT PRIMARY KEY, used REAL NOT NULL, period INTEGER NOT NULL, granted REAL NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS day (use TEXT NOT NULL, day INTEGER NOT NULL, used REAL NOT NULL, left REAL NOT NULL, PRIMARY KEY (use, day)) WITHOUT ROWID;`;

/**
 * How often API keys were used, beyond a restart: what all threads count in shared memory is looked at once a second, and what has changed is written to a file.
 * Uses belong to the day on which they are looked at. Whoever asks, and an orderly end, look first.
 */
export class KeptUsage implements UsageBook {
  readonly #settings: KeptUsageSettings;
  readonly #database: DatabaseSync;
  readonly #statements: Readonly<Record<'period' | 'keepPeriod' | 'addDay' | 'days', StatementSync>>;
  #counted = new Map<string, Counted>();
  #timer: Timer | null = null;
  #forgotten = Number.NaN;

  constructor(settings: KeptUsageSettings) {
    this.#settings = settings;
    this.#database = new DatabaseSync(settings.path, { timeout: 5000 });
    if (settings.path !== ':memory:') chmodSync(settings.path, 0o600);
    this.#database.exec(TABLES);
    this.#statements = {
      period: this.#database.prepare('SELECT used, period, granted FROM period WHERE use = ?'),
      keepPeriod: this.#database.prepare('INSERT INTO period VALUES (?, ?, ?, ?) ON CONFLICT (use) DO UPDATE SET used = excluded.used, period = excluded.period, granted = excluded.granted'),
      addDay: this.#database.prepare('INSERT INTO day VALUES (?, ?, ?, ?) ON CONFLICT (use, day) DO UPDATE SET used = day.used + excluded.used, left = excluded.left'),
      days: this.#database.prepare('SELECT day, used, left FROM day WHERE use = ? AND day BETWEEN ? AND ? ORDER BY day'),
    };
  }

  /** Counts for these plans from now on: what was kept of them goes into the slots of shared memory before anybody takes from those. */
  count(plans: readonly UsagePlan[], slots: ReadonlyMap<string, number>): void {
    this.#look();
    const before = this.#counted;
    this.#counted = new Map();
    for (const { id, quota, keys } of plans) {
      for (const key of keys) {
        const use = useKey(id, key.id);
        const slot = slots.get(use) ?? -1;
        const known = before.get(use);
        if (slot < 0) continue;
        if (known?.slot !== slot) this.#restore(use, slot);
        this.#counted.set(use, { slot, quota, total: this.#settings.counters.read(slot).total, changed: false });
      }
    }
    if (this.#counted.size > 0) this.#timer ??= this.#settings.clock.every(KEEP_EVERY_MS, () => this.#look());
    else {
      this.#timer?.cancel();
      this.#timer = null;
    }
  }

  days(plan: string, key: string, { from, to }: { readonly from: number; readonly to: number }): readonly DayOfUse[] {
    this.#look();
    return this.#statements.days.all(useKey(plan, key), from, to) as unknown as readonly DayOfUse[];
  }

  async setLeft({ plan, key, quota }: { readonly plan: string; readonly key: string; readonly quota: Quota }, left: number): Promise<void> {
    const use = useKey(plan, key);
    const today = dayOf(this.#settings.clock.now());
    const period = periodStart(quota, today);
    const counted = this.#counted.get(use);
    if (counted) {
      this.#settings.counters.setLeft(counted.slot, { period, limit: quota.limit, left });
      counted.changed = true;
      this.#keep();
      return;
    }
    // no stage that is served asks for it yet: what it will find when one does
    const kept = this.#kept(use);
    const used = kept !== null && kept.period >= period ? kept.used : 0;
    this.#statements.keepPeriod.run(use, used, period, left - (quota.limit - used));
    this.#statements.addDay.run(use, today, 0, left);
  }

  close(): void {
    this.#timer?.cancel();
    this.#look();
    this.#database.close();
  }

  #look(): void {
    try {
      this.#keep();
    } catch (error) {
      this.#settings.failed(new Error(`What API keys have used is not kept: ${(error as Error).message}`, { cause: error }));
    }
  }

  #keep(): void {
    const today = dayOf(this.#settings.clock.now());
    const looks = [...this.#counted].flatMap(([use, counted]) => {
      const state = this.#settings.counters.read(counted.slot);
      return state.total === counted.total && !counted.changed ? [] : [{ use, counted, state }];
    });
    if (looks.length === 0 && today === this.#forgotten) return;
    this.#database.exec('BEGIN');
    try {
      for (const { use, counted: { quota, total }, state } of looks) {
        this.#statements.keepPeriod.run(use, state.used, state.period, state.granted);
        this.#statements.addDay.run(use, today, state.total - total, quota === null ? 0 : Math.max(0, quota.limit + state.granted - state.used));
      }
      if (today !== this.#forgotten) this.#forget(today);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
    this.#forgotten = today;
    for (const { counted, state } of looks) {
      counted.total = state.total;
      counted.changed = false;
    }
  }

  /** Once a day. */
  #forget(today: number): void {
    this.#database.prepare('DELETE FROM day WHERE day < ?').run(today - KNOWN_DAYS);
    this.#database.prepare('DELETE FROM period WHERE period < ?').run(today - KNOWN_DAYS);
  }

  #restore(use: string, slot: number): void {
    const kept = this.#kept(use);
    if (kept !== null) this.#settings.counters.restore(slot, kept);
  }

  #kept(use: string): UseState | null {
    return (this.#statements.period.get(use) as unknown as UseState | undefined) ?? null;
  }
}
