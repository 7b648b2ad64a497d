import type { Random } from '../../src/kernel/index.ts';

/** Choices of one case: everything that it does follows from its seed. */
export class Dice {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
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

const METHODS = ['GET', 'GET', 'POST', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'get', 'X', ''];
const TARGETS = ['/', '/a/b?c=d', '*', 'http://b.example/x', 'http://b.example', 'http://[::1]:80/?', '//x', '/%00', '/\xe9', '', 'x', '/a#b', '/a b', `/${'a'.repeat(190)}`, `/${'a'.repeat(260)}`];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTP/1.10', 'HTTP/1', ''];
const STATUSES = ['200', '200', '204', '304', '100', '103', '101', '404', '502', '999', '099', '20', '2000', ''];
const BREAKS = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n', '\n\r'];
const NAMES = [
  'Content-Length', 'Content-Length', 'Transfer-Encoding', 'Transfer-Encoding', 'Host', 'Connection', 'Expect', 'X-A', 'X-Forwarded-For', 'X-Amzn-Trace-Id', 'Upgrade', 'TE', 'Trailer', 'Keep-Alive',
  'content-length', 'TRANSFER-ENCODING', 'Content_Length', 'Transfer--Encoding', 'Content-Length ', ' Transfer-Encoding', 'Transfer-Encoding\t', '', 'A@', '\xe9', 'A\0', 'B'.repeat(220),
];
const VALUES = [
  '0', '3', '5', '12', '5, 5', '+5', '-1', '0x5', '05', '1e1', '99999999999999999999', ' 5 ', '\t5', 'chunked', 'chunked', 'Chunked', 'gzip, chunked', 'chunked, chunked', 'identity', 'xchunked', 'chunked;q=1', '',
  'close', 'keep-alive', 'close, x-a', 'X-A, content-length', '100-continue', 'a.example', 'a:80', '[::1]', 'a b', 'a\0b', 'a\rb', 'a\nb', 'a\r\n b', '\xff\xa0', '\x7f', 'v'.repeat(210), 'a, b, c',
];
const BODIES = ['', 'abc', 'hello', 'hello world!', '3\r\nabc\r\n0\r\n\r\n', '0\r\n\r\n', 'GET /evil HTTP/1.1\r\nHost: e\r\n\r\n', '\r\n', '\r\n\r\n'];
const SIZES = ['0', '3', '5', 'a', 'A', '003', '3 ', ' 3', '3;a=b', '3 ; a="b"', '0x3', '+3', '-3', '', 'g', '1000000000000', 'fffffffffffffffff', '3\t', '3;\0', '00000000000000003'];
const TRICKS = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ';', ',', '0', '5', 'chunked', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', '\x0b', '\x85', '\xa0', '_', '-', '\r\n\r\n', '0\r\n\r\n'];

/** Field lines, mostly good ones, up to and with the empty line. */
function fields(dice: Dice, host: boolean): string {
  let text = host && dice.chance(0.9) ? 'Host: a.example\r\n' : '';
  const count = dice.chance(0.02) ? 30 : dice.number(5);
  for (let i = 0; i < count; i++) {
    const good = dice.chance(0.6);
    text += good ? dice.pick(['X-A: 1', 'Content-Length: 5', 'Transfer-Encoding: chunked', 'Connection: keep-alive', 'Accept: */*', 'X-A:', 'Connection: x-a, close']) : `${dice.pick(NAMES)}:${dice.chance(0.7) ? ' ' : ''}${dice.pick(VALUES)}`;
    text += good ? '\r\n' : dice.pick(BREAKS);
  }
  return text + dice.pick(BREAKS);
}

export function chunks(dice: Dice): string {
  let text = '';
  const count = dice.number(4);
  for (let i = 0; i < count; i++) {
    if (dice.chance(0.75)) {
      const size = 1 + dice.number(20);
      text += `${size.toString(16)}${dice.chance(0.2) ? ';x=y' : ''}\r\n${'d'.repeat(size)}\r\n`;
    } else text += `${dice.pick(SIZES)}${dice.pick(BREAKS)}abc${dice.pick(BREAKS)}`;
  }
  text += dice.chance(0.8) ? '0\r\n' : `${dice.pick(SIZES)}${dice.pick(BREAKS)}`;
  return text + (dice.chance(0.7) ? '\r\n' : fields(dice, false));
}

export function request(dice: Dice): string {
  const line = `${dice.pick(METHODS)} ${dice.pick(TARGETS)} ${dice.pick(VERSIONS)}`;
  return `${dice.chance(0.1) ? dice.pick(BREAKS) : ''}${line}${dice.pick(BREAKS)}${fields(dice, true)}${dice.chance(0.5) ? chunks(dice) : dice.pick(BODIES)}`;
}

export function response(dice: Dice): string {
  return `${dice.pick(VERSIONS)} ${dice.pick(STATUSES)}${dice.pick([' OK', ' ', '', ' Not \xe9', '  x', '\tOK'])}${dice.pick(BREAKS)}${fields(dice, false)}${dice.chance(0.5) ? chunks(dice) : dice.pick(BODIES)}`;
}

/** Up to three small changes that nobody's grammar foresees. */
export function mutated(dice: Dice, text: string): string {
  let out = text;
  for (let changes = dice.chance(0.5) ? dice.number(4) : 0; changes > 0; changes--) {
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
