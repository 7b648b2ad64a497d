import yauzl from 'yauzl';
import { AwsError } from '../../../aws/index.ts';
import type { Limits } from '../limits.ts';
import { invalid } from './error.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, bytes. */
const ZIPPED = 52_428_800;
const UNZIPPED = 262_144_000;

/** Looks into an uploaded zip, without unpacking it, and tells what its files take: what could not be run is refused when it is uploaded, in AWS's words. */
export async function checkArchive(bytes: Buffer, limits: Limits): Promise<{ readonly unzippedSize: number }> {
  const zipped = limits.value('deployment-package-zipped', ZIPPED);
  if (bytes.length > zipped) {
    throw new AwsError('RequestEntityTooLargeException', `Zipped size must be smaller than ${zipped} bytes`, { status: 413 });
  }
  if (bytes.length === 0) throw invalid('Uploaded file must be a non-empty zip');
  const found = await contents(bytes);
  if (found.entries === 0) throw invalid('Uploaded file must be a non-empty zip');
  const unzipped = limits.value('deployment-package-unzipped', UNZIPPED);
  if (found.bytes > unzipped) throw invalid(`Unzipped size must be smaller than ${unzipped} bytes`);
  return { unzippedSize: found.bytes };
}

function contents(bytes: Buffer): Promise<{ readonly entries: number; readonly bytes: number }> {
  return new Promise((resolve, reject) => {
    const refuse = (): void => reject(invalid('Could not unzip uploaded file. Please check your file, then try to upload again.'));
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return refuse();
      let entries = 0;
      let total = 0;
      zip.on('error', refuse);
      zip.on('end', () => resolve({ entries, bytes: total }));
      zip.on('entry', (entry: yauzl.Entry) => {
        entries++;
        total += entry.uncompressedSize;
        const unix = entry.externalFileAttributes >>> 16;
        // AWS unpacks links; a link in shared, read-only code would lead out of its folder, so it is said at once instead of at the first invocation.
        if (entry.versionMadeBy >>> 8 === 3 && (unix & 0o170000) === 0o120000) {
          return reject(invalid(`Symbolic links are not unpacked here: put the file itself into the zip (entry ${entry.fileName.slice(0, 200)}).`));
        }
        zip.readEntry();
      });
      zip.readEntry();
    });
  });
}
