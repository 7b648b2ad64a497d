import type { Random } from '../../kernel/index.ts';

/** Eleven octets are sixteen characters of Base64, the last of them `=`: the form of AWS's connection ids. */
const OCTETS = 11;
const FORM = /^[A-Za-z0-9_-]{15}=$/;
const DRAWN = 256;

/**
 * Makes connection ids. One tells which worker has the connection, so that whoever is asked for it knows whom to ask: its last octet is the
 * worker's number, covered with the others. The rest is random: ids are never given twice, and cannot be guessed.
 */
export class ConnectionIds {
  readonly #worker: number;
  readonly #random: Random;
  #drawn: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(worker: number, random: Random) {
    this.#worker = worker;
    this.#random = random;
  }

  next(): string {
    if (this.#at === this.#drawn.length) {
      this.#drawn = this.#random.bytes(DRAWN * OCTETS);
      this.#at = 0;
    }
    const octets = this.#drawn.subarray(this.#at, this.#at + OCTETS);
    this.#at += OCTETS;
    octets[OCTETS - 1] = this.#worker ^ cover(octets);
    return `${octets.toString('base64url')}=`;
  }
}

/** The worker that a connection id names; null: it has not the form of one. */
export function workerOfConnection(id: string): number | null {
  if (!FORM.test(id)) return null;
  const octets = Buffer.from(id, 'base64url');
  return octets[OCTETS - 1]! ^ cover(octets);
}

function cover(octets: Buffer): number {
  let sum = 0;
  for (let i = 0; i < OCTETS - 1; i++) sum ^= octets[i]!;
  return sum;
}
