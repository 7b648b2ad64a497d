import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export type ObjectFound = { readonly kind: 'object'; readonly bytes: Buffer } | { readonly kind: 'no-bucket' } | { readonly kind: 'no-key' };

/** Objects that are named as S3 names them, for services that read from there. */
export interface Objects {
  /** Where they lie, for people. */
  readonly place: string;
  read(bucket: string, key: string): Promise<ObjectFound>;
}

/** Buckets as folders, keys as files in them. */
export function objectFolder(root: string): Objects {
  return {
    place: root,
    async read(bucket, key) {
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes('..')) return { kind: 'no-bucket' };
      if (!(await stat(join(root, bucket)).then((found) => found.isDirectory(), () => false))) return { kind: 'no-bucket' };
      // nothing that leads out of the bucket
      if (key === '' || key.includes('\0') || key.split('/').some((part) => part === '..' || part === '.' || part === '')) return { kind: 'no-key' };
      const file = join(root, bucket, key);
      if (!(await stat(file).then((found) => found.isFile(), () => false))) return { kind: 'no-key' };
      return { kind: 'object', bytes: await readFile(file) };
    },
  };
}

/** Where there are none. */
export const noObjects: Objects = { place: 'nowhere', read: async () => ({ kind: 'no-bucket' }) };
