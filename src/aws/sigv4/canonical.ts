import { hash } from 'node:crypto';
import { percentEncoded } from '../../kernel/index.ts';

/** What a signature covers. */
export interface Signable {
  readonly method: string;
  /** As sent: `/path?query`. */
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
}

export interface CanonicalForm {
  /** `encode-once` for S3, `normalise` for all others, `as-sent` for a client told not to normalise (AWS Signature Version 4, "Canonical URI"). */
  readonly path: 'encode-once' | 'normalise' | 'as-sent';
  /** Lower case, sorted. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
}

/** The six lines that are signed. A query parameter X-Amz-Signature is never part of them. */
export function canonicalRequest(request: Signable, form: CanonicalForm): string {
  const at = request.url.indexOf('?');
  const path = at < 0 ? request.url : request.url.slice(0, at);
  const query = at < 0 ? '' : request.url.slice(at + 1);
  return [
    request.method,
    canonicalPath(path, form.path),
    canonicalQuery(query),
    ...form.signedHeaders.map((name) => `${name}:${canonicalValue(request.headers, name)}`),
    '',
    form.signedHeaders.join(';'),
    form.payloadHash,
  ].join('\n');
}

/** Values of one name, joined; runs of white space, and the breaks of folded lines, become one space. */
function canonicalValue(headers: Signable['headers'], name: string): string {
  const values: string[] = [];
  for (const [key, value] of headers) if (key.toLowerCase() === name) values.push(value.trim().replaceAll(/\s+/g, ' '));
  return values.join(',');
}

export function canonicalPath(path: string, form: CanonicalForm['path']): string {
  switch (form) {
    case 'encode-once':
      return path.split('/').map((segment) => encode(decodeLoosely(segment))).join('/') || '/';
    case 'normalise':
      return removeDotSegments(path).split('/').map(encode).join('/');
    case 'as-sent':
      return path === '' ? '/' : path.split('/').map(encode).join('/');
  }
}

/** RFC 3986 section 5.2.4, and empty segments go too, as AWS's signers have it. */
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const slash = kept.length > 0 && /\/\.{0,2}$/.test(path) ? '/' : '';
  return `/${kept.join('/')}${slash}`;
}

export function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs: string[] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = encode(decodeLoosely(at < 0 ? part : part.slice(0, at)));
    if (name === 'X-Amz-Signature') continue;
    pairs.push(`${name}=${at < 0 ? '' : encode(decodeLoosely(part.slice(at + 1)))}`);
  }
  // by name, then value, in the order of their bytes: what is encoded is ASCII, and `=` must not count as part of a name
  return pairs.sort((a, b) => compare(a.split('=', 1)[0]!, b.split('=', 1)[0]!) || compare(a, b)).join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Everything but A-Z a-z 0-9 - . _ ~ is escaped, in upper case. */
export function encode(text: string): string {
  return /^[\w.~-]*$/.test(text) ? text : percentEncoded(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A broken escape stands for itself: the signature then does not match, which is the right answer. */
function decodeLoosely(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function sha256Hex(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex');
}

export function stringToSign(canonical: string, more: { date: string; scope: string }): string {
  return ['AWS4-HMAC-SHA256', more.date, more.scope, sha256Hex(canonical)].join('\n');
}

/** `20150830T123600Z`. */
export function amzDate(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/** Null for anything that is not exactly such a date. */
export function parseAmzDate(text: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, number, number, number, number, number];
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  return amzDate(at) === text ? at : null;
}
