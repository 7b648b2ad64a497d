import { CLASS } from '../character.ts';
import { knownField } from '../field-name.ts';
import { contentLength } from '../framing.ts';
import { isHost } from '../request-head.ts';

/**
 * What HPACK tells comes as strings, what HTTP/1.1 is read from is octets: the few that have to be looked at as HTTP/1.1 would are written here.
 * Nothing of it outlives a call.
 */
const LONGEST = 4096;
const scratch = Buffer.allocUnsafeSlow(LONGEST);

interface Latin1Writer {
  latin1Write(text: string, offset: number): number;
}

function written(text: string): number {
  return (scratch as unknown as Latin1Writer).latin1Write(text, 0);
}

/** True when every character has one of `bits`. */
export function all(text: string, bits: number): boolean {
  for (let i = 0; i < text.length; i++) if ((CLASS[text.charCodeAt(i)]! & bits) === 0) return false;
  return true;
}

/** Number of a lower-case name (field-name.ts). */
export function knownName(name: string): number {
  return knownField(scratch, 0, written(name));
}

/** Value of Content-Length; -1 for anything else than a plain number. */
export function lengthOf(value: string): number {
  return value.length > LONGEST ? -1 : contentLength(scratch, 0, written(value));
}

export function isHostName(value: string): boolean {
  return value.length <= LONGEST && isHost(scratch, 0, written(value));
}
