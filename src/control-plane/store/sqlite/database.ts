import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Migration, migrations } from './migrations/index.ts';

/** "Trnp": tells our files from other people's (PRAGMA application_id). */
const APPLICATION = 0x54726e70;

/** How long a statement waits for another process's lock before it fails, in milliseconds. */
const BUSY_MS = 5000;

/** The store's file cannot be used as it is. The message says what, where and what to do. */
export class StoreFileError extends Error {
  override readonly name = 'StoreFileError';
}

/** Opens (or makes) the file, mode 0600, checks that it is whole and brings it to the newest form. Throws `StoreFileError`. */
export function openDatabase(path: string, steps: readonly Migration[] = migrations): DatabaseSync {
  createPrivately(path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
    // WAL with FULL: COMMIT returns after the log has been synced (https://www.sqlite.org/pragma.html#pragma_synchronous).
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;');
    checkWhole(database, path);
    migrate(database, path, steps);
    return database;
  } catch (error) {
    database?.close();
    throw explained(error, path);
  }
}

/** Turns what SQLite says about a damaged, foreign, full or locked file into what a person can act on. */
export function explained(error: unknown, path: string): unknown {
  if (error instanceof StoreFileError || !(error instanceof Error) || !('errcode' in error)) return error;
  // The low byte is the primary result code: https://www.sqlite.org/rescode.html
  switch (Number(error.errcode) & 0xff) {
    case 11:
    case 26:
      return new StoreFileError(
        `The store at ${path} is damaged or is not a SQLite database (${error.message}). ` +
          'Put back a copy of it together with its -wal file, or move it away to begin with an empty store.',
        { cause: error },
      );
    case 5:
    case 6:
      return new StoreFileError(`The store at ${path} has been locked by another process for ${BUSY_MS / 1000} s. Stop that process, or give this one another data folder.`, {
        cause: error,
      });
    case 13:
      return new StoreFileError(`The disk that holds the store at ${path} is full. Nothing of the change was kept; make room and try again.`, { cause: error });
    case 8:
    case 14:
      return new StoreFileError(`The store at ${path} cannot be opened for writing (${error.message}). Check the folder's owner and permissions.`, { cause: error });
    default:
      return new StoreFileError(`The store at ${path} failed: ${error.message}.`, { cause: error });
  }
}

function createPrivately(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const isNew = !existsSync(path);
  closeSync(openSync(path, 'a', 0o600));
  // SQLite gives -wal and -shm the mode of the file itself.
  chmodSync(path, 0o600);
  if (!isNew) return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function checkWhole(database: DatabaseSync, path: string): void {
  const answer = database.prepare('PRAGMA quick_check(1)').get();
  const verdict = String(Object.values(answer ?? {})[0]);
  if (verdict !== 'ok') {
    throw new StoreFileError(
      `The store at ${path} is damaged (${verdict}). Put back a copy of it together with its -wal file, or move it away to begin with an empty store.`,
    );
  }
}

function migrate(database: DatabaseSync, path: string, steps: readonly Migration[]): void {
  const newest = steps.at(-1)?.version ?? 0;
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = pragma(database, 'user_version');
    const application = pragma(database, 'application_id');
    const isEmpty = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()!['n'] === 0;
    if (application !== APPLICATION && !isEmpty) {
      throw new StoreFileError(`The file ${path} is a SQLite database of another program. Give Turnpike another data folder.`);
    }
    if (version > newest) {
      throw new StoreFileError(
        `The store at ${path} was written by a newer Turnpike (form ${version}; this one knows up to ${newest}). Use that Turnpike, or another data folder.`,
      );
    }
    for (const step of steps) {
      if (step.version <= version) continue;
      database.exec(step.sql);
      database.exec(`PRAGMA user_version = ${step.version}`);
    }
    if (application !== APPLICATION) database.exec(`PRAGMA application_id = ${APPLICATION}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()![name]);
}
