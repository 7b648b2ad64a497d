import { isDeepStrictEqual } from 'node:util';
import type { Kind, Resource, ResourceByKind } from '../../resources/index.ts';
import type { Scope, Transaction } from '../store.ts';
import { frozen } from './frozen.ts';
import { Image } from './image.ts';
import type { Row } from './rows.ts';
import { Table } from './table.ts';

/** What a draft did to one row, as a driver has to write it. */
export type Write = { readonly kind: Kind; readonly id: string; readonly row: Row | null };

/** An image being changed. Sees its own writes; the image it began from stays as it was. */
export class Draft implements Transaction {
  /** Whose shards and rows are this draft's own. Not the draft itself: images would keep every draft that ever wrote, and its tables with it. */
  readonly #mark = {};
  readonly revision: number;
  readonly #next: number;
  readonly #tables: Map<Kind, Table>;
  readonly #writes = new Map<string, Write>();
  #nextSequence: number;
  #open = true;

  constructor(from: Image) {
    this.revision = from.revision;
    this.#next = from.revision + 1;
    this.#tables = new Map(from.tables);
    this.#nextSequence = from.nextSequence;
  }

  get<K extends Kind>(kind: K, id: string): ResourceByKind[K] | undefined {
    this.#mustBeOpen();
    return this.#tables.get(kind)?.get(id)?.resource as ResourceByKind[K] | undefined;
  }

  list<K extends Kind>(kind: K, scope?: Scope): readonly ResourceByKind[K][] {
    this.#mustBeOpen();
    return (this.#tables.get(kind)?.list(scope) ?? []) as unknown as readonly ResourceByKind[K][];
  }

  children<K extends Kind>(kind: K, parent: string): readonly ResourceByKind[K][] {
    this.#mustBeOpen();
    return (this.#tables.get(kind)?.children(parent) ?? []) as unknown as readonly ResourceByKind[K][];
  }

  put<K extends Kind>(kind: K, value: ResourceByKind[K]): void {
    this.#mustBeOpen();
    const given = value as unknown as Resource;
    const resource = frozen(given, `${kind} ${given.id}`);
    const before = this.#tables.get(kind)?.get(resource.id);
    // What is put again unchanged keeps its identity and costs no commit.
    if (before && isDeepStrictEqual(before.resource, resource)) return;
    const row: Row = { resource, sequence: before?.sequence ?? this.#nextSequence++, revision: this.#next };
    this.#table(kind).set(row);
    this.#record({ kind, id: resource.id, row });
  }

  delete(kind: Kind, id: string): void {
    this.#mustBeOpen();
    if (!this.#tables.get(kind)?.get(id)) return;
    this.#table(kind).delete(id);
    this.#record({ kind, id, row: null });
  }

  /** Takes a row as it lies on disk, with its own sequence and revision. For drivers that read. */
  restore(kind: Kind, row: Row): void {
    this.#table(kind).set({ ...row, resource: frozen(row.resource, `${kind} ${row.resource.id}`) });
    this.#nextSequence = Math.max(this.#nextSequence, row.sequence + 1);
  }

  get writes(): readonly Write[] {
    return [...this.#writes.values()];
  }

  /** Ends the draft. The image has this draft's revision, or the one given (a driver that has read another process's commits). */
  close(revision: number = this.#writes.size > 0 ? this.#next : this.revision): Image {
    this.#open = false;
    return new Image(revision, this.#tables, this.#nextSequence);
  }

  #table(kind: Kind): Table {
    const before = this.#tables.get(kind) ?? new Table();
    const table = before.writable(this.#mark);
    if (table !== before) this.#tables.set(kind, table);
    return table;
  }

  #record(write: Write): void {
    this.#writes.set(`${write.kind} ${write.id}`, write);
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new Error('This transaction has ended: a Transaction may be used only inside the function that was handed it.');
  }
}
