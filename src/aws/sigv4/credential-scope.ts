import type { Pair } from '../wire/wire.ts';

/** What a caller says of itself, before anything is verified. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** `20260101`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The Credential of an Authorization header or of a presigned URL; null where there is none or it cannot be read. */
export function credentialScopeOf(authorization: string | null, query: readonly Pair[]): CredentialScope | null {
  if (authorization !== null) {
    const at = authorization.indexOf('Credential=');
    if (at < 0) return null;
    const from = at + 'Credential='.length;
    let end = from;
    while (end < authorization.length && authorization[end] !== ',' && authorization[end] !== ' ') end++;
    return parseScope(authorization.slice(from, end));
  }
  for (const [name, value] of query) if (name.toLowerCase() === 'x-amz-credential') return parseScope(value);
  return versionTwo(query);
}

/** A URL presigned with Signature Version 2, which older SDKs still make for S3: it names the key and, by its form, the service. */
function versionTwo(query: readonly Pair[]): CredentialScope | null {
  const parameters = new Map(query);
  const accessKeyId = parameters.get('AWSAccessKeyId');
  if (accessKeyId === undefined || !parameters.has('Signature') || !parameters.has('Expires')) return null;
  return { accessKeyId, date: '', region: '', service: 's3' };
}

/** `AKID/20260101/us-east-1/elasticloadbalancing/aws4_request`; the key id itself may hold slashes. */
export function parseScope(credential: string): CredentialScope | null {
  const parts = credential.split('/');
  if (parts.length < 5 || parts.at(-1) !== 'aws4_request') return null;
  const [date, region, service] = parts.slice(-4, -1);
  return { accessKeyId: parts.slice(0, -4).join('/'), date: date!, region: region!, service: service! };
}
