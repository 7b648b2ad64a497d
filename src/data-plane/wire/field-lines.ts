import { latin1 } from '../../kernel/index.ts';
import { CLASS, TOKEN } from './character.ts';
import { knownField } from './field-name.ts';
import { BAD_FIELD_NAME, BAD_FIELD_VALUE, BARE_LINE_BREAK, type Flaw, FIELD_TOO_LONG, FOLDED_FIELD, INCOMPLETE, OK, TOO_MANY_FIELDS } from './flaw.ts';

export interface FieldLimits {
  /** Lines at most. */
  readonly fields: number;
  /** Characters of one line at most. */
  readonly line: number;
}

const NOTHING = Buffer.alloc(0);
const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;
const COLON = 58;
const DELETE = 127;
// the same of four octets in a word
const SPACES = 0x20202020;
const DELETES = 0x7f7f7f7f;
const ONES = 0x01010101;
const HIGH_BITS = 0x80808080 | 0;

/**
 * Where the field lines of one header block are (RFC 9112 section 5), as offsets from where its message begins. Octets are parsed where they were
 * read: a string costs twice as much a character, and is made of them only when it is asked for. Made once a thread and filled again for each
 * message: what it says holds until the next, `text` must be asked for while the octets are what they were.
 */
export class FieldLines {
  octets: Buffer = NOTHING;
  /** Where the message begins in `octets`. */
  base = 0;
  /** Octets of it that are there. */
  length = 0;
  #text: string | null = '';
  #textEnd = 0;
  #viewed: Buffer = NOTHING;
  #view: DataView = new DataView(NOTHING.buffer, NOTHING.byteOffset, 0);
  /** What is left of the message when lines are cut out: see `runs` in end-to-end.ts. */
  readonly runs: Int32Array;
  count = 0;
  /** Position after the empty line that ends the block. */
  end = 0;
  /** Where parsing stopped. */
  flawAt = 0;
  readonly #limits: FieldLimits;
  readonly nameStart: Int32Array;
  readonly nameEnd: Int32Array;
  readonly valueStart: Int32Array;
  readonly valueEnd: Int32Array;
  /** Number of a known field (field-name.ts), NONE for the rest. */
  readonly known: Uint8Array;

  constructor(limits: FieldLimits) {
    this.#limits = limits;
    this.nameStart = new Int32Array(limits.fields);
    this.nameEnd = new Int32Array(limits.fields);
    this.valueStart = new Int32Array(limits.fields);
    this.valueEnd = new Int32Array(limits.fields);
    this.known = new Uint8Array(limits.fields);
    this.runs = new Int32Array(2 * limits.fields + 2);
  }

