import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Kind, Resource } from '../../resources/index.ts';
import type { Write } from '../image/draft.ts';
import { Draft } from '../image/draft.ts';
import { Image } from '../image/image.ts';
import type { Row } from '../image/rows.ts';
import { StoreFileError } from './database.ts';

/** The resources as they lie in the file: how rows are read into an image and written from a draft. */
export class ResourceTable {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;
  readonly #revision: StatementSync;
  readonly #raise: StatementSync;
  readonly #heads: StatementSync;
  readonly #body: StatementSync;
  readonly #all: StatementSync;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#upsert = database.prepare(
      `INSERT INTO resource (sequence, kind, id, account, region, parent, version, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (kind, id) DO UPDATE SET sequence = excluded.sequence, account = excluded.account, region = excluded.region,
         parent = excluded.parent, version = excluded.version, body = excluded.body`,
    );
    this.#delete = database.prepare('DELETE FROM resource WHERE kind = ? AND id = ?');
    this.#revision = database.prepare('SELECT value FROM revision');
    this.#raise = database.prepare('UPDATE revision SET value = ? WHERE value = ?');
    this.#heads = database.prepare('SELECT sequence, kind, id, version FROM resource ORDER BY sequence');
    this.#body = database.prepare('SELECT body FROM resource WHERE sequence = ?');
    this.#all = database.prepare('SELECT sequence, kind, id, version, body FROM resource ORDER BY sequence');
  }

  revision(): number {
    return Number(this.#revision.get()!['value']);
  }

  /** Everything, as one image. */
  load(): Image {
    const draft = new Draft(Image.empty);
    for (const row of this.#all.iterate()) {
      draft.restore(String(row['kind']) as Kind, this.#row(row, String(row['body'])));
    }
    return draft.close(this.revision());
  }

  /** The image brought up to what other processes have committed, and what differs. Unchanged resources keep their identity. */
  refresh(image: Image): { readonly image: Image; readonly changed: readonly { kind: Kind; id: string }[] } {
    const draft = new Draft(image);
    const changed: { kind: Kind; id: string }[] = [];
    const present = new Set<string>();
    for (const head of this.#heads.all()) {
      const kind = String(head['kind']) as Kind;
      const id = String(head['id']);
      present.add(`${kind} ${id}`);
      const known = image.tables.get(kind)?.get(id);
      if (known?.revision === Number(head['version']) && known.sequence === Number(head['sequence'])) continue;
      draft.restore(kind, this.#row(head, String(this.#body.get(Number(head['sequence']))!['body'])));
      changed.push({ kind, id });
    }
    for (const [kind, { resource }] of image.rows()) {
      if (present.has(`${kind} ${resource.id}`)) continue;
      draft.delete(kind, resource.id);
      changed.push({ kind, id: resource.id });
    }
    return { image: draft.close(this.revision()), changed };
  }

  /** Writes inside the caller's transaction and raises the revision; false (and nothing to keep) when it was not `from`. */
  write(writes: Iterable<Write>, from: number, to: number): boolean {
    if (this.#raise.run(to, from).changes !== 1) return false;
    for (const { kind, id, row } of writes) {
      if (!row) {
        this.#delete.run(kind, id);
        continue;
      }
      const { account, region, parent } = row.resource;
      this.#upsert.run(row.sequence, kind, id, account, region, parent, row.revision, JSON.stringify(row.resource));
    }
    return true;
  }

  clear(to: number): void {
    this.#database.exec('DELETE FROM resource');
    this.#database.prepare('UPDATE revision SET value = ?').run(to);
  }

  #row(columns: Record<string, unknown>, body: string): Row {
    try {
      return { resource: JSON.parse(body) as Resource, sequence: Number(columns['sequence']), revision: Number(columns['version']) };
    } catch (error) {
      throw new StoreFileError(`The store at ${this.#path} holds ${String(columns['kind'])} ${String(columns['id'])} in a form that is not JSON. Put back a copy of the file.`, {
        cause: error,
      });
    }
  }
}
