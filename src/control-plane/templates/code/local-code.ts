import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { MOST_ENTRIES, zip, type ZipEntry } from './zip.ts';

/** Lambda's quota for code and layers together, unzipped. */
const MOST_BYTES = 262_144_000;

/** Why a path cannot become code: for the problem list of the template. */
export class CodeError extends Error {
  override readonly name = 'CodeError';
}

/**
 * Code of a function that lies on this machine, as `aws cloudformation package` takes it: a folder (zipped whole), a .zip or .jar (taken as it
 * is) or any other file (zipped alone). Relative paths start at the template's folder.
 */
export async function localCode(path: string, baseFolder: string | null): Promise<Buffer> {
  if (baseFolder === null && path !== resolve(path)) throw new CodeError('the template came without a folder: give an absolute path, or ZipFile');
  const full = resolve(baseFolder ?? sep, path);
  const found = await stat(full).catch((error: NodeJS.ErrnoException) => {
    throw new CodeError(`${full} cannot be read (${error.code ?? error.message}): give a folder or file that exists`);
  });
  if (found.isFile()) {
    if (found.size > MOST_BYTES) throw new CodeError(`${full} has ${found.size} bytes: Lambda's quota is ${MOST_BYTES}`);
    const bytes = await readFile(full);
    return /\.(zip|jar)$/i.test(full) ? bytes : zip([{ name: full.slice(full.lastIndexOf(sep) + 1), bytes, executable: (found.mode & 0o111) !== 0 }]);
  }
  const entries: ZipEntry[] = [];
  await gather(full, '', { entries, size: 0 });
  if (entries.length === 0) throw new CodeError(`${full} has no files in it`);
  return zip(entries.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

async function gather(folder: string, prefix: string, into: { readonly entries: ZipEntry[]; size: number }): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    const full = join(folder, name);
    const found = await stat(full);
    if (found.isDirectory()) {
      // Links may lead in circles; no honest tree is this deep.
      if (prefix.split('/').length > 60) throw new CodeError(`${full} lies too deep: a link may lead in a circle`);
      await gather(full, `${prefix}${name}/`, into);
      continue;
    }
    if (!found.isFile()) continue;
    into.size += found.size;
    if (into.size > MOST_BYTES) throw new CodeError(`${folder} has more than ${MOST_BYTES} bytes, Lambda's quota`);
    if (into.entries.length >= MOST_ENTRIES) throw new CodeError(`${folder} has more than ${MOST_ENTRIES} files`);
    into.entries.push({ name: `${prefix}${name}`, bytes: await readFile(full), executable: (found.mode & 0o111) !== 0 });
  }
}

/** Code written in the template: one file named index, as CloudFormation makes it. Null: the runtime is not one that CloudFormation does this for. */
export function inlineCode(source: string, runtime: string): Promise<Buffer> | null {
  const extension = runtime.startsWith('nodejs') ? 'js' : runtime.startsWith('python') ? 'py' : null;
  return extension === null ? null : zip([{ name: `index.${extension}`, bytes: Buffer.from(source), executable: false }]);
}
