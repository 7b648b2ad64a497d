import type { Random } from '../../src/kernel/index.ts';

/** Choices of one case: everything that it does follows from its seed. */
export class Dice {
  readonly #random: Random;

  /** Share of parts that are not as they should be: many cases with one fault each find more than cases that are refused at once. */
  readonly #wild: number;

  constructor(random: Random) {
    this.#random = random;
    this.#wild = this.pick([0, 0.02, 0.1, 0.4]);
  }

  /** One of `good`, at times one of `odd`. */
  part(good: readonly string[], odd: readonly string[]): string {
    return this.chance(this.#wild) ? this.pick(odd) : this.pick(good);
  }

  /** Whether this part is not as it should be. */
  get odd(): boolean {
    return this.chance(this.#wild);
  }

  /** 0 to `below` - 1. */
  number(below: number): number {
    return Math.floor(this.#random.number() * below);
  }

  chance(share: number): boolean {
    return this.#random.number() < share;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.number(of.length)]!;
  }
}

const METHODS = ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE'];
const ODD_METHODS = ['get', 'X', '', 'G@T', 'POST '];
const TARGETS = ['/', '/a/b?c=d', '/%00', '//x', '/?a?b'];
const ODD_TARGETS = ['*', 'http://b.example/x', 'http://b.example', 'http://[::1]:80/?', '/\xe9', '', 'x', '/a#b', '/a b', `/${'a'.repeat(190)}`, `/${'a'.repeat(260)}`];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0'];
const ODD_VERSIONS = ['HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTP/1.10', 'HTTP/1', ''];
const STATUSES = ['200', '204', '304', '100', '103', '101', '404', '502', '999'];
const ODD_STATUSES = ['099', '20', '2000', ''];
const CRLF = ['\r\n'];
const ODD_BREAKS = ['\n', '\r', '\r\r\n', '\n\r'];
const NAMES = [
  'Content-Length', 'Content-Length', 'Transfer-Encoding', 'Transfer-Encoding', 'Host', 'Connection', 'Expect', 'X-A', 'X-Forwarded-For', 'X-Amzn-Trace-Id', 'Upgrade', 'TE', 'Trailer', 'Keep-Alive',
  'content-length', 'TRANSFER-ENCODING', 'Content_Length', 'Transfer--Encoding', 'Content-Length ', ' Transfer-Encoding', 'Transfer-Encoding\t', '', 'A@', '\xe9', 'A\0', 'B'.repeat(220),
];
const VALUES = [
  '0', '3', '5', '12', '5, 5', '+5', '-1', '0x5', '05', '1e1', '99999999999999999999', ' 5 ', '\t5', 'chunked', 'chunked', 'Chunked', 'gzip, chunked', 'chunked, chunked', 'identity', 'xchunked', 'chunked;q=1', '',
  'close', 'keep-alive', 'close, x-a', 'X-A, content-length', '100-continue', 'a.example', 'a:80', '[::1]', 'a b', 'a\0b', 'a\rb', 'a\nb', 'a\r\n b', '\xff\xa0', '\x7f', 'v'.repeat(210), 'a, b, c',
];
const PLAIN = ['X-A: 1', 'Connection: keep-alive', 'Accept: */*', 'X-A:', 'Connection: x-a', 'X-B: \xff', 'Content-Type: text/plain'];
const FRAMINGS = ['', 'Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', 'Content-Length: 0\r\n'];
const BODIES = ['', 'abc', 'hello', 'hello world!', '3\r\nabc\r\n0\r\n\r\n', '0\r\n\r\n', 'GET /evil HTTP/1.1\r\nHost: e\r\n\r\n', '\r\n', '\r\n\r\n'];
const SIZES = ['0', '3', '5', 'a', 'A', '003', '3 ', ' 3', '3;a=b', '3 ; a="b"', '0x3', '+3', '-3', '', 'g', '1000000000000', 'fffffffffffffffff', '3\t', '3;\0', '00000000000000003'];
const TRICKS = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ';', ',', '0', '5', 'chunked', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', '\x0b', '\x85', '\xa0', '_', '-', '\r\n\r\n', '0\r\n\r\n'];

/** Field lines, mostly good ones, up to and with the empty line. */
function fields(dice: Dice, host: boolean): string {
  let text = host && !dice.odd ? 'Host: a.example\r\n' : '';
  const count = dice.chance(0.02) ? 30 : dice.number(5);
  for (let i = 0; i < count; i++) {
    text += dice.odd ? `${dice.pick(NAMES)}:${dice.chance(0.7) ? ' ' : ''}${dice.pick(VALUES)}` : dice.pick(PLAIN);
    text += dice.part(CRLF, ODD_BREAKS);
  }
  if (host) text += dice.pick(FRAMINGS);
  return text + dice.part(CRLF, ODD_BREAKS);
}

export function chunks(dice: Dice): string {
  let text = '';
  const count = dice.number(4);
  for (let i = 0; i < count; i++) {
    if (!dice.odd) {
      const size = 1 + dice.number(20);
      text += `${size.toString(16)}${dice.chance(0.2) ? ';x=y' : ''}\r\n${'d'.repeat(size)}\r\n`;
    } else text += `${dice.pick(SIZES)}${dice.part(CRLF, ODD_BREAKS)}abc${dice.part(CRLF, ODD_BREAKS)}`;
  }
  text += dice.odd ? `${dice.pick(SIZES)}${dice.part(CRLF, ODD_BREAKS)}` : '0\r\n';
  return text + (dice.chance(0.7) ? '\r\n' : fields(dice, false));
}

export function request(dice: Dice): string {
  const line = `${dice.part(METHODS, ODD_METHODS)} ${dice.part(TARGETS, ODD_TARGETS)} ${dice.part(VERSIONS, ODD_VERSIONS)}`;
  const head = `${dice.odd ? dice.part(CRLF, ODD_BREAKS) : ''}${line}${dice.part(CRLF, ODD_BREAKS)}${fields(dice, true)}`;
  // mostly the body that the head speaks of
  if (dice.odd) return head + dice.pick(BODIES);
  return head + (/: chunked\r/.test(head) ? chunks(dice) : /Content-Length: 5\r/.test(head) ? 'hello' : '');
}

export function response(dice: Dice): string {
  return `${dice.part(VERSIONS, ODD_VERSIONS)} ${dice.part(STATUSES, ODD_STATUSES)}${dice.part([' OK', ' ', '', ' Not \xe9'], ['  x', '\tOK', ' \0'])}${dice.part(CRLF, ODD_BREAKS)}${fields(dice, false)}${dice.chance(0.5) ? chunks(dice) : dice.pick(BODIES)}`;
}

/** Up to three small changes that nobody's grammar foresees. */
export function mutated(dice: Dice, text: string): string {
  let out = text;
  for (let changes = dice.chance(0.3) ? dice.number(4) : 0; changes > 0; changes--) {
    const at = dice.number(out.length + 1);
    const span = dice.number(6);
    switch (dice.number(5)) {
      case 0:
        out = out.slice(0, at) + dice.pick(TRICKS) + out.slice(at);
        break;
      case 1:
        out = out.slice(0, at) + out.slice(at + span);
        break;
      case 2:
        out = out.slice(0, at) + String.fromCharCode(dice.number(256)) + out.slice(at + 1);
        break;
      case 3:
        out = out.slice(0, at + span) + out.slice(at);
        break;
      default:
        out = out.slice(0, at);
    }
  }
  return out;
}

/** Where a stream is cut into reads. */
export function cuts(dice: Dice, length: number): readonly number[] {
  const at = new Set<number>();
  for (let i = dice.number(6); i > 0; i--) at.add(dice.number(length + 1));
  return [...at, length].sort((a, b) => a - b);
}
