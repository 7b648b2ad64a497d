interface Latin1Buffer {
  latin1Slice(start: number, end: number): string;
}

/** The same (latin1) text in one piece: what is written often must not be flattened each time. */
export function flat(text: string): string {
  return latin1(Buffer.from(text, 'latin1'), 0, text.length);
}

/** Octets `start` to `end` as a latin1 string: a character an octet. `toString('latin1')` without its argument checks. */
export function latin1(buffer: Buffer, start: number, end: number): string {
  return (buffer as unknown as Latin1Buffer).latin1Slice(start, end);
}

/** For paths and queries. JSON can spell half a surrogate pair, at which `encodeURIComponent` throws: it becomes a replacement character, as in UTF-8. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
