import type { Random } from '../../kernel/index.ts';

const IDS = 512;
/** Eleven octets are sixteen characters of Base64, the last of them `=`: the form of `apigw-requestid`. */
const OCTETS = 11;

/** Ids of requests in API Gateway's form, `JKJaXmPLvHcESHA=`. Many are drawn at once. */
export class RequestIds {
  readonly #random: Random;
  #drawn: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    if (this.#at + OCTETS > this.#drawn.length) {
      this.#drawn = this.#random.bytes(IDS * OCTETS);
      this.#at = 0;
    }
    const id = this.#drawn.toString('base64url', this.#at, this.#at + OCTETS);
    this.#at += OCTETS;
    return `${id}=`;
  }
}
