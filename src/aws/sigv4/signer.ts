import { amzDate, canonicalRequest, encode, sha256Hex, stringToSign, type Signable } from './canonical.ts';
import { deriveSigningKey, hmac } from './signing-key.ts';

export interface SigningOptions {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly service: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Leave the path as it is instead of removing dot segments and doubled slashes. S3's paths are never normalised. */
  readonly keepPath?: boolean;
  /** Send and sign `x-amz-content-sha256`. S3 always does. */
  readonly signBody?: boolean;
  /** Add the session token after signing. */
  readonly tokenUnsigned?: boolean;
}

export interface Signature {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
}

export interface SignedHeaders extends Signature {
  /** To send besides those that the request had: Authorization, X-Amz-Date, ... */
  readonly headers: readonly (readonly [string, string])[];
}

export interface PresignedUrl extends Signature {
  readonly url: string;
}

const UNSIGNED = new Set(['authorization', 'connection', 'expect', 'user-agent', 'x-amzn-trace-id']);

/** Signs a request by its headers. It must have a Host header. */
export function signHeaders(request: Signable & { readonly body: Uint8Array }, options: SigningOptions): SignedHeaders {
  const date = amzDate(options.now);
  const payloadHash = sha256Hex(request.body);
  const added: [string, string][] = [['X-Amz-Date', date]];
  if (options.signBody ?? options.service === 's3') added.push(['x-amz-content-sha256', payloadHash]);
  const token: [string, string][] = options.sessionToken === undefined ? [] : [['X-Amz-Security-Token', options.sessionToken]];
  const signed = [...request.headers, ...added, ...(options.tokenUnsigned ? [] : token)];
  const signedHeaders = namesOf(signed);
  const result = compute({ ...request, headers: signed }, options, { date, signedHeaders, payloadHash });
  const authorization = `AWS4-HMAC-SHA256 Credential=${options.accessKeyId}/${scopeOf(options, date)}, SignedHeaders=${signedHeaders.join(';')}, Signature=${result.signature}`;
  return { ...result, headers: [...added, ...token, ['Authorization', authorization]] };
}

/** Signs a request in its URL, for `expires` seconds. */
export function presign(request: Signable & { readonly body: Uint8Array }, options: SigningOptions & { readonly expires: number }): PresignedUrl {
  const date = amzDate(options.now);
  const signedHeaders = namesOf(request.headers);
  const parameters: [string, string][] = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${options.accessKeyId}/${scopeOf(options, date)}`],
    ['X-Amz-Date', date],
    ['X-Amz-SignedHeaders', signedHeaders.join(';')],
    ['X-Amz-Expires', String(options.expires)],
  ];
  const token: [string, string][] = options.sessionToken === undefined ? [] : [['X-Amz-Security-Token', options.sessionToken]];
  const withParameters = (url: string, more: readonly [string, string][]): string =>
    more.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${more.map(([name, value]) => `${name}=${encode(value)}`).join('&')}`;
  const url = withParameters(request.url, [...parameters, ...(options.tokenUnsigned ? [] : token)]);
  const payloadHash = options.service === 's3' ? 'UNSIGNED-PAYLOAD' : sha256Hex(request.body);
  const result = compute({ ...request, url }, options, { date, signedHeaders, payloadHash });
  return { ...result, url: withParameters(url, [...(options.tokenUnsigned ? token : []), ['X-Amz-Signature', result.signature]]) };
}

function compute(request: Signable, options: SigningOptions, form: { date: string; signedHeaders: readonly string[]; payloadHash: string }): Signature {
  const path = options.service === 's3' ? 'encode-once' : options.keepPath === true ? 'as-sent' : 'normalise';
  const canonical = canonicalRequest(request, { path, signedHeaders: form.signedHeaders, payloadHash: form.payloadHash });
  const text = stringToSign(canonical, { date: form.date, scope: scopeOf(options, form.date) });
  const key = deriveSigningKey(options.secret, { date: form.date.slice(0, 8), region: options.region, service: options.service });
  return { canonicalRequest: canonical, stringToSign: text, signature: hmac(key, text).toString('hex') };
}

function scopeOf(options: SigningOptions, date: string): string {
  return `${date.slice(0, 8)}/${options.region}/${options.service}/aws4_request`;
}

function namesOf(headers: Signable['headers']): readonly string[] {
  return [...new Set(headers.map(([name]) => name.toLowerCase()))].filter((name) => !UNSIGNED.has(name)).sort();
}
