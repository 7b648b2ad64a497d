import { randomFillSync } from 'node:crypto';

/** Randomness as a value that is handed in, so that tests and goldens are repeatable. */
export interface Random {
  /** A uniform number in [0, 1). For choices that nobody may profit from guessing, use `bytes`. */
  number(): number;
  /** Unguessable bytes (from a seeded generator: repeatable ones). */
  bytes(length: number): Buffer;
}

/** Octets that are drawn at once: a call of the system's generator costs some 5 us however few it is asked for. */
const DRAWN = 8192;
const LONGEST_SHARE = 64;
const drawn = Buffer.alloc(DRAWN);
let used = DRAWN;

export const systemRandom: Random = {
  number: () => Math.random(),
  bytes(length) {
    const out = Buffer.allocUnsafe(length);
    if (length > LONGEST_SHARE) return randomFillSync(out);
    if (used + length > DRAWN) {
      randomFillSync(drawn);
      used = 0;
    }
    drawn.copy(out, 0, used, used + length);
    // what has been given out is kept nowhere
    drawn.fill(0, used, used + length);
    used += length;
    return out;
  },
};

/** Repeatable randomness (mulberry32), for tests and goldens only. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  return {
    number: () => next() / 4294967296,
    bytes(length) {
      const out = Buffer.allocUnsafe(length);
      for (let i = 0; i < length; i++) out[i] = next() & 255;
      return out;
    },
  };
}

const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** `length` lower-case hexadecimal digits: the form of ELB and EC2 resource ids. */
export function hexId(random: Random, length: number): string {
  return random.bytes(Math.ceil(length / 2)).toString('hex').slice(0, length);
}

/** `length` characters of a-z0-9: the form of API ids. */
export function alphanumericId(random: Random, length: number): string {
  return textOf(random, length, ALPHANUMERIC);
}

/** `length` characters of an alphabet, of at most 256. */
export function textOf(random: Random, length: number, alphabet: string): string {
  // the largest multiple that a byte holds: dropping the rest keeps the choice uniform
  const fair = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of random.bytes(length)) if (byte < fair && text.length < length) text += alphabet[byte % alphabet.length];
  }
  return text;
}

/** A version 4 UUID (RFC 9562 section 5.4). */
export function uuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
