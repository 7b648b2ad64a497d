import { latin1, type Random } from '../../kernel/index.ts';

const IDS = 512;
/** Twelve octets are sixteen characters of Base64; the last of them gives way to `=`. */
const OCTETS = 12;
const LENGTH = 16;
const NAME = 'Apigw-Requestid: ';
const END = '\r\n';

/** Ids of requests in API Gateway's form, `JKJaXmPLvHcESHA=`, as the field line that tells clients. Many are drawn at once. */
export class RequestIds {
  readonly #random: Random;
  #drawn: Buffer = Buffer.alloc(0);
  #at = 0;
  /** The newest. */
  readonly #line = Buffer.from(`${NAME}${'='.repeat(LENGTH)}${END}`, 'latin1');

  constructor(random: Random) {
    this.#random = random;
  }

  /** `Apigw-Requestid: JKJaXmPLvHcESHA=`, with its line break. In one piece: it is written as it is. */
  nextLine(): string {
    if (this.#at === this.#drawn.length) {
      this.#drawn = Buffer.from(this.#random.bytes(IDS * OCTETS).toString('base64url'), 'latin1');
      this.#at = 0;
    }
    const line = this.#line;
    // so few octets are moved sooner than a call is made
    for (let i = 0; i < LENGTH - 1; i++) line[NAME.length + i] = this.#drawn[this.#at + i]!;
    this.#at += LENGTH;
    return latin1(line, 0, line.length);
  }
}

/** The id that a line tells. */
export function requestIdOf(line: string): string {
  return line.slice(NAME.length, NAME.length + LENGTH);
}
