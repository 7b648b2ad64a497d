import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Random, hexId, syncFolder } from '../../../kernel/index.ts';
import type { BlobStore } from '../store.ts';

const HASH = /^[0-9a-f]{64}$/;

/** Blobs as files `ab/abcd...`, mode 0600. A file appears under its name only once it is whole and on disk. */
export class DiskBlobs implements BlobStore {
  readonly #folder: string;
  readonly #random: Random;
  /** Put since the last sweep: their resource may not be committed yet. */
  #young = new Set<string>();

  constructor(folder: string, random: Random) {
    this.#folder = folder;
    this.#random = random;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  async put(bytes: Uint8Array): Promise<string> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    this.#young.add(hash);
    if (await this.get(hash).catch(() => undefined)) return hash;
    const path = this.path(hash);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = join(folder, `.${hash.slice(0, 16)}-${hexId(this.#random, 16)}.part`);
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
    await syncFolder(folder);
    await syncFolder(this.#folder);
    return hash;
  }

  /** Throws where the file no longer has the bytes that it was named for. */
  async get(sha256: string): Promise<Buffer | undefined> {
    const path = this.path(sha256);
    let bytes: Buffer;
    try {
      bytes = await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      throw new Error(`The blob ${path} is damaged: its bytes do not have the hash that it is named for. Upload it again, or put back a copy.`);
    }
    return bytes;
  }

  path(sha256: string): string {
    if (!HASH.test(sha256)) throw new TypeError(`"${sha256}" is not a SHA-256 in hexadecimal`);
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }

  async sweep(keep: ReadonlySet<string>): Promise<number> {
    const young = this.#young;
    this.#young = new Set();
    let removed = 0;
    for (const shard of await readdir(this.#folder)) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue;
      for (const name of await readdir(join(this.#folder, shard))) {
        if (!HASH.test(name) || keep.has(name) || young.has(name) || this.#young.has(name)) continue;
        await unlink(join(this.#folder, shard, name));
        removed++;
      }
    }
    return removed;
  }
}
