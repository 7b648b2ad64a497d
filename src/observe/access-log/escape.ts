/**
 * Text that a client chose, made safe for a log line: a quote, a backslash and everything outside printable ASCII becomes `\xHH`, one for
 * each byte. Chosen, since AWS does not document its own: the patterns that AWS publishes for readers (Athena) take no quote within quotes, and so
 * no client can end a field or a line.
 */
const UNSAFE_IN_QUOTES = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;
const UNSAFE_IN_WORD = /[^\x21\x23-\x5b\x5d-\x7e]/;

/** For a field in quotes, where spaces may stay. */
export function quotedText(text: string): string {
  return UNSAFE_IN_QUOTES.test(text) ? escaped(text, 0x20) : text;
}

/** For a part between spaces: a space is escaped too. */
export function wordText(text: string): string {
  return UNSAFE_IN_WORD.test(text) ? escaped(text, 0x21) : text;
}

function escaped(text: string, lowest: number): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= lowest && code <= 0x7e && code !== 0x22 && code !== 0x5c) out += text[i];
    else if (code <= 0xff) out += HEX_ESCAPE[code];
    else {
      // header text is latin1; anything wider can only come from decoded names: its UTF-8 bytes
      const wide = text.codePointAt(i)!;
      if (wide > 0xffff) i++;
      for (const byte of Buffer.from(String.fromCodePoint(wide), 'utf8')) out += HEX_ESCAPE[byte];
    }
  }
  return out;
}

const HEX_ESCAPE: readonly string[] = Object.freeze(Array.from({ length: 256 }, (_, byte) => `\\x${byte.toString(16).padStart(2, '0')}`));
