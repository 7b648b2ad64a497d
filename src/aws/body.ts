import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Limits } from './limits.ts';
import { Malformed } from './wire/malformed.ts';

/** Removes the codings that SDKs put around request bodies (Smithy, "requestCompression trait"). Bounded: a bomb ends at the limit. Throws Malformed. */
export function decompress(body: Buffer, contentEncoding: string | null, limits: Limits): Buffer {
  if (contentEncoding === null || body.length === 0) return body;
  let plain = body;
  const codings = contentEncoding.toLowerCase().split(',').map((coding) => coding.trim()).filter((coding) => coding !== '' && coding !== 'identity' && coding !== 'aws-chunked');
  if (codings.length > 2) throw new Malformed('size', '', 'the body is compressed more than twice');
  for (const coding of codings.reverse()) plain = decode(plain, coding, limits);
  return plain;
}

function decode(body: Buffer, coding: string, limits: Limits): Buffer {
  const options = { maxOutputLength: limits.bodyBytes };
  try {
    switch (coding) {
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(body, options);
      case 'deflate':
        return inflateSync(body, options);
      case 'br':
        return brotliDecompressSync(body, options);
    }
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw new Malformed('size', '', `the body is more than ${limits.bodyBytes} bytes once decompressed`);
    throw new Malformed('syntax', '', `the body is not ${coding}`);
  }
  throw new Malformed('syntax', '', `the content coding "${coding.slice(0, 32)}" is not read: gzip, deflate or br`);
}
