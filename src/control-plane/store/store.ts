import type { Kind, ResourceByKind } from '../resources/index.ts';

/**
 * The resources as of one revision. Reads are synchronous: the whole set is kept in memory, frozen, and replaced row by row as changes commit,
 * so an object that did not change keeps its identity (`===`) from one revision to the next: the compiler memoises on that.
 */
export interface World {
  /** Grows by one with every commit. */
  readonly revision: number;
  get<K extends Kind>(kind: K, id: string): ResourceByKind[K] | undefined;
  /** All of a kind, or those of one account and region, in order of creation. */
  list<K extends Kind>(kind: K, scope?: Scope): readonly ResourceByKind[K][];
  /** Those whose `parent` is the given id, in order of creation. */
  children<K extends Kind>(kind: K, parent: string): readonly ResourceByKind[K][];
}

export interface Scope {
  readonly account: string;
  readonly region: string;
}

/** A world that can be changed: sees its own writes. Valid only while the function that was handed it runs. */
export interface Transaction extends World {
  /** Creates or replaces, by `kind` and `resource.id`. The resource is frozen. */
  put<K extends Kind>(kind: K, resource: ResourceByKind[K]): void;
  /** Removes; does nothing where there is none. */
  delete(kind: Kind, id: string): void;
}

/** What has changed since a subscriber was last called: newest state only, never a backlog. */
export interface ChangeSet {
  readonly revision: number;
  readonly changed: ReadonlyMap<Kind, ReadonlySet<string>>;
}

export interface Store {
  readonly world: World;
  /**
   * Runs `change` and commits what it put and deleted, all or nothing; resolves once that is durable, with what `change` returned.
   * `change` must be synchronous and free of side effects: it is run again when somebody else committed first (optimistic concurrency).
   * A throw rolls back and is passed on. A change that wrote nothing costs no commit.
   */
  transact<T>(change: (transaction: Transaction) => T): Promise<T>;
  /** Calls `listener` soon after commits; calls are coalesced. Returns the way to end that. */
  subscribe(listener: (changes: ChangeSet) => void): () => void;
  /** Removes every resource (development and tests). */
  reset(): Promise<void>;
  close(): void;
}

/** Content-addressed bytes too large for a row: function code. Durable once `put` has resolved. */
export interface BlobStore {
  /** Returns the SHA-256 of the bytes, in hexadecimal. */
  put(bytes: Uint8Array): Promise<string>;
  get(sha256: string): Promise<Buffer | undefined>;
  /** Where the bytes lie as a file: for those who unpack them. */
  path(sha256: string): string;
  /** Removes every blob whose hash is not in `keep`; returns how many. */
  sweep(keep: ReadonlySet<string>): Promise<number>;
}
