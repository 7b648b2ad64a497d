import type { FunctionCode } from '@aws-sdk/client-lambda';
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import { AwsError } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { checkArchive } from './archive.ts';
import { invalid } from './error.ts';

export interface StoredCode {
  /** SHA-256, hexadecimal; empty for a folder. */
  readonly code: string;
  readonly codeSize: number;
  readonly unzippedSize: number;
  readonly folder: string | null;
}

/** Where the composition root serves function code: `GET PREFIX + sha256`. */
export const CODE_PATH = '/_functions/code/';

/**
 * The bucket that stands for the machine's own file system: `S3Key` is then the absolute path of a folder, which is run as it is when the function is called.
 * The name is the one that other local emulators use.
 */
export const HOT_RELOAD_BUCKET = 'hot-reload';

/** Also where a function of a zip is given an image (observed). */
const NO_CODE = 'Please provide a source for function code.';

type CodeInput = Pick<FunctionCode, 'ZipFile' | 'S3Bucket' | 'S3Key' | 'ImageUri' | 'SourceKMSKeyArn'>;

/** Checks uploaded code and keeps it; durable once resolved. `store` false: only checks it. */
export async function takeCode(environment: Environment, input: CodeInput | undefined, { operation, store = true }: { readonly operation: string; readonly store?: boolean }): Promise<StoredCode> {
  if (input?.ImageUri !== undefined) throw invalid(operation === 'CreateFunction' ? NO_CODE : 'Functions from container images are not run here: pass the code as ZipFile.');
  if (input?.SourceKMSKeyArn !== undefined && input.SourceKMSKeyArn !== '') throw invalid('Code encrypted with a customer managed key is not supported here: leave SourceKMSKeyArn out.');
  if (input?.S3Bucket === HOT_RELOAD_BUCKET && input.ZipFile === undefined) return { code: '', codeSize: 0, unzippedSize: 0, folder: await checkedFolder(environment, input.S3Key ?? '') };
  const bytes = await archiveBytes(environment, input, { operation, missing: NO_CODE });
  const { unzippedSize } = await checkArchive(bytes, environment.limits);
  const code = store ? await environment.blobs.put(bytes) : createHash('sha256').update(bytes).digest('hex');
  return { code, codeSize: bytes.length, unzippedSize, folder: null };
}

/** AWS's limit of a package, unzipped; a zip is never larger. */
const MOST_ARCHIVE = 262_144_000;
/** Bytes of a request. The front door lets a little more in; what is left to say is said here, since a zip is nearly all of a request. */
const LONGEST_REQUEST = 70_167_211;

/** The zip that a request brings along, or names by bucket and key. */
export async function archiveBytes(environment: Environment, input: Pick<CodeInput, 'ZipFile' | 'S3Bucket' | 'S3Key'> | undefined, { operation, missing }: { readonly operation: string; readonly missing: string }): Promise<Buffer> {
  const zip = input?.ZipFile;
  if (input?.S3Bucket === undefined && input?.S3Key === undefined) {
    if (zip === undefined) throw invalid(missing);
    if (Math.ceil(zip.byteLength / 3) * 4 > LONGEST_REQUEST) {
      throw new AwsError('RequestEntityTooLargeException', `Request must be smaller than ${LONGEST_REQUEST} bytes for the ${operation} operation`, { status: 413 });
    }
    return Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  }
  if (zip !== undefined) throw invalid('Please do not provide other FunctionCode parameters when providing a ZipFile.');
  const { S3Bucket: bucket = '', S3Key: key = '' } = input;
  if (bucket === '' || key === '') throw invalid('S3 Bucket and Key are required for uploading with S3 parameters.');
  const { objects } = environment;
  const found = await objects.get({ bucket, key }, MOST_ARCHIVE);
  if (found === 'too-large') throw invalid(`Error occurred while GetObject. The object ${key} has more than ${MOST_ARCHIVE} bytes.`);
  if (found !== undefined) return found;
  // A bucket is a folder below the data folder's s3/, as `turnpike parity` says; the words are AWS's alone.
  if (!(await objects.hasBucket(bucket))) throw invalid('Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist');
  throw invalid('Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.');
}

/** Running what lies anywhere on the machine is for those to whom the installation gives it. */
async function checkedFolder({ functionFolders }: Environment, path: string): Promise<string> {
  const folder = normalize(path).replace(/(.)\/+$/, '$1');
  if (!isAbsolute(path)) throw invalid(`S3Key must be the absolute path of a folder where S3Bucket is ${HOT_RELOAD_BUCKET}, got ${JSON.stringify(path)}.`);
  if (!functionFolders.some((root) => folder === root || folder.startsWith(root === '/' ? root : `${root}/`))) {
    throw new AwsError('AccessDeniedException', `Code in ${folder} may not be run: the installation's setting function-folders allows ${functionFolders.length === 0 ? 'no folders' : functionFolders.join(', ')}.`, { status: 403 });
  }
  if (!(await stat(folder).then((found) => found.isDirectory(), () => false))) throw invalid(`There is no folder ${folder}.`);
  return folder;
}

/** An address from which the code can be fetched, on the host that the client has reached. The hash is what nobody can guess. */
export function codeLocation(host: string, code: string): string {
  return `http://${host}${CODE_PATH}${code}`;
}
