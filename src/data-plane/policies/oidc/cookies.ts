import type { Exchange } from '../../exchange/index.ts';

/** Browsers take 4096 octets of name and value (RFC 6265bis section 5.6). */
const SHARD = 4096;
/** "The maximum size of a session cookie": four shards, 16 KB. */
export const MOST_SHARDS = 4;

/** Value of the first cookie of that name; null for none. */
export function cookie(exchange: Exchange, name: string): string | null {
  for (const line of exchange.headerValues('cookie')) {
    const found = valueIn(line, name);
    if (found !== null) return found;
  }
  return null;
}

function valueIn(line: string, name: string): string | null {
  for (let at = line.indexOf(name); at !== -1; at = line.indexOf(name, at + 1)) {
    const end = at + name.length;
    const before = at === 0 ? ';' : line[at - 1];
    if (line[end] !== '=' || (before !== ';' && before !== ' ')) continue;
    const stop = line.indexOf(';', end);
    return line.slice(end + 1, stop === -1 ? undefined : stop).trim();
  }
  return null;
}

/** The text of the shards `NAME-0`, `NAME-1`, ... put together; null where there is none. */
export function shardedCookie(exchange: Exchange, name: string): string | null {
  let text = cookie(exchange, `${name}-0`);
  // `''` is what a logout has left there
  if (text === null || text === '') return null;
  for (let i = 1; i < MOST_SHARDS; i++) {
    const next = cookie(exchange, `${name}-${i}`);
    if (next === null || next === '') break;
    text += next;
  }
  return text;
}

/** Set-Cookie lines for `text` in shards, and for the end of those that it does not need; null where it is too long for all of them. */
export function setSharded(name: string, text: string, expires: string): string | null {
  const room = SHARD - name.length - 3;
  const shards = Math.ceil(text.length / room);
  if (shards > MOST_SHARDS) return null;
  let lines = '';
  for (let i = 0; i < MOST_SHARDS; i++) {
    const part = text.slice(i * room, (i + 1) * room);
    lines += part === '' ? expired(`${name}-${i}`) : setCookie(`${name}-${i}`, part, expires);
  }
  return lines;
}

export function setCookie(name: string, value: string, expires: string): string {
  return `Set-Cookie: ${name}=${value}; Expires=${expires}; Path=/; Secure; HttpOnly\r\n`;
}

export function expired(name: string): string {
  return setCookie(name, '', 'Thu, 01 Jan 1970 00:00:00 GMT');
}

/** Ends all shards. */
export function endSharded(name: string): string {
  return Array.from({ length: MOST_SHARDS }, (_, i) => expired(`${name}-${i}`)).join('');
}
