import type { FunctionCode } from '@aws-sdk/client-lambda';
import { createHash } from 'node:crypto';
import type { Environment } from '../environment.ts';
import { checkArchive } from './archive.ts';
import { invalid } from './error.ts';

export interface StoredCode {
  /** SHA-256, hexadecimal. */
  readonly code: string;
  readonly codeSize: number;
}

/** Where the composition root serves function code: `GET PREFIX + sha256`. */
export const CODE_PATH = '/_functions/code/';

type CodeInput = Pick<FunctionCode, 'ZipFile' | 'S3Bucket' | 'S3Key' | 'ImageUri' | 'SourceKMSKeyArn'>;

/** Checks uploaded code and keeps it; durable once resolved. `store` false: only checks it. */
export async function takeCode(environment: Environment, input: CodeInput | undefined, store = true): Promise<StoredCode> {
  if (input?.ImageUri !== undefined) throw invalid('Functions from container images are not run here: pass the code as ZipFile.');
  if (input?.SourceKMSKeyArn !== undefined && input.SourceKMSKeyArn !== '') throw invalid('Code encrypted with a customer managed key is not supported here: leave SourceKMSKeyArn out.');
  const zip = input?.ZipFile;
  if (input?.S3Bucket !== undefined || input?.S3Key !== undefined) {
    if (zip !== undefined) throw invalid('Please do not provide other FunctionCode parameters when providing a ZipFile.');
    // No bucket is there: AWS's own answer to that, and what to do about it.
    throw invalid(`Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist (${input.S3Bucket ?? ''}); S3 is not served here: pass the code as ZipFile.`);
  }
  if (zip === undefined) throw invalid('Please provide a source for function code.');
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  await checkArchive(bytes, environment.limits);
  const code = store ? await environment.blobs.put(bytes) : createHash('sha256').update(bytes).digest('hex');
  return { code, codeSize: bytes.length };
}

/** An address from which the code can be fetched, on the host that the client has reached. The hash is what nobody can guess. */
export function codeLocation(host: string, code: string): string {
  return `http://${host}${CODE_PATH}${code}`;
}
