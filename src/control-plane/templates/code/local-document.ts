import { readFile, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { CodeError } from './local-code.ts';

/** API Gateway's quota for an imported definition. */
const MOST_BYTES = 6 * 1024 * 1024;

/** A document that lies on this machine. Relative paths start at the template's folder. */
export async function localDocument(path: string, baseFolder: string | null): Promise<string> {
  if (baseFolder === null && path !== resolve(path)) throw new CodeError('the template came without a folder: give an absolute path');
  const full = resolve(baseFolder ?? sep, path);
  const found = await stat(full).catch((error: NodeJS.ErrnoException) => {
    throw new CodeError(`${full} cannot be read (${error.code ?? error.message}): give a file that exists`);
  });
  if (!found.isFile() || found.size > MOST_BYTES) throw new CodeError(`${full} is no file of at most ${MOST_BYTES} bytes`);
  return readFile(full, 'utf8');
}
