import { createHash } from 'node:crypto';
import { chmodSync, renameSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
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

  /**
   * The folder with the files of several layers, each covering those before it; the layer's own where there is one. Null: there are none. Its name is
   * told by `layersName`.
   */
  async layers(hashes: readonly string[]): Promise<string | null> {
    if (hashes.length === 0) return null;
    if (hashes.length === 1) return this.folder(hashes[0]!);
    const name = layersName(hashes);
    const known = this.#unpacking.get(name);
    if (known) return known;
    const merged = this.#place(name, async (partial) => {
      for (const hash of hashes) await cp(await this.folder(hash), partial, { recursive: true, force: true, filter: async (from, to) => opened(from, to) });
    });
    this.#unpacking.set(name, merged);
    merged.catch(() => this.#unpacking.delete(name));
    return merged;
  }

  /** Removes every folder for which `wanted` says no. */
  async sweep(wanted: (sha256: string) => boolean): Promise<void> {
    for (const name of await readdir(this.#root).catch(() => [])) {
      if (name.startsWith('.') || wanted(name)) continue;
      // Out of sight in the same turn in which it was found unwanted: whoever wants it from now on unpacks it anew.
      const trash = join(this.#root, `.${name}.${alphanumericId(this.#random, 8)}`);
      this.#unpacking.delete(name);
      try {
        chmodSync(join(this.#root, name), 0o755);
        renameSync(join(this.#root, name), trash);
      } catch {
        // An earlier sweep that is not done yet was faster.
        continue;
      }
      await removeFolder(trash).catch(() => {});
    }
  }

  #unpack(sha256: string): Promise<string> {
    return this.#place(sha256, (partial) => unpackArchive(this.#zipPath(sha256), partial, this.#limits));
  }

  async #place(name: string, fill: (partial: string) => Promise<void>): Promise<string> {
    const folder = join(this.#root, name);
    if (await stat(folder).then((found) => found.isDirectory(), () => false)) return folder;
    // Renamed into place when complete: a folder that is there is whole, whatever happened to the process that made it.
    const partial = join(this.#root, `.${name}.${alphanumericId(this.#random, 8)}`);
    await mkdir(partial, { recursive: true, mode: 0o700 });
    try {
      await fill(partial);
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

/** The name under which the files of several layers lie. */
export function layersName(hashes: readonly string[]): string {
  return hashes.length === 1 ? hashes[0]! : `layers-${createHash('sha256').update(hashes.join(' ')).digest('hex')}`;
}

/** What an earlier layer has put there is read-only. */
async function opened(from: string, to: string): Promise<boolean> {
  const there = await stat(to).catch(() => null);
  if (there) await chmod(to, there.isDirectory() ? 0o755 : 0o644);
  else if ((await stat(from)).isDirectory()) await mkdir(to, { mode: 0o755 });
  return true;
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
