import { createWriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yauzl, { type Entry, type ZipFile } from 'yauzl';

/** Why an archive cannot be used; the message is for the owner of the function. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

export interface ArchiveLimits {
  /** Bytes of all files together, unpacked. AWS: 250 MB. */
  readonly unpackedBytes: number;
  readonly entries: number;
}

export const awsArchiveLimits: ArchiveLimits = { unpackedBytes: 262_144_000, entries: 100_000 };

interface ArchiveEntry {
  /** Relative, with `/`, without `..`. */
  readonly path: string;
  readonly folder: boolean;
  /** Unix permission bits; 0 where the archive holds none. */
  readonly mode: number;
}

const S_IFMT = 0o170000;
const S_IFLNK = 0o120000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const MADE_BY_UNIX = 3;

/**
 * Unpacks a zip file into `folder`, which must exist; files and folders end up read-only, executables stay executable. Throws `ArchiveError` for what is
 * no zip and for what must not be unpacked: names that lead out of the folder, links, devices, encrypted entries, more bytes or entries than allowed.
 */
export async function unpackArchive(zipPath: string, folder: string, limits: ArchiveLimits): Promise<void> {
  const folders = new Set<string>([folder]);
  let left = limits.unpackedBytes;
  await eachEntry(await openFile(zipPath), limits, async (entry, open) => {
    const path = join(folder, entry.path);
    const parent = entry.folder ? path : dirname(path);
    await mkdir(parent, { recursive: true }).catch((error: unknown) => Promise.reject(conflict(entry, error)));
    for (let at = parent; at.length > folder.length; at = dirname(at)) folders.add(at);
    if (entry.folder) return;
    // The sizes in an archive's directory are its author's claim; what comes out is counted.
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        left -= chunk.length;
        if (left < 0) done(new ArchiveError(`the unpacked files are larger than the ${limits.unpackedBytes} bytes that are allowed`));
        else done(null, chunk);
      },
    });
    await pipeline(await open(), count, createWriteStream(path, { flags: 'wx', mode: 0o600 })).catch((error: unknown) => Promise.reject(conflict(entry, error)));
    await chmod(path, entry.mode & 0o111 ? 0o555 : 0o444);
  });
  for (const each of folders) await chmod(each, 0o555);
}

function conflict(entry: ArchiveEntry, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'EISDIR') return new ArchiveError(`the entry ${JSON.stringify(entry.path)} appears twice, or as a file and as a folder`);
  if (code === 'ENAMETOOLONG') return new ArchiveError(`the name of the entry ${JSON.stringify(entry.path.slice(0, 80))}... is too long`);
  return error;
}

type Visit = (entry: ArchiveEntry, open: () => Promise<Readable>) => Promise<void>;

async function eachEntry(zip: ZipFile, limits: ArchiveLimits, visit: Visit): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      let entries = 0;
      let bytes = 0;
      zip.on('error', (error: Error) => reject(new ArchiveError(error.message)));
      zip.on('end', resolve);
      zip.on('entry', (raw: Entry) => {
        const entry = checked(raw);
        entries++;
        bytes += raw.uncompressedSize;
        if (entry instanceof ArchiveError) return reject(entry);
        if (entries > limits.entries) return reject(new ArchiveError(`the archive has more than the ${limits.entries} entries that are allowed`));
        if (bytes > limits.unpackedBytes) return reject(new ArchiveError(`the unpacked files are larger than the ${limits.unpackedBytes} bytes that are allowed`));
        const open = (): Promise<Readable> =>
          new Promise((opened, failed) => zip.openReadStream(raw, (error, stream) => (error ? failed(new ArchiveError(error.message)) : opened(stream))));
        visit(entry, open).then(() => zip.readEntry(), reject);
      });
      zip.readEntry();
    });
  } finally {
    zip.close();
  }
}

function checked(raw: Entry): ArchiveEntry | ArchiveError {
  const name = JSON.stringify(raw.fileName.slice(0, 200));
  const unix = raw.versionMadeBy >>> 8 === MADE_BY_UNIX ? raw.externalFileAttributes >>> 16 : 0;
  const type = unix & S_IFMT;
  if (raw.isEncrypted()) return new ArchiveError(`the entry ${name} is encrypted`);
  if (type === S_IFLNK) return new ArchiveError(`the entry ${name} is a symbolic link; put the file itself into the archive`);
  if (type !== 0 && type !== S_IFDIR && type !== S_IFREG) return new ArchiveError(`the entry ${name} is neither a file nor a folder`);
  const invalid = yauzl.validateFileName(raw.fileName);
  if (invalid !== null || raw.fileName.includes('\0')) return new ArchiveError(`the entry ${name} has a name that may not be unpacked: ${invalid ?? 'it holds a NUL'}`);
  return { path: raw.fileName, folder: raw.fileName.endsWith('/'), mode: unix & 0o777 };
}

function openFile(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (!error) resolve(zip);
      else reject((error as NodeJS.ErrnoException).code === undefined ? new ArchiveError(error.message) : error);
    });
  });
}
