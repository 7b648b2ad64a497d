import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** What stands in for S3 where an operation names a bucket and a key to read from. */
export interface ObjectReader {
  /** Where buckets lie, for people. */
  readonly place: string;
  hasBucket(bucket: string): Promise<boolean>;
  /** The object's octets; undefined where there is none, 'too-large' for more than `limit`. */
  get(at: { readonly bucket: string; readonly key: string }, limit: number): Promise<Buffer | undefined | 'too-large'>;
}

/** Bucket names of S3 (bucketnamingrules.html): no dots beside one another, nothing that leads out of a folder. */
const BUCKET = /^[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;

/** A folder whose folders are buckets and whose files are objects: `BUCKET/KEY`. */
export class FolderObjects implements ObjectReader {
  readonly place: string;

  constructor(folder: string) {
    this.place = folder;
  }

  hasBucket(bucket: string): Promise<boolean> {
    return BUCKET.test(bucket) ? stat(join(this.place, bucket)).then((found) => found.isDirectory(), () => false) : Promise.resolve(false);
  }

  async get({ bucket, key }: { readonly bucket: string; readonly key: string }, limit: number): Promise<Buffer | undefined | 'too-large'> {
    if (!BUCKET.test(bucket) || key.includes('\0') || key.split('/').some((part) => part === '' || part === '.' || part === '..')) return undefined;
    try {
      const home = await realpath(join(this.place, bucket));
      // a link inside a bucket leads nowhere outside of it
      const file = await realpath(join(home, key));
      if (!file.startsWith(home + sep)) return undefined;
      const found = await stat(file);
      if (!found.isFile()) return undefined;
      if (found.size > limit) return 'too-large';
      return await readFile(file);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes(code)) return undefined;
      throw error;
    }
  }
}

/** For tests: objects by `BUCKET/KEY`. */
export class MemoryObjects implements ObjectReader {
  readonly place = 'memory';
  readonly #objects = new Map<string, Buffer>();

  hasBucket(bucket: string): Promise<boolean> {
    return Promise.resolve([...this.#objects.keys()].some((path) => path.startsWith(`${bucket}/`)));
  }

  put(path: string, content: string | Buffer): void {
    this.#objects.set(path, Buffer.from(content as string));
  }

  get({ bucket, key }: { readonly bucket: string; readonly key: string }, limit: number): Promise<Buffer | undefined | 'too-large'> {
    const found = this.#objects.get(`${bucket}/${key}`);
    return Promise.resolve(found !== undefined && found.length > limit ? 'too-large' : found);
  }
}
