/**
 * Bytes as they cross from thread to thread. A Buffer is a view of a pool of 64 KB, all of which would be copied (19 us): short ones go as a string, a character
 * an octet (2 us), long ones as a copy of their own.
 */
export type CarriedBytes = string | Uint8Array;

const LONGEST_TEXT = 64 * 1024;

export function carried(bytes: Buffer): CarriedBytes {
  return bytes.length <= LONGEST_TEXT ? bytes.toString('latin1') : new Uint8Array(bytes);
}

export function arrived(bytes: CarriedBytes): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
