import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The data folder cannot be used. The message says why and what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/**
 * The folder that everything is kept in, while this process has it. One at a time: two would stop each other's functions, write the same logs and
 * share the listeners' traffic. The claim is a lock that the kernel holds for the process (SQLite's, because Node.js has no flock), so it
 * ends with the process, however that ends, and no stale file keeps anybody out.
 */
export class DataFolder {
  readonly path: string;
  readonly #lock: DatabaseSync;

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path;
    this.#lock = lock;
  }

  /** Makes the folder where there is none. Throws `DataFolderError` when another process has it, or it cannot be written. */
  static claim(path: string): DataFolder {
    const owner = join(path, 'owner.pid');
    let lock: DatabaseSync | null = null;
    try {
      makeFolder(path);
      lock = new DatabaseSync(join(path, 'owner.lock'), { timeout: 0 });
      lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      writeFileSync(owner, `${process.pid}\n`, { mode: 0o600 });
    } catch (error) {
      lock?.close();
      // 5 is SQLITE_BUSY (https://www.sqlite.org/rescode.html#busy)
      if ((Number((error as { errcode?: unknown }).errcode) & 0xff) === 5) {
        throw new DataFolderError(
          `The data folder ${path} is in use by another Turnpike (process ${readOwner(owner)}). Stop that one and wait until it has ended, or give this one a folder of its own (--data).`,
          { cause: error },
        );
      }
      throw new DataFolderError(`The data folder ${path} cannot be used: ${(error as Error).message}. Check its owner and permissions, or give another one (--data).`, { cause: error });
    }
    return new DataFolder(path, lock);
  }

  release(): void {
    this.#lock.close();
  }
}

function makeFolder(path: string): void {
  if (existsSync(path)) return;
  // where the parent is there and nothing may be made in it (/proc), Node's recursive form never returns
  mkdirSync(path, { recursive: !existsSync(dirname(path)), mode: 0o700 });
}

function readOwner(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
