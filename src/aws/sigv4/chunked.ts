import { sha256Hex } from './canonical.ts';
import { hmac, sameSignature } from './signing-key.ts';
import type { Seed } from './verifier.ts';

/** A body sent in signed (or trailed) chunks, with its framing removed. */
export interface Unchunked {
  readonly body: Buffer;
  readonly trailers: readonly (readonly [string, string])[];
}

export type ChunkedResult = { readonly ok: true; readonly value: Unchunked } | { readonly ok: false; readonly fault: 'malformed' | 'mismatch' | 'length'; readonly message: string };

const EMPTY_HASH = sha256Hex('');
const LONGEST_LINE = 16 * 1024;

export function isChunked(contentSha256: string | null): boolean {
  return contentSha256 !== null && contentSha256.startsWith('STREAMING-');
}

/**
 * Reads `size;chunk-signature=...` chunks and trailers (Amazon S3 API Reference, "Signature Calculations: Transferring Payload in Multiple
 * Chunks" and "with trailing headers"). Signatures are verified where there is a seed.
 */
export function unchunk(body: Buffer, options: { readonly contentSha256: string; readonly decodedLength: string | null; readonly seed: Seed | null }): ChunkedResult {
  const signed = options.contentSha256.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  const trailed = options.contentSha256.endsWith('-TRAILER');
  const seed = signed ? options.seed : null;
  const pieces: Buffer[] = [];
  let previous = seed?.signature ?? '';
  let at = 0;
  for (;;) {
    const line = readLine(body, at);
    if (line === null) return malformed('a chunk has no header');
    at = line.next;
    const match = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line.text);
    if (!match || (signed && match[2] === undefined)) return malformed('a chunk header is not size;chunk-signature=...');
    const size = Number.parseInt(match[1]!, 16);
    if (at + size > body.length) return malformed('a chunk is longer than the body');
    const data = body.subarray(at, at + size);
    at += size;
    if (seed) {
      const text = ['AWS4-HMAC-SHA256-PAYLOAD', seed.date, seed.scope, previous, EMPTY_HASH, sha256Hex(data)].join('\n');
      const expected = hmac(seed.key, text).toString('hex');
      if (!sameSignature(expected, match[2]!)) return { ok: false, fault: 'mismatch', message: 'The signature of a chunk does not match.' };
      previous = expected;
    }
    if (size === 0) break;
    if (body[at] !== 0x0d || body[at + 1] !== 0x0a) return malformed('a chunk does not end in CRLF');
    at += 2;
    pieces.push(data);
  }
  const trailers: (readonly [string, string])[] = [];
  if (trailed) {
    const read = readTrailers(body, at, trailers);
    if (read !== null) return malformed(read);
    const fault = checkTrailerSignature(trailers, { seed, previous });
    if (fault !== null) return { ok: false, fault: 'mismatch', message: fault };
  }
  const value = { body: Buffer.concat(pieces), trailers: trailers.filter(([name]) => name !== 'x-amz-trailer-signature') };
  if (options.decodedLength !== null && Number(options.decodedLength) !== value.body.length) {
    return { ok: false, fault: 'length', message: 'You did not provide the number of bytes specified by the Content-Length HTTP header' };
  }
  return { ok: true, value };
}

function malformed(message: string): ChunkedResult {
  return { ok: false, fault: 'malformed', message };
}

function readLine(body: Buffer, from: number): { readonly text: string; readonly next: number } | null {
  const end = body.indexOf('\r\n', from);
  if (end < 0 || end - from > LONGEST_LINE) return null;
  return { text: body.toString('latin1', from, end), next: end + 2 };
}

function readTrailers(body: Buffer, from: number, into: (readonly [string, string])[]): string | null {
  let at = from;
  while (at < body.length) {
    const line = readLine(body, at);
    if (line === null) return 'a trailer does not end';
    at = line.next;
    if (line.text === '') continue;
    const colon = line.text.indexOf(':');
    if (colon <= 0 || into.length >= 32) return 'a trailer is not name:value';
    into.push([line.text.slice(0, colon).toLowerCase().trim(), line.text.slice(colon + 1).trim()]);
  }
  return null;
}

function checkTrailerSignature(trailers: readonly (readonly [string, string])[], more: { seed: Seed | null; previous: string }): string | null {
  const { seed } = more;
  if (!seed) return null;
  const given = trailers.find(([name]) => name === 'x-amz-trailer-signature')?.[1];
  if (given === undefined) return 'The trailers have no x-amz-trailer-signature.';
  const canonical = trailers.filter(([name]) => name !== 'x-amz-trailer-signature').map(([name, value]) => `${name}:${value}\n`).join('');
  const text = ['AWS4-HMAC-SHA256-TRAILER', seed.date, seed.scope, more.previous, sha256Hex(canonical)].join('\n');
  return sameSignature(hmac(seed.key, text).toString('hex'), given) ? null : 'The signature of the trailers does not match.';
}
