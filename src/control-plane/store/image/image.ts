import type { Kind, ResourceByKind } from '../../resources/index.ts';
import type { Scope, World } from '../store.ts';
import type { Row } from './rows.ts';
import type { Table } from './table.ts';

/** All resources as of one revision. Never changes: a commit makes another that shares what did not change. */
export class Image implements World {
  static readonly empty = new Image(0, new Map(), 1);

  readonly revision: number;
  readonly tables: ReadonlyMap<Kind, Table>;
  /** The sequence that the next new resource gets. */
  readonly nextSequence: number;

  constructor(revision: number, tables: ReadonlyMap<Kind, Table>, nextSequence: number) {
    this.revision = revision;
    this.tables = tables;
    this.nextSequence = nextSequence;
  }

  get<K extends Kind>(kind: K, id: string): ResourceByKind[K] | undefined {
    return this.tables.get(kind)?.get(id)?.resource as ResourceByKind[K] | undefined;
  }

  list<K extends Kind>(kind: K, scope?: Scope): readonly ResourceByKind[K][] {
    return (this.tables.get(kind)?.list(scope) ?? []) as unknown as readonly ResourceByKind[K][];
  }

  children<K extends Kind>(kind: K, parent: string): readonly ResourceByKind[K][] {
    return (this.tables.get(kind)?.children(parent) ?? []) as unknown as readonly ResourceByKind[K][];
  }

  *rows(): Generator<[Kind, Row]> {
    for (const [kind, table] of this.tables) for (const [, row] of table.rows()) yield [kind, row];
  }
}