  /** The message from its first octet to the end of its last field line (of what cannot be read: all there is), a character an octet. In one piece, since it is what mostly goes on. */
  get text(): string {
    return (this.#text ??= latin1(this.octets, this.base, this.base + this.#textEnd));
  }

  /** `octets`, for reading more than one at a time. */
  get view(): DataView {
    // mostly it is the thread's read buffer again
    if (this.octets !== this.#viewed) {
      this.#viewed = this.octets;
      this.#view = new DataView(this.octets.buffer, this.octets.byteOffset, this.octets.length);
    }
    return this.#view;
  }

  /** The message whose fields are to be parsed: octets `from` to `to`. */
  begin(octets: Buffer, from: number, to: number): void {
    this.octets = octets;
    this.base = from;
    this.length = to - from;
    this.#text = null;
    this.count = 0;
    this.end = this.#textEnd = to - from;
  }

  /** Reads a block that stands alone. */
  read(block: string): Flaw {
    const octets = Buffer.from(block, 'latin1');
    this.begin(octets, 0, octets.length);
    return this.parse(0);
  }

  /** Reads the lines from `start` up to and with the empty line. OK, INCOMPLETE or what is wrong with them. */
  parse(start: number): Flaw {
    const { octets, length, base } = this;
    const view = this.view;
    const { fields: most, line: longest } = this.#limits;
    const { nameStart, nameEnd, valueStart, valueEnd, known } = this;
    const stop = base + length;
    let at = base + start;
    let count = 0;
    for (;;) {
      if (at >= stop) return this.#stop(INCOMPLETE, at);
      const first = octets[at]!;
      if (first === CR) {
        if (at + 1 >= stop) return this.#stop(INCOMPLETE, at);
        if (octets[at + 1] !== LF) return this.#stop(BARE_LINE_BREAK, at);
        this.#textEnd = at - base;
        this.end = this.#textEnd + 2;
        return OK;
      }
      if (first === SPACE || first === TAB) return this.#stop(FOLDED_FIELD, at);
      let i = at;
      let c = first;
      while ((CLASS[c]! & TOKEN) !== 0) {
        if (++i === stop) break;
        c = octets[i]!;
      }
      // the limit comes before what is wrong beyond it: the answer must not depend on how the octets were cut
      if (i - at > longest) return this.#stop(FIELD_TOO_LONG, at);
      if (i >= stop) return this.#stop(INCOMPLETE, at);
      if (c !== COLON || i === at) return this.#stop(c === LF ? BARE_LINE_BREAK : BAD_FIELD_NAME, i);
      const colon = i++;
      while (i < stop && ((c = octets[i]!) === SPACE || c === TAB)) i++;
      const value = i;
      // four octets at a time while none of them is a control character or DEL (a carry from one octet into the next begins at one that is)
      while (i + 4 <= stop) {
        const word = view.getInt32(i, true);
        const flipped = word ^ DELETES;
        if ((((word - SPACES) & ~word) | ((flipped - ONES) & ~flipped)) & HIGH_BITS) break;
        i += 4;
      }
      // FIELD as a comparison: a load less an octet, and most octets are those of values
      while (i < stop) {
        c = octets[i]!;
        if (c < SPACE ? c !== TAB : c === DELETE) break;
        i++;
      }
      if (i - at > longest) return this.#stop(FIELD_TOO_LONG, at);
      if (i + 1 >= stop && (i >= stop || c === CR)) return this.#stop(INCOMPLETE, at);
      if (c !== CR) return this.#stop(c === LF ? BARE_LINE_BREAK : BAD_FIELD_VALUE, i);
      if (octets[i + 1] !== LF) return this.#stop(BARE_LINE_BREAK, i);
      if (count === most) return this.#stop(TOO_MANY_FIELDS, at);
      let last = i;
      while (last > value && ((c = octets[last - 1]!) === SPACE || c === TAB)) last--;
      nameStart[count] = at - base;
      nameEnd[count] = colon - base;
      valueStart[count] = value - base;
      valueEnd[count] = last - base;
      known[count] = knownField(octets, at, colon);
      this.count = ++count;
      at = i + 2;
    }
  }

  value(index: number): string {
    return this.text.slice(this.valueStart[index], this.valueEnd[index]);
  }

  name(index: number): string {
    return this.text.slice(this.nameStart[index], this.nameEnd[index]);
  }

  /** Position of the first line, from `from` on, with that lower-case name; -1 for none. */
  find(name: string, from = 0): number {
    const length = name.length;
    for (let i = from; i < this.count; i++) {
      const start = this.nameStart[i]!;
      if (this.nameEnd[i]! - start === length && equalsIgnoringCase(this.text, start, name)) return i;
    }
    return -1;
  }

  /** Start of the line after line `index`. */
  lineEnd(index: number): number {
    return index + 1 < this.count ? this.nameStart[index + 1]! : this.end - 2;
  }

  #stop(flaw: Flaw, at: number): Flaw {
    this.flawAt = at - this.base;
    return flaw;
  }
}

/** Compares ASCII letters without case, as `equalsIgnoringCase` does. */
export function octetsAre(octets: Uint8Array, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    let c = octets[start + i]!;
    if (c >= 65 && c <= 90) c |= 32;
    if (c !== lower.charCodeAt(i)) return false;
  }
  return true;
}

/** Compares ASCII letters without case; `lower` is lower-case. */
export function equalsIgnoringCase(text: string, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    let c = text.charCodeAt(start + i);
    if (c >= 65 && c <= 90) c |= 32;
    if (c !== lower.charCodeAt(i)) return false;
  }
  return true;
}
