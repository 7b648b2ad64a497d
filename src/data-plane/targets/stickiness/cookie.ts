import type { Exchange } from '../../exchange/index.ts';

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

/** What browsers ask of a cookie that goes across sites; `Secure` where the connection is. */
export function acrossSites(exchange: Exchange): string {
  return exchange.downstream.tls === null ? '; SameSite=None' : '; SameSite=None; Secure';
}

/** Wall clock (ms) at the end of what is known of an exchange. */
export function wallOf(exchange: Exchange): number {
  return exchange.startedWall + (exchange.answeredAt > exchange.startedAt ? exchange.answeredAt - exchange.startedAt : 0);
}
