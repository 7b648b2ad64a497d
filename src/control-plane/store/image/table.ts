import type { Resource } from '../../resources/index.ts';
import type { Scope } from '../store.ts';
import { type Row, Rows } from './rows.ts';
import { Shards } from './shards.ts';

/** The rows of one kind with their indexes: by id, in order of creation, by account and region, by parent. */
export class Table {
  readonly #owner: object | null;
  #byId: Shards<Row>;
  #all: Rows;
  #byScope: Shards<Rows>;
  #byParent: Shards<Rows>;

  constructor(owner: object | null = null, from?: Table) {
    this.#owner = owner;
    this.#byId = from ? from.#byId : new Shards();
    this.#all = from ? from.#all : new Rows(null);
    this.#byScope = from ? from.#byScope : new Shards();
    this.#byParent = from ? from.#byParent : new Shards();
  }

  get(id: string): Row | undefined {
    return this.#byId.get(id);
  }

  list(scope?: Scope): readonly Resource[] {
    return scope ? (this.#byScope.get(scopeKey(scope))?.items() ?? []) : this.#all.items();
  }

  children(parent: string): readonly Resource[] {
    return this.#byParent.get(parent)?.items() ?? [];
  }

  rows(): Iterable<[string, Row]> {
    return this.#byId.entries();
  }

  writable(owner: object): Table {
    return this.#owner === owner ? this : new Table(owner, this);
  }

  /** Only on what `writable(owner)` returned. */
  set(row: Row): void {
    const owner = this.#owner!;
    const { resource } = row;
    const before = this.#byId.get(resource.id);
    this.#byId = this.#byId.writable(owner);
    this.#byId.set(resource.id, row);
    this.#all = this.#all.writable(owner);
    this.#all.set(row);
    if (before && (before.sequence !== row.sequence || scopeKey(before.resource) !== scopeKey(resource))) {
      this.#byScope = without(this.#byScope, scopeKey(before.resource), before.sequence, owner);
    }
    this.#byScope = withRow(this.#byScope, scopeKey(resource), row, owner);
    if (before && before.resource.parent !== null && (before.resource.parent !== resource.parent || before.sequence !== row.sequence)) {
      this.#byParent = without(this.#byParent, before.resource.parent, before.sequence, owner);
    }
    if (before && before.sequence !== row.sequence) this.#all.remove(before.sequence);
    if (resource.parent !== null) this.#byParent = withRow(this.#byParent, resource.parent, row, owner);
  }

  /** Only on what `writable(owner)` returned. */
  delete(id: string): void {
    const owner = this.#owner!;
    const row = this.#byId.get(id);
    if (!row) return;
    this.#byId = this.#byId.writable(owner);
    this.#byId.delete(id);
    this.#all = this.#all.writable(owner);
    this.#all.remove(row.sequence);
    this.#byScope = without(this.#byScope, scopeKey(row.resource), row.sequence, owner);
    if (row.resource.parent !== null) this.#byParent = without(this.#byParent, row.resource.parent, row.sequence, owner);
  }
}

function scopeKey(scope: Scope): string {
  return `${scope.account}/${scope.region}`;
}

function withRow(index: Shards<Rows>, key: string, row: Row, owner: object): Shards<Rows> {
  const writable = index.writable(owner);
  const before = writable.get(key);
  const rows = (before ?? new Rows(owner)).writable(owner);
  rows.set(row);
  if (rows !== before) writable.set(key, rows);
  return writable;
}

function without(index: Shards<Rows>, key: string, sequence: number, owner: object): Shards<Rows> {
  const before = index.get(key);
  if (!before) return index;
  const writable = index.writable(owner);
  const rows = before.writable(owner);
  rows.remove(sequence);
  if (rows.size === 0) writable.delete(key);
  else if (rows !== before) writable.set(key, rows);
  return writable;
}
