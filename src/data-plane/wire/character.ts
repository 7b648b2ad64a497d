/** Character classes of RFC 9110 and 3986 as one table of bits: one load and one test a character. */
export const TOKEN = 1;
/** field-vchar, SP, HTAB and obs-text (RFC 9110 section 5.5). */
export const FIELD = 2;
/** What a request target may hold as we accept it: visible ASCII but the space, and bytes above 127 that browsers and AWS let pass. */
export const TARGET = 4;
/** reg-name, IP-literal and port of a Host (RFC 3986 section 3.2.2): no userinfo, no path. */
export const HOST = 8;
export const HEX = 16;
export const DIGIT = 32;

export const CLASS = new Uint8Array(256);

function mark(characters: string, bits: number): void {
  for (let i = 0; i < characters.length; i++) CLASS[characters.charCodeAt(i)]! |= bits;
}

const DIGITS = '0123456789';
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
mark(DIGITS, TOKEN | HOST | HEX | DIGIT);
mark(LETTERS, TOKEN | HOST);
mark('abcdefABCDEF', HEX);
mark("!#$%&'*+-.^_`|~", TOKEN);
mark("-._~!$&'()*+,;=:[]%", HOST);
for (let c = 0x21; c <= 0x7e; c++) CLASS[c]! |= FIELD | TARGET;
for (let c = 0x80; c <= 0xff; c++) CLASS[c]! |= FIELD | TARGET;
mark(' \t', FIELD);
// A fragment never belongs in a request target (RFC 9112 section 3.2)
CLASS[0x23]! &= ~TARGET;

/** Tells whether every octet from `start` to `end` has one of `bits`. */
export function only(bits: number): (octets: Uint8Array, start: number, end: number) => boolean {
  return (octets, start, end) => {
    for (let i = start; i < end; i++) if ((CLASS[octets[i]!]! & bits) === 0) return false;
    return true;
  };
}
