import { accessSync, constants, openSync, closeSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Runtimes that run wherever Turnpike runs: on its own Node, or on what the function brings along. */
const ALWAYS: readonly string[] = ['nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'nodejs26.x', 'provided.al2', 'provided.al2023'];
const PYTHONS: readonly string[] = ['python3.8', 'python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14'];

/** The runtimes that can be run with what is found on `path` (the value of PATH). */
export function installedRuntimes(path: string): readonly string[] {
  return findPython('', path) === null ? ALWAYS : [...ALWAYS, ...PYTHONS];
}

/** The interpreter for a Python runtime: the one of its very version, else the machine's `python3`. Null: there is none. */
export function findPython(runtime: string, path: string): string | null {
  for (const name of runtime === '' ? ['python3'] : [runtime, 'python3']) {
    for (const folder of path.split(':')) {
      const file = join(folder, name);
      if (folder.startsWith('/') && isProgram(file)) return file;
    }
  }
  return null;
}

/** A script that looks for the interpreter (a version manager's) needs variables that no function is given. */
function isProgram(file: string): boolean {
  try {
    if (!statSync(file).isFile()) return false;
    accessSync(file, constants.X_OK);
    const descriptor = openSync(file, 'r');
    try {
      const begin = Buffer.alloc(2);
      return readSync(descriptor, begin) === 2 && begin.toString('latin1') !== '#!';
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}
