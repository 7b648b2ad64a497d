interface Latin1Buffer {
  latin1Slice(start: number, end: number): string;
}

/** Octets `start` to `end` as a latin1 string: a character an octet. `toString('latin1')` without its argument checks. */
export function latin1(buffer: Buffer, start: number, end: number): string {
  return (buffer as unknown as Latin1Buffer).latin1Slice(start, end);
}
