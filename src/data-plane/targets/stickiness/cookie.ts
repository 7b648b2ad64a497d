import type { Seal } from '../../../kernel/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import { Remembered } from './remembered.ts';

const MOMENT_MS = 50;
const MOST_REMEMBERED = 2048;
const LONGEST_REMEMBERED = 512;

/** Value of the first cookie of that name; null for none. Names are compared exactly, as RFC 6265 section 5.3 does. */
export function cookieOf(exchange: Exchange, name: string): string | null {
  for (const line of exchange.headerValues('cookie')) {
    for (const pair of line.split(';')) {
      const text = pair.trimStart();
      if (text.startsWith(name) && text[name.length] === '=') return text.slice(name.length + 1).trimEnd();
    }
  }
  return null;
}

/** "Application Load Balancers use the Expires attribute in the cookie header instead of the Max-Age attribute." */
export function setCookie(cookie: { readonly name: string; readonly value: string; readonly expires: number; readonly more?: string }): string {
  return `Set-Cookie: ${cookie.name}=${cookie.value}; Expires=${new Date(cookie.expires).toUTCString()}; Path=/${cookie.more ?? ''}\r\n`;
}

/** Cookies of one purpose. Sealing and opening cost more than the rest of a request: what many answers say within a moment is sealed once, and opened once. */
export class SealedCookies {
  readonly #seal: Seal;
  readonly #purpose: string;
  readonly #sealed = new Remembered<string>(MOST_REMEMBERED);
  readonly #pairs = new Remembered<string>(MOST_REMEMBERED);
  readonly #opened = new Remembered<string | null>(MOST_REMEMBERED);

  constructor(seal: Seal, purpose: string) {
    this.#seal = seal;
    this.#purpose = purpose;
  }

  /** The cookie's value that says `text`. */
  value(text: string): string {
    return this.#sealed.get(text, (asked) => this.#seal.seal(asked, this.#purpose));
  }

  /** Set-Cookie lines of the pair that says `text` until `expires`: `name`, and `nameAcross` with what cookies need that go across sites. */
  pair(text: string, { name, nameAcross, expires, across }: { readonly name: string; readonly nameAcross: string; readonly expires: number; readonly across: string }): string {
    return this.#pairs.get(text + across, () => {
      const value = this.value(text);
      return setCookie({ name, value, expires }) + setCookie({ name: nameAcross, value, expires, more: across });
    });
  }

  /** What a value says; null for one that is not ours. */
  open(value: string): string | null {
    // long ones are rare, and would take the memory of many
    return value.length > LONGEST_REMEMBERED ? this.#seal.open(value, this.#purpose) : this.#opened.get(value, (asked) => this.#seal.open(asked, this.#purpose));
  }
}

/** What browsers ask of a cookie that goes across sites; `Secure` where the connection is. */
export function acrossSites(exchange: Exchange): string {
  return exchange.downstream.tls === null ? '; SameSite=None' : '; SameSite=None; Secure';
}

/** When a cookie ends that lasts so long from now: a little later, so that those of one moment say the same. */
export function endOf(exchange: Exchange, durationMs: number): number {
  return Math.ceil((wallOf(exchange) + durationMs) / MOMENT_MS) * MOMENT_MS;
}

/** Wall clock (ms) at the end of what is known of an exchange. */
export function wallOf(exchange: Exchange): number {
  return exchange.startedWall + (exchange.answeredAt > exchange.startedAt ? exchange.answeredAt - exchange.startedAt : 0);
}
