import { CLASS, DIGIT } from './character.ts';
import { equalsIgnoringCase } from './field-lines.ts';

/** Value of a Content-Length from `start` to `end`: digits only, at most 15 of them; -1 for anything else. */
export function contentLength(text: string, start: number, end: number): number {
  if (end === start || end - start > 15) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if ((CLASS[c]! & DIGIT) === 0) return -1;
    value = value * 10 + (c - 48);
  }
  return value;
}

/** True for exactly `chunked`, whatever its case. */
export function isChunked(text: string, start: number, end: number): boolean {
  return end - start === 7 && equalsIgnoringCase(text, start, 'chunked');
}

export interface ConnectionOptions {
  keepAlive: boolean;
  upgrade: boolean;
  connectionNames: string;
}

/** Reads the options of one Connection value (RFC 9110 section 7.6.1). `close` wins over `keep-alive`. */
export function readConnection(value: string, into: ConnectionOptions): void {
  const lower = value.toLowerCase();
  if (lower === 'keep-alive') {
    if (!into.connectionNames.includes(',close,')) into.keepAlive = true;
    return;
  }
  if (lower === 'close') {
    into.keepAlive = false;
    into.connectionNames ||= ',';
    into.connectionNames += 'close,';
    return;
  }
  let keepAlive = false;
  for (const part of lower.split(',')) {
    const option = part.trim();
    if (option === '') continue;
    if (option === 'keep-alive') keepAlive = true;
    else if (option === 'upgrade') into.upgrade = true;
    into.connectionNames ||= ',';
    into.connectionNames += `${option},`;
  }
  if (into.connectionNames.includes(',close,')) into.keepAlive = false;
  else if (keepAlive) into.keepAlive = true;
}
