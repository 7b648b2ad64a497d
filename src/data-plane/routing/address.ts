/**
 * IP addresses as four 32-bit words, read from text without allocating. An IPv4 address sits in `w3`; an IPv4-mapped IPv6 address
 * (RFC 4291 section 2.5.5.2), which is how a dual-stack socket shows an IPv4 client, is that IPv4 address.
 */
export class Address {
  /** 0: not an address. */
  family: 0 | 4 | 6 = 0;
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;
  #text = '';

  /** Reads `text`; nothing is done when it is the text that was read last, as on every further request of a connection. */
  read(text: string): this {
    if (text !== this.#text) {
      this.#text = text;
      this.family = 0;
      if (text.includes(':')) this.#readV6(text);
      else this.#readV4(text);
    }
    return this;
  }

  #readV4(text: string): void {
    const value = dotted(text, 0);
    if (value < 0) return;
    this.family = 4;
    this.w0 = this.w1 = this.w2 = 0;
    this.w3 = value;
  }

  #readV6(text: string): void {
    this.w0 = this.w1 = this.w2 = this.w3 = 0;
    const gap = text.indexOf('::');
    const zone = text.indexOf('%');
    const end = zone < 0 ? text.length : zone;
    let groups: number;
    if (gap < 0) {
      groups = this.#readGroups(text, 0, end, 0);
      if (groups !== 8) return;
    } else {
      if (text.includes('::', gap + 1)) return;
      const head = this.#readGroups(text, 0, gap, 0);
      // the groups behind the gap are counted first: they end at the last place
      const tail = countGroups(text, gap + 2, end);
      if (head < 0 || tail < 0 || head + tail > 7) return;
      if (this.#readGroups(text, gap + 2, end, 8 - tail) !== tail) return;
    }
    if (this.w0 === 0 && this.w1 === 0 && this.w2 === 0xffff) {
      this.w2 = 0;
      this.family = 4;
    } else {
      this.family = 6;
    }
  }

  /** Reads groups of hexadecimal digits (or a last dotted quad, worth two) from place `place`; how many, -1 when malformed. */
  #readGroups(text: string, from: number, end: number, place: number): number {
    if (from === end) return 0;
    let groups = 0;
    let value = 0;
    let digits = 0;
    let start = from;
    for (let i = from; i <= end; i++) {
      const code = i === end ? 58 : text.charCodeAt(i);
      if (code === 58) {
        if (digits === 0 || place + groups > 7) return -1;
        this.#put(place + groups++, value);
        value = digits = 0;
        start = i + 1;
      } else if (code === 46) {
        const quad = dotted(text.slice(start, end), 0);
        if (quad < 0 || place + groups > 6) return -1;
        this.#put(place + groups, quad >>> 16);
        this.#put(place + groups + 1, quad & 0xffff);
        return groups + 2;
      } else {
        const digit = hexDigit(code);
        if (digit < 0 || ++digits > 4) return -1;
        value = value * 16 + digit;
      }
    }
    return groups;
  }

  #put(place: number, group: number): void {
    const value = place & 1 ? group : (group << 16) >>> 0;
    if (place < 2) this.w0 = (this.w0 | value) >>> 0;
    else if (place < 4) this.w1 = (this.w1 | value) >>> 0;
    else if (place < 6) this.w2 = (this.w2 | value) >>> 0;
    else this.w3 = (this.w3 | value) >>> 0;
  }
}

function countGroups(text: string, from: number, end: number): number {
  if (from === end) return 0;
  let groups = 1;
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 58) groups++;
    else if (code === 46) return groups + 1;
  }
  return groups;
}

/** Four decimal numbers without leading zeros, as one number; -1 when malformed. */
function dotted(text: string, from: number): number {
  let value = 0;
  let parts = 0;
  let part = 0;
  let digits = 0;
  for (let i = from; i <= text.length; i++) {
    const code = i === text.length ? 46 : text.charCodeAt(i);
    if (code === 46) {
      if (digits === 0 || part > 255 || ++parts > 4) return -1;
      value = value * 256 + part;
      part = digits = 0;
    } else {
      if (code < 48 || code > 57 || (digits > 0 && part === 0) || ++digits > 3) return -1;
      part = part * 10 + code - 48;
    }
  }
  return parts === 4 ? value : -1;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** A CIDR block. One that cannot be read contains nothing. */
export class Block {
  readonly source: string;
  readonly family: 0 | 4 | 6;
  /** Length of the prefix in bits of the family. */
  readonly length: number;
  readonly #words: readonly number[];
  readonly #masks: readonly number[];

  constructor(source: string) {
    this.source = source;
    const [text = '', bits, ...more] = source.split('/');
    const address = new Address().read(text);
    const mapped = address.family === 4 && text.includes(':');
    const width = address.family === 4 ? 32 : 128;
    const length = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) - (mapped ? 96 : 0) : -1;
    const readable = address.family !== 0 && more.length === 0 && length >= 0 && length <= width;
    this.family = readable ? address.family : 0;
    this.length = readable ? length : 0;
    this.#masks = [0, 1, 2, 3].map((word) => maskOf(this.length + (width === 32 ? 96 : 0), word));
    this.#words = [address.w0, address.w1, address.w2, address.w3].map((word, i) => (word & this.#masks[i]!) >>> 0);
  }

  contains(address: Address): boolean {
    if (address.family !== this.family || this.family === 0) return false;
    const words = this.#words;
    const masks = this.#masks;
    return (
      (address.w3 & masks[3]!) >>> 0 === words[3] &&
      (address.w0 & masks[0]!) >>> 0 === words[0] &&
      (address.w1 & masks[1]!) >>> 0 === words[1] &&
      (address.w2 & masks[2]!) >>> 0 === words[2]
    );
  }

  /** One number for all addresses of the block; other blocks of its length may share it. */
  get key(): number {
    return mix(this.#words[0]!, this.#words[1]!, this.#words[2]!, this.#words[3]!);
  }
}

/** The key of the block of `length` bits that holds the address. */
export function blockKey(address: Address, length: number): number {
  const bits = address.family === 4 ? length + 96 : length;
  return mix(
    (address.w0 & maskOf(bits, 0)) >>> 0,
    (address.w1 & maskOf(bits, 1)) >>> 0,
    (address.w2 & maskOf(bits, 2)) >>> 0,
    (address.w3 & maskOf(bits, 3)) >>> 0,
  );
}

function maskOf(bits: number, word: number): number {
  const here = Math.min(Math.max(bits - word * 32, 0), 32);
  return here === 0 ? 0 : (-1 << (32 - here)) >>> 0;
}

/** Distinct for IPv4 (the first three words are zero); a hash for IPv6. */
function mix(w0: number, w1: number, w2: number, w3: number): number {
  return (Math.imul(w0, 0x9e3779b1) ^ Math.imul(w1, 0x85ebca6b) ^ Math.imul(w2, 0xc2b2ae35) ^ w3) >>> 0;
}
