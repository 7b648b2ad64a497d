import { chmodSync, renameSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { alphanumericId, type Random } from '../../kernel/index.ts';
import { type ArchiveLimits, unpackArchive } from './archive.ts';

/** Unpacked code, one read-only folder for each archive, named by the archive's hash and shared by all environments that run it. */
export class CodeFolders {
  readonly #root: string;
  readonly #zipPath: (sha256: string) => string;
  readonly #limits: ArchiveLimits;
  readonly #random: Random;
  readonly #unpacking = new Map<string, Promise<string>>();

  constructor(options: { readonly root: string; readonly zipPath: (sha256: string) => string; readonly limits: ArchiveLimits; readonly random: Random }) {
    this.#root = options.root;
    this.#zipPath = options.zipPath;
    this.#limits = options.limits;
    this.#random = options.random;
  }

  /** The folder with the code of an archive, unpacked now if need be. Rejects with `ArchiveError` when the archive cannot be used. */
  folder(sha256: string): Promise<string> {
    const known = this.#unpacking.get(sha256);
    if (known) return known;
    const unpacked = this.#unpack(sha256);
    this.#unpacking.set(sha256, unpacked);
    // A failure (a disk that is full) is not for ever.
    unpacked.catch(() => this.#unpacking.delete(sha256));
    return unpacked;
  }

  /** Removes every folder for which `wanted` says no. */
  async sweep(wanted: (sha256: string) => boolean): Promise<void> {
    for (const name of await readdir(this.#root).catch(() => [])) {
      if (name.startsWith('.') || wanted(name)) continue;
      // Out of sight in the same turn in which it was found unwanted: whoever wants it from now on unpacks it anew.
      const trash = join(this.#root, `.${name}.${alphanumericId(this.#random, 8)}`);
      this.#unpacking.delete(name);
      chmodSync(join(this.#root, name), 0o755);
      renameSync(join(this.#root, name), trash);
      await removeFolder(trash);
    }
  }

  async #unpack(sha256: string): Promise<string> {
    const folder = join(this.#root, sha256);
    if (await stat(folder).then((found) => found.isDirectory(), () => false)) return folder;
    // Renamed into place when complete: a folder that is there is whole, whatever happened to the process that made it.
    const partial = join(this.#root, `.${sha256}.${alphanumericId(this.#random, 8)}`);
    await mkdir(partial, { recursive: true, mode: 0o700 });
    try {
      await unpackArchive(this.#zipPath(sha256), partial, this.#limits);
      // A folder without write permission cannot be renamed everywhere (macOS): it is closed again afterwards.
      await chmod(partial, 0o755);
      await rename(partial, folder);
      await chmod(folder, 0o555);
    } catch (error) {
      await removeFolder(partial);
      if (await stat(folder).then(() => true, () => false)) return folder;
      throw error;
    }
    return folder;
  }
}

/** Removes a folder whose parts are read-only. */
export async function removeFolder(folder: string): Promise<void> {
  await open(folder);
  await rm(folder, { recursive: true, force: true });
}

async function open(folder: string): Promise<void> {
  await chmod(folder, 0o755).catch(() => {});
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) await open(join(folder, entry.name));
  }
}
