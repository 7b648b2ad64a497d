/**
 * The Huffman code of HPACK (RFC 7541 section 5.2 and appendix B). The code is canonical: the lengths say it all, codes are counted up by
 * length and then by symbol. Decoding walks a table by half octets.
 */
const LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];
const END_OF_STRING = 256;

const CODES = new Uint32Array(257);
const CODE_LENGTHS = Uint8Array.from(LENGTHS);

/** Transitions by state and half octet: next state, whether a symbol came out and which. A state is an inner node of the code's tree. */
const NEXT = new Uint16Array(256 * 16);
const EMIT = new Int16Array(256 * 16).fill(-1);
const FAIL = 0xffff;
/** States in which a string may end: at the root, or up to seven ones after it. */
const MAY_END = new Uint8Array(256);

(() => {
  const symbols = LENGTHS.map((_, symbol) => symbol).toSorted((a, b) => LENGTHS[a]! - LENGTHS[b]! || a - b);
  let code = 0;
  let length = LENGTHS[symbols[0]!]!;
  // inner nodes by number; a child is a node number or, for a leaf, -1 - symbol
  const children: [number, number][] = [[-1000, -1000]];
  for (const symbol of symbols) {
    code <<= LENGTHS[symbol]! - length;
    length = LENGTHS[symbol]!;
    CODES[symbol] = code;
    let node = 0;
    for (let bit = length - 1; bit > 0; bit--) {
      const side = ((code >>> bit) & 1) as 0 | 1;
      if (children[node]![side] === -1000) {
        children[node]![side] = children.length;
        children.push([-1000, -1000]);
      }
      node = children[node]![side];
    }
    children[node]![(code & 1) as 0 | 1] = -1 - symbol;
    code++;
  }
  for (let state = 0; state < children.length; state++) {
    for (let half = 0; half < 16; half++) {
      let node = state;
      let emitted = -1;
      for (let bit = 3; bit >= 0 && node !== FAIL; bit--) {
        const child = children[node]![((half >>> bit) & 1) as 0 | 1];
        if (child >= 0) node = child;
        else if (child === -1 - END_OF_STRING) node = FAIL;
        else {
          emitted = -1 - child;
          node = 0;
        }
      }
      NEXT[state * 16 + half] = node;
      EMIT[state * 16 + half] = emitted;
    }
  }
  for (let node = 0, depth = 0; depth <= 7; depth++) {
    MAY_END[node] = 1;
    node = children[node]![1];
  }
})();

/** Decodes octets `start` to `end` of `from` into `into`; how many came out, -1 for what is no Huffman string, or more than fits. */
export function decodeHuffman(from: Buffer, start: number, end: number, into: Buffer): number {
  const room = into.length;
  let state = 0;
  let length = 0;
  for (let i = start; i < end; i++) {
    const octet = from[i]!;
    let at = state * 16 + (octet >>> 4);
    state = NEXT[at]!;
    if (state === FAIL) return -1;
    let symbol = EMIT[at]!;
    if (symbol >= 0) {
      if (length === room) return -1;
      into[length++] = symbol;
    }
    at = state * 16 + (octet & 15);
    state = NEXT[at]!;
    if (state === FAIL) return -1;
    symbol = EMIT[at]!;
    if (symbol >= 0) {
      if (length === room) return -1;
      into[length++] = symbol;
    }
  }
  return MAY_END[state] === 1 ? length : -1;
}

/** Octets that a latin1 string takes as a Huffman string. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += CODE_LENGTHS[text.charCodeAt(i) & 255]!;
  return (bits + 7) >>> 3;
}

/** Writes a latin1 string as a Huffman string; where it ends. */
export function encodeHuffman(text: string, into: Buffer, start: number): number {
  let at = start;
  // never more than 7 + 30 bits: the upper ones are written out before they could be lost
  let held = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i) & 255;
    const code = CODES[symbol]!;
    let left = CODE_LENGTHS[symbol]!;
    while (left > 0) {
      const take = Math.min(left, 8 - bits);
      held = (held << take) | ((code >>> (left - take)) & ((1 << take) - 1));
      bits += take;
      left -= take;
      if (bits === 8) {
        into[at++] = held;
        held = 0;
        bits = 0;
      }
    }
  }
  if (bits > 0) into[at++] = (held << (8 - bits)) | (0xff >>> bits);
  return at;
}
