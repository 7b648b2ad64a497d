import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlobStore } from '../store.ts';

/** Blobs that are forgotten with the process: for tests. Asking for a `path` writes the bytes into a temporary folder; `close` removes it. */
export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, Buffer>();
  #young = new Set<string>();
  #folder: string | null = null;

  async put(bytes: Uint8Array): Promise<string> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    this.#blobs.set(hash, Buffer.from(bytes));
    this.#young.add(hash);
    return hash;
  }

  async get(sha256: string): Promise<Buffer | undefined> {
    const bytes = this.#blobs.get(sha256);
    return bytes && Buffer.from(bytes);
  }

  path(sha256: string): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'turnpike-blobs-'));
    const path = join(this.#folder, sha256);
    const bytes = this.#blobs.get(sha256);
    if (bytes && !existsSync(path)) writeFileSync(path, bytes, { mode: 0o600 });
    return path;
  }

  async sweep(keep: ReadonlySet<string>): Promise<number> {
    const young = this.#young;
    this.#young = new Set();
    let removed = 0;
    for (const hash of this.#blobs.keys()) {
      if (keep.has(hash) || young.has(hash)) continue;
      this.#blobs.delete(hash);
      if (this.#folder) rmSync(join(this.#folder, hash), { force: true });
      removed++;
    }
    return removed;
  }

  close(): void {
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = null;
  }
}
