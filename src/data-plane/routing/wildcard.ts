/**
 * ELBv2's wildcards: `*` any run of characters (none too), `?` exactly one, nothing else special.
 *
 * A pattern is cut at its stars into segments; the first is tied to the start, the last to the end, and each one between is taken at its
 * leftmost place, which is enough because a later star absorbs whatever is skipped. So a match never backtracks: the cost is the length of the
 * text for patterns without `?`, and at most that times the longest segment (128 characters by AWS's limit) with it.
 *
 * Texts are latin1 strings, one character a byte, as the wire has them; patterns are turned into the same form, so `?` is one byte. (AWS
 * applies rules to visible ASCII only, where the two are one.)
 */
export interface WildcardSyntax {
  /** Compare without case: the pattern is lower-cased here, the text must be already. */
  readonly fold: boolean;
  /** `\*`, `\?` and `\\` stand for themselves. AWS documents that for query strings only. */
  readonly escapes: boolean;
}

const STAR = -2;
const ONE = -1;

const QUESTION = 63;
const BACKSLASH = 92;

const EXACT = 0;
const ALL = 1;
const PREFIX = 2;
const SUFFIX = 3;
const GENERAL = 4;
type Shape = typeof EXACT | typeof ALL | typeof PREFIX | typeof SUFFIX | typeof GENERAL;

interface Segment {
  /** Its text where it has no `?`; else null. */
  readonly literal: string | null;
  /** Character codes, `ONE` for `?`. */
  readonly codes: readonly number[];
}

const NO_SEGMENTS: readonly Segment[] = [];

/** What every text that matches must be, begin with or end with: what an index can look it up by. */
export interface TextKey {
  readonly shape: 'exact' | 'prefix' | 'suffix';
  readonly text: string;
  /** A text found by this key matches; otherwise it still has to be tested. */
  readonly proves: boolean;
}

export class Wildcard {
  readonly source: string;
  /** Null: matching texts have nothing literal at either end. */
  readonly key: TextKey | null;
  readonly #shape: Shape;
  readonly #literal: string;
  readonly #segments: readonly Segment[];
  readonly #least: number;

  constructor(source: string, syntax: WildcardSyntax) {
    this.source = source;
    const plain = plainly(source, syntax);
    if (plain !== null) {
      this.#shape = plain.shape === 'exact' ? EXACT : plain.shape === 'prefix' ? PREFIX : SUFFIX;
      this.#literal = plain.text;
      this.#segments = NO_SEGMENTS;
      this.#least = plain.text.length;
      this.key = plain;
      return;
    }
    const tokens = tokenize(source, syntax);
    this.#shape = shapeOf(tokens);
    this.#literal = text(tokens.filter((token) => token >= 0));
    this.#segments = this.#shape === GENERAL ? segments(tokens) : NO_SEGMENTS;
    this.#least = tokens.filter((token) => token !== STAR).length;
    this.key = keyOf(tokens, this.#shape);
  }

  /** True when any text at all matches. */
  get matchesAll(): boolean {
    return this.#shape === ALL;
  }

  matches(text: string): boolean {
    switch (this.#shape) {
      case EXACT:
        return text === this.#literal;
      case ALL:
        return true;
      case PREFIX:
        return text.startsWith(this.#literal);
      case SUFFIX:
        return text.endsWith(this.#literal);
      case GENERAL:
        return text.length >= this.#least && this.#matchesSegments(text);
    }
  }

  #matchesSegments(text: string): boolean {
    const segments = this.#segments;
    const first = segments[0]!;
    if (!fits(first, text, 0)) return false;
    const count = segments.length;
    if (count === 1) return text.length === first.codes.length;
    const last = segments[count - 1]!;
    const end = text.length - last.codes.length;
    if (!fits(last, text, end)) return false;
    let at = first.codes.length;
    for (let i = 1; i < count - 1; i++) {
      const segment = segments[i]!;
      const found = find(segment, text, at, end);
      if (found < 0) return false;
      at = found + segment.codes.length;
    }
    return at <= end;
  }
}

function fits(segment: Segment, text: string, at: number): boolean {
  if (segment.literal !== null) return text.startsWith(segment.literal, at);
  const codes = segment.codes;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code !== ONE && code !== text.charCodeAt(at + i)) return false;
  }
  return true;
}

/** Leftmost place from `from` where the segment fits and is over by `end`; -1 for none. */
function find(segment: Segment, text: string, from: number, end: number): number {
  const length = segment.codes.length;
  if (segment.literal !== null) {
    const found = text.indexOf(segment.literal, from);
    return found >= 0 && found + length <= end ? found : -1;
  }
  for (let at = from; at + length <= end; at++) if (fits(segment, text, at)) return at;
  return -1;
}

/** The key of a pattern that is all literal, or all but one star at an end: nearly every one is, and there may be very many. */
function plainly(source: string, syntax: WildcardSyntax): TextKey | null {
  const last = source.length - 1;
  const star = source.indexOf('*');
  if (last < 1 || (star > 0 && star !== last) || (star >= 0 && source.includes('*', star + 1))) return null;
  for (let i = 0; i <= last; i++) {
    const code = source.charCodeAt(i);
    if (code > 127 || code === QUESTION || code === BACKSLASH) return null;
  }
  const literal = star < 0 ? source : star === 0 ? source.slice(1) : source.slice(0, last);
  return { shape: star < 0 ? 'exact' : star === 0 ? 'suffix' : 'prefix', text: syntax.fold ? literal.toLowerCase() : literal, proves: true };
}

function tokenize(source: string, syntax: WildcardSyntax): number[] {
  const bytes = Buffer.from(syntax.fold ? source.toLowerCase() : source, 'utf8').toString('latin1');
  const tokens: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const character = bytes[i]!;
    const next = bytes[i + 1];
    if (syntax.escapes && character === '\\' && (next === '*' || next === '?' || next === '\\')) {
      tokens.push(bytes.charCodeAt(++i));
    } else if (character === '*') {
      if (tokens.at(-1) !== STAR) tokens.push(STAR);
    } else {
      tokens.push(character === '?' ? ONE : bytes.charCodeAt(i));
    }
  }
  return tokens;
}

function segments(tokens: readonly number[]): Segment[] {
  const out: number[][] = [[]];
  for (const token of tokens) {
    if (token === STAR) out.push([]);
    else out.at(-1)!.push(token);
  }
  return out.map((codes) => ({ codes, literal: codes.includes(ONE) ? null : text(codes) }));
}

function shapeOf(tokens: readonly number[]): Shape {
  const wild = tokens.filter((token) => token < 0).length;
  if (wild === 0) return EXACT;
  if (wild > 1 || !tokens.includes(STAR)) return GENERAL;
  if (tokens.length === 1) return ALL;
  if (tokens.at(-1) === STAR) return PREFIX;
  return tokens[0] === STAR ? SUFFIX : GENERAL;
}

function keyOf(tokens: readonly number[], shape: Shape): TextKey | null {
  if (shape === EXACT) return { shape: 'exact', text: text(tokens), proves: true };
  const firstWild = tokens.findIndex((token) => token < 0);
  const lastWild = tokens.findLastIndex((token) => token < 0);
  const prefix = text(tokens.slice(0, firstWild));
  const suffix = text(tokens.slice(lastWild + 1));
  if (prefix === '' && suffix === '') return null;
  return prefix.length >= suffix.length
    ? { shape: 'prefix', text: prefix, proves: shape === PREFIX }
    : { shape: 'suffix', text: suffix, proves: shape === SUFFIX };
}

function text(codes: readonly number[]): string {
  return String.fromCharCode(...codes);
}
