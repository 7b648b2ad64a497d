import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock, Timer } from '../../../kernel/index.ts';
import type { Kind } from '../../resources/index.ts';
import { Feed } from '../feed.ts';
import { type Batch, type Request, runBatch } from '../image/batch.ts';
import { Image } from '../image/image.ts';
import type { ChangeSet, Store, Transaction, World } from '../store.ts';
import { explained, openDatabase } from './database.ts';
import { ResourceTable } from './table.ts';

/** How often to look whether another process has committed, in milliseconds. */
const FOREIGN_COMMITS_MS = 100;

export interface SqliteStoreSettings {
  /** The database file; made with its folder where there is none. */
  readonly path: string;
  readonly clock: Clock;
}

/**
 * A store in a SQLite file. Several changes that arrive in one turn of the event loop share one COMMIT (one fsync); each resolves after it.
 * A second process on the same file is safe: whoever finds the revision moved reads what changed and runs its changes again.
 */
export class SqliteStore implements Store {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #table: ResourceTable;
  readonly #dataVersion: StatementSync;
  readonly #feed = new Feed();
  readonly #poll: Timer;
  #seenVersion: number;
  #image: Image;
  #queue: Request[] = [];
  #closed = false;

  /** Throws `StoreFileError`. */
  constructor(settings: SqliteStoreSettings) {
    this.#path = settings.path;
    this.#database = openDatabase(settings.path);
    try {
      this.#table = new ResourceTable(this.#database, settings.path);
      this.#dataVersion = this.#database.prepare('PRAGMA data_version');
      this.#seenVersion = this.#readDataVersion();
      // One read transaction, so that the revision belongs to the rows.
      this.#database.exec('BEGIN');
      this.#image = this.#table.load();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.close();
      throw explained(error, settings.path);
    }
    this.#poll = settings.clock.every(FOREIGN_COMMITS_MS, () => this.#readForeignCommits());
  }

  get world(): World {
    return this.#image;
  }

  async transact<T>(change: (transaction: Transaction) => T): Promise<T> {
    if (this.#closed) throw new Error('The store has been closed.');
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#queue.push({ change, resolve, reject });
    if (this.#queue.length === 1) setImmediate(() => this.#drain());
    return (await promise) as T;
  }

  subscribe(listener: (changes: ChangeSet) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  async reset(): Promise<void> {
    this.#drain();
    try {
      this.#exclusively(() => {
        const revision = this.#table.revision() + 1;
        this.#table.clear(revision);
        const gone: { kind: Kind; id: string }[] = [];
        for (const [kind, row] of this.#image.rows()) gone.push({ kind, id: row.resource.id });
        return () => {
          this.#image = new Image(revision, new Map(), this.#image.nextSequence);
          this.#feed.publish(revision, gone);
        };
      });
    } catch (error) {
      throw explained(error, this.#path);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#drain();
    this.#closed = true;
    this.#poll.cancel();
    this.#database.close();
  }

  #drain(): void {
    const requests = this.#queue;
    if (requests.length === 0) return;
    this.#queue = [];
    let batch: Batch;
    try {
      batch = this.#commit(requests);
    } catch (error) {
      const told = explained(error, this.#path);
      for (const request of requests) request.reject(told);
      return;
    }
    batch.settle();
  }

  /** Runs the requests and makes what they wrote durable. */
  #commit(requests: readonly Request[]): Batch {
    this.#readForeignCommits();
    let batch = runBatch(this.#image, requests);
    if (batch.writes.length === 0) return batch;
    this.#exclusively(() => {
      if (!this.#table.write(batch.writes, this.#image.revision, batch.image.revision)) {
        // Somebody else was first. The write lock is ours now, so one more run is enough.
        this.#refresh();
        batch = runBatch(this.#image, requests);
        if (batch.writes.length > 0) this.#table.write(batch.writes, this.#image.revision, batch.image.revision);
      }
      return () => {
        this.#image = batch.image;
        if (batch.writes.length > 0) this.#feed.publish(batch.image.revision, batch.writes);
      };
    });
    return batch;
  }

  /** Runs `work` under the write lock; after the COMMIT is on disk runs what `work` returned. */
  #exclusively(work: () => () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    let after: () => void;
    try {
      after = work();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    after();
  }

  #readForeignCommits(): void {
    // Changes only when another connection commits: https://www.sqlite.org/pragma.html#pragma_data_version
    const version = this.#readDataVersion();
    if (version === this.#seenVersion) return;
    this.#seenVersion = version;
    this.#database.exec('BEGIN');
    try {
      this.#refresh();
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  #refresh(): void {
    const { image, changed } = this.#table.refresh(this.#image);
    this.#image = image;
    if (changed.length > 0) this.#feed.publish(image.revision, changed);
  }

  #readDataVersion(): number {
    return Number(this.#dataVersion.get()!['data_version']);
  }
}

/** Opens the store in a file. Throws `StoreFileError`, whose message says what to do. */
export function sqliteStore(settings: SqliteStoreSettings): Store {
  return new SqliteStore(settings);
}
