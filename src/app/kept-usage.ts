import { chmodSync, renameSync, rmSync } from 'node:fs';
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
  /** What was kept of it is in its slot. Before, the slot knows less than the file, which is not written. */
  restored: boolean;
}

/** What a process that is killed may have counted and not kept. */
const KEEP_EVERY_MS = 1000;
/** After a failure, since each try may stop the thread for as long as a lock is waited for. */
const RETRY_MS = 10_000;
const LOCK_MS = 500;
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
  /** Opened when there is something to count: installations without keys have no such file. */
  #opened: Book | null = null;
  #counted = new Map<string, Counted>();
  #timer: Timer | null = null;
  #forgotten = Number.NaN;
  /** What was told last, until something is kept again; and when (monotonic) the next look may try. */
  #told: string | null = null;
  #restsUntil = 0;

  constructor(settings: KeptUsageSettings) {
    this.#settings = settings;
  }

  get #book(): Book {
    return (this.#opened ??= this.#open());
  }

  /** What has been used is less than what is served: a file that cannot be read is put aside, and told of. */
  #open(): Book {
    const { path, failed } = this.#settings;
    try {
      return new Book(path);
    } catch (error) {
      // one that is locked, or on a disk that is full, is as good as ever
      if (!isDamage(error)) throw error;
      renameSync(path, `${path}.damaged`);
      for (const more of ['-wal', '-shm']) rmSync(`${path}${more}`, { force: true });
      failed(new Error(`${path} cannot be read (${(error as Error).message}): it is ${path}.damaged now, and what API keys have used is counted from nothing`, { cause: error }));
      return new Book(path);
    }
  }

  /**
   * Counts for these plans from now on: what was kept of them goes into the slots of shared memory before anybody takes from those. Where the file cannot be read
   * yet, they count from nothing and what was kept is added when it can.
   */
  count(plans: readonly UsagePlan[], slots: ReadonlyMap<string, number>): void {
    if (plans.length === 0 && this.#opened === null && this.#counted.size === 0) return;
    this.#look();
    const before = this.#counted;
    this.#counted = new Map();
    for (const { id, quota, keys } of plans) {
      for (const key of keys) {
        const use = useKey(id, key.id);
        const slot = slots.get(use) ?? -1;
        const known = before.get(use);
        if (slot < 0) continue;
        if (known?.slot === slot) {
          // with what has not been kept of it yet
          known.quota = quota;
          this.#counted.set(use, known);
          continue;
        }
        this.#counted.set(use, { slot, quota, total: this.#settings.counters.read(slot).total, changed: false, restored: false });
      }
    }
    this.#look();
    if (this.#counted.size > 0) this.#timer ??= this.#settings.clock.every(KEEP_EVERY_MS, () => this.#look());
    else {
      this.#timer?.cancel();
      this.#timer = null;
    }
  }

  days(plan: string, key: string, { from, to }: { readonly from: number; readonly to: number }): readonly DayOfUse[] {
    this.#trying(() => this.#keep());
    return this.#book.days.all(useKey(plan, key), from, to) as unknown as readonly DayOfUse[];
  }

  async setLeft({ plan, key, quota }: { readonly plan: string; readonly key: string; readonly quota: Quota }, left: number): Promise<void> {
    const use = useKey(plan, key);
    const today = dayOf(this.#settings.clock.now());
    const period = periodStart(quota, today);
    const counted = this.#counted.get(use);
    if (counted) {
      this.#restore(use, counted);
      this.#settings.counters.setLeft(counted.slot, { period, limit: quota.limit, left });
      counted.changed = true;
      this.#keep();
      return;
    }
    // no stage that is served asks for it yet: what it will find when one does
    const kept = this.#kept(use);
    const used = kept !== null && kept.period >= period ? kept.used : 0;
    this.#book.atOnce(() => {
      this.#book.keepPeriod.run(use, used, period, left - (quota.limit - used));
      this.#book.addDay.run(use, today, 0, left);
    });
  }

  close(): void {
    this.#timer?.cancel();
    if (this.#opened === null && this.#counted.size === 0) return;
    this.#trying(() => this.#keep());
    this.#opened?.close();
  }

  #look(): void {
    if (this.#settings.clock.monotonic() >= this.#restsUntil) this.#trying(() => this.#keep());
  }

  /** A disk that is full, or a file that is another's, must not keep configuration from being served. The same failure is told once. */
  #trying(run: () => void): void {
    try {
      run();
      this.#told = null;
    } catch (error) {
      const { message } = error as Error;
      this.#restsUntil = this.#settings.clock.monotonic() + RETRY_MS;
      if (message !== this.#told) this.#settings.failed(new Error(`What API keys have used is not kept in ${this.#settings.path}: ${message}. It is tried again every ${RETRY_MS / 1000} s, and nothing that is there is lost`, { cause: error }));
      this.#told = message;
    }
  }

  #keep(): void {
    for (const [use, counted] of this.#counted) this.#restore(use, counted);
    const today = dayOf(this.#settings.clock.now());
    const looks = [...this.#counted].flatMap(([use, counted]) => {
      const state = this.#settings.counters.read(counted.slot);
      return state.total === counted.total && !counted.changed ? [] : [{ use, counted, state }];
    });
    if (looks.length === 0 && today === this.#forgotten) return;
    this.#book.atOnce(() => {
      for (const { use, counted: { quota, total }, state } of looks) {
        this.#book.keepPeriod.run(use, state.used, state.period, state.granted);
        this.#book.addDay.run(use, today, state.total - total, quota === null ? 0 : Math.max(0, quota.limit + state.granted - state.used));
      }
      if (today !== this.#forgotten) this.#book.forget(today - KNOWN_DAYS);
    });
    this.#forgotten = today;
    for (const { counted, state } of looks) {
      counted.total = state.total;
      counted.changed = false;
    }
  }

  #restore(use: string, counted: Counted): void {
    if (counted.restored) return;
    const kept = this.#kept(use);
    if (kept !== null) this.#settings.counters.restore(counted.slot, kept, counted.total);
    counted.restored = true;
  }

  #kept(use: string): UseState | null {
    return (this.#book.period.get(use) as unknown as UseState | undefined) ?? null;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (https://www.sqlite.org/rescode.html). */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && [11, 26].includes(Number(error.errcode) & 0xff);
}

/** The file: by key in a plan, its period and its days. */
class Book {
  readonly #database: DatabaseSync;
  readonly period: StatementSync;
  readonly keepPeriod: StatementSync;
  readonly addDay: StatementSync;
  readonly days: StatementSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: LOCK_MS });
    try {
      chmodSync(path, 0o600);
      this.#database.exec(TABLES);
      this.period = this.#database.prepare('SELECT used, period, granted FROM period WHERE use = ?');
      this.keepPeriod = this.#database.prepare('INSERT INTO period VALUES (?, ?, ?, ?) ON CONFLICT (use) DO UPDATE SET used = excluded.used, period = excluded.period, granted = excluded.granted');
      this.addDay = this.#database.prepare('INSERT INTO day VALUES (?, ?, ?, ?) ON CONFLICT (use, day) DO UPDATE SET used = day.used + excluded.used, left = excluded.left');
      this.days = this.#database.prepare('SELECT day, used, left FROM day WHERE use = ? AND day BETWEEN ? AND ? ORDER BY day');
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** All that `run` writes, or nothing of it. */
  atOnce(run: () => void): void {
    this.#database.exec('BEGIN');
    try {
      run();
      this.#database.exec('COMMIT');
    } catch (error) {
      // SQLite has ended the transaction itself where the disk is full
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** What is from before a day. */
  forget(day: number): void {
    this.#database.prepare('DELETE FROM day WHERE day < ?').run(day);
    this.#database.prepare('DELETE FROM period WHERE period < ?').run(day);
  }

  close(): void {
    this.#database.close();
  }
}
