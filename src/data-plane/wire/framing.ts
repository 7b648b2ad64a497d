import { CLASS, DIGIT } from './character.ts';
import { octetsAre } from './field-lines.ts';

/** Value of a Content-Length from `start` to `end`: digits only, at most 15 of them; -1 for anything else. */
export function contentLength(octets: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > 15) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const c = octets[i]!;
    if ((CLASS[c]! & DIGIT) === 0) return -1;
    value = value * 10 + (c - 48);
  }
  return value;
}

/** True for exactly `chunked`, whatever its case. */
export function isChunked(octets: Uint8Array, start: number, end: number): boolean {
  return end - start === 7 && octetsAre(octets, start, 'chunked');
}

export interface ConnectionOptions {
  keepAlive: boolean;
  close: boolean;
  upgrade: boolean;
  /** The other options, lower-case, with a comma before, between and after; '' for none. */
  connectionNames: string;
}

/** True for exactly `keep-alive`, whatever its case: what nearly everybody says about a connection who says anything. */
export function isKeepAlive(octets: Uint8Array, start: number, end: number): boolean {
  return end - start === 10 && octetsAre(octets, start, 'keep-alive');
}

/** Reads the options of one Connection value (RFC 9110 section 7.6.1). `close` wins over `keep-alive`. */
export function readConnection(value: string, into: ConnectionOptions): void {
  for (const part of value.toLowerCase().split(',')) {
    // OWS is SP and HTAB; `trim` takes U+00A0 too, which other readers leave in the name
    const option = part.replace(/^[ \t]+|[ \t]+$/g, '');
    if (option === '') continue;
    if (option === 'close') into.close = true;
    else if (option === 'keep-alive') into.keepAlive = true;
    else if (option === 'upgrade') into.upgrade = true;
    else into.connectionNames = into.connectionNames === '' ? `,${option},` : `${into.connectionNames}${option},`;
  }
  if (into.close) into.keepAlive = false;
}
