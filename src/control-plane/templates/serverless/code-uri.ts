import { isPlainMap, type Plain } from '../document/source.ts';
import type { Problems } from '../problem.ts';
import { isIntrinsic, some } from './expansion.ts';

/** CodeUri and ContentUri as what CloudFormation has for them: a path stays one, which `turnpike up` packs. */
export function codeOfUri(uri: Plain | undefined, { path, problems, instead }: { readonly path: string; readonly problems: Problems; readonly instead: string }): Plain | undefined {
  if (typeof uri === 'string') {
    if (!uri.startsWith('s3://')) return uri;
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
    if (Bucket !== undefined && Key !== undefined) return { S3Bucket: Bucket, S3Key: Key };
  }
  if (isPlainMap(uri) && !isIntrinsic(uri)) return some({ S3Bucket: uri['Bucket'], S3Key: uri['Key'], S3ObjectVersion: uri['Version'] });
  problems.add(path, uri, `allowed: a folder or file beside the template, s3://BUCKET/KEY, a map with Bucket and Key${instead}`);
  return undefined;
}
