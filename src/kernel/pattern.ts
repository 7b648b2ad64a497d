/** A regular expression that is refused, with the reason in a sentence. */
export class PatternError extends Error {}

export interface PatternSettings {
  /** Compare ASCII letters without case. */
  readonly fold: boolean;
  /** Captured groups are asked for. Without, groups only group, so that more of them can be unrolled. */
  readonly captures: boolean;
}

/** Atoms that a pattern may have when its counted repetitions are written out. */
const MOST_ATOMS = 2_000;
const DEEPEST = 50;
/** V8's linear engine unrolls counted repetitions up to that many times in all (`kMaxReplicationFactor`). */
const MOST_COPIES = 16;
const MOST_COUNT = 1_000;

/**
 * A regular expression of a user, made safe: written anew in the part of JavaScript's syntax that V8 can also run in linear time
 * (`--enable-experimental-regexp-engine-on-excessive-backtracks`), so that no text makes it run away. What AWS leaves out (lookaround,
 * backreferences, atomic groups, possessive quantifiers, subroutines, recursion, Unicode classes) is refused, as is what is none of ASCII:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
 */
export class Pattern {
  readonly source: string;
  /** Captured groups; 0 unless asked for. */
  readonly groups: number;
  /** What every text that matches begins with; '' for nothing that is known. */
  readonly prefix: string;
  readonly #regexp: RegExp;
  #everywhere: RegExp | null = null;

  /** Throws `PatternError`. */
  constructor(source: string, settings: PatternSettings) {
    const reader = new Reader(source, settings);
    const { text } = reader.read();
    this.source = source;
    this.groups = reader.groups;
    this.prefix = reader.prefix;
    try {
      this.#regexp = new RegExp(text);
    } catch (error) {
      throw new PatternError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  /** Somewhere in `text`, unless the pattern says where. */
  matches(text: string): boolean {
    return this.#regexp.test(text);
  }

  /** The first match, or null. */
  match(text: string): RegExpExecArray | null {
    return this.#regexp.exec(text);
  }

  /** The first match that begins at `from` or after it, or null. What stands before `from` is still seen by `^` and `\b`. */
  matchFrom(text: string, from: number): RegExpExecArray | null {
    const regexp = (this.#everywhere ??= new RegExp(this.#regexp.source, 'g'));
    regexp.lastIndex = from;
    return regexp.exec(text);
  }
}

interface Piece {
  readonly text: string;
  /** How often its innermost atom is unrolled by the linear engine. */
  readonly copies: number;
  readonly atoms: number;
  readonly captures: boolean;
}

const NOTHING: Piece = { text: '', copies: 1, atoms: 0, captures: false };

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', xdigit: '0-9A-Fa-f', word: '\\w', punct: '!-\\/:-@\\[-`{-~',
};
const CONTROL: Readonly<Record<string, string>> = { n: '\\n', r: '\\r', t: '\\t', f: '\\f', v: '\\v' };

class Reader {
  readonly #source: string;
  readonly #fold: boolean;
  readonly #captures: boolean;
  #at = 0;
  #depth = 0;
  groups = 0;
  prefix = '';
  /** The literal start is still being read. */
  #leading = false;

  constructor(source: string, { fold, captures }: PatternSettings) {
    const insensitive = source.startsWith('(?i)');
    this.#source = insensitive ? source.slice(4) : source;
    this.#fold = fold || insensitive;
    this.#captures = captures;
    if (source === '') throw new PatternError('it is empty');
    if (!/^[\x20-\x7e]*$/.test(source)) throw new PatternError('it has characters that are not printable ASCII');
  }

  read(): Piece {
    // an alternative, or a fold, has no one literal start
    this.#leading = this.#source.startsWith('^') && !this.#fold && !this.#source.includes('|');
    const piece = this.#alternatives();
    if (this.#at < this.#source.length) throw new PatternError(`the parenthesis at character ${this.#at + 1} closes nothing`);
    return piece;
  }

  #alternatives(): Piece {
    if (++this.#depth > DEEPEST) throw new PatternError(`its groups are nested deeper than ${DEEPEST}`);
    let all = this.#sequence();
    while (this.#take('|')) {
      const other = this.#sequence();
      all = { text: `${all.text}|${other.text}`, copies: Math.max(all.copies, other.copies), atoms: this.#bounded(all.atoms + other.atoms), captures: all.captures || other.captures };
    }
    this.#depth--;
    return all;
  }

  #sequence(): Piece {
    let sequence = NOTHING;
    for (;;) {
      const next = this.#source[this.#at];
      if (next === undefined || next === '|' || next === ')') return sequence;
      const piece = this.#quantified();
      sequence = {
        text: sequence.text + piece.text, copies: Math.max(sequence.copies, piece.copies), atoms: this.#bounded(sequence.atoms + piece.atoms),
        captures: sequence.captures || piece.captures,
      };
    }
  }

  #quantified(): Piece {
    const begun = this.#at;
    const atom = this.#atom();
    const quantifier = this.#quantifier();
    if (this.#leading && this.#depth === 1) {
      const written = this.#source.slice(begun, this.#at);
      const literal = written.length === 1 ? written : /^\\[^A-Za-z0-9]$/.test(written) ? written[1]! : null;
      if (written === '^' && begun === 0) { /* where the literal start begins */ }
      else if (literal !== null && !'.$^('.includes(written)) this.prefix += literal;
      else this.#leading = false;
    }
    if (quantifier === null) return atom;
    if (atom.text === '^' || atom.text === '$' || atom.text === '\\b' || atom.text === '\\B') throw new PatternError(`the quantifier at character ${this.#at} repeats nothing`);
    return this.#repeated(atom, quantifier);
  }

  #atom(): Piece {
    const character = this.#source[this.#at++]!;
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return { text: this.#class(), copies: 1, atoms: 1, captures: false };
      case '\\':
        return { text: this.#escape(false), copies: 1, atoms: 1, captures: false };
      case '*':
      case '+':
      case '?':
        throw new PatternError(`the quantifier at character ${this.#at} repeats nothing`);
      case '^':
      case '$':
      case '.':
        return { text: character, copies: 1, atoms: 1, captures: false };
      default:
        return { text: this.#literal(character), copies: 1, atoms: 1, captures: false };
    }
  }

  #group(): Piece {
    let open = '(?:';
    let captures = false;
    if (this.#source[this.#at] === '?') {
      const named = /^\?P?<([A-Za-z_]\w*)>/.exec(this.#source.slice(this.#at));
      if (this.#source.startsWith('?:', this.#at)) this.#at += 2;
      else if (named) {
        this.#at += named[0].length;
        captures = true;
      } else throw new PatternError(`the group at character ${this.#at} is of a kind that is not supported (lookaround, atomic groups, subroutines and recursion are not)`);
    } else captures = true;
    if (captures && this.#captures) {
      this.groups++;
      open = '(';
    }
    const inner = this.#alternatives();
    if (!this.#take(')')) throw new PatternError('a parenthesis is not closed');
    return { text: `${open}${inner.text})`, copies: inner.copies, atoms: inner.atoms + 1, captures: inner.captures || open === '(' };
  }

  #quantifier(): { readonly least: number; readonly most: number; readonly lazy: string } | null {
    const found = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})/.exec(this.#source.slice(this.#at));
    if (!found) return null;
    this.#at += found[0].length;
    const next = this.#source[this.#at];
    if (next === '+') throw new PatternError(`the possessive quantifier at character ${this.#at + 1} is not supported`);
    const lazy = this.#take('?') ? '?' : '';
    if (/^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(this.#source.slice(this.#at))) throw new PatternError(`the quantifier at character ${this.#at + 1} repeats nothing`);
    switch (found[0]) {
      case '*':
        return { least: 0, most: Infinity, lazy };
      case '+':
        return { least: 1, most: Infinity, lazy };
      case '?':
        return { least: 0, most: 1, lazy };
    }
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[2] === '' ? Infinity : Number(found[2]);
    if (least > MOST_COUNT || (most !== Infinity && most > MOST_COUNT)) throw new PatternError(`the quantifier ${found[0]} counts beyond ${MOST_COUNT}`);
    if (most < least) throw new PatternError(`the quantifier ${found[0]} ends before it begins`);
    return { least, most, lazy };
  }

  /** Counted repetitions in portions that the linear engine takes. */
  #repeated(atom: Piece, { least, most, lazy }: { readonly least: number; readonly most: number; readonly lazy: string }): Piece {
    const whole = most === Infinity ? Math.max(least, 1) : Math.max(most, 1);
    if (whole * atom.copies <= MOST_COPIES) {
      return { ...atom, text: atom.text + quantifierText(least, most) + lazy, copies: whole * atom.copies, atoms: this.#bounded(atom.atoms * whole) };
    }
    if (atom.captures) throw new PatternError(`a captured group is repeated up to ${whole} times, which cannot be run in linear time; do not capture it, or repeat it less often`);
    const portion = Math.floor(MOST_COPIES / atom.copies);
    let text = '';
    for (let left = least; left > 0; left -= portion) text += atom.text + quantifierText(Math.min(left, portion), Math.min(left, portion));
    if (most === Infinity) text += `${atom.text}*${lazy}`;
    else for (let left = most - least; left > 0; left -= portion) text += atom.text + quantifierText(0, Math.min(left, portion)) + lazy;
    return { text: `(?:${text})`, copies: MOST_COPIES, atoms: this.#bounded(atom.atoms * whole), captures: false };
  }

  #class(): string {
    let text = this.#take('^') ? '[^' : '[';
    const start = this.#at;
    for (;;) {
      const character = this.#source[this.#at++];
      if (character === undefined) throw new PatternError('a bracket is not closed');
      if (character === ']' && this.#at > start + 1) return `${text}]`;
      if (character === '[' && /^[:.=]/.test(this.#source[this.#at] ?? '')) {
        const named = /^:(\w+):\]/.exec(this.#source.slice(this.#at));
        const ranges = named ? CLASSES[named[1]!] : undefined;
        if (ranges === undefined) throw new PatternError('it has a bracket expression of a kind that is not supported');
        this.#at += named![0].length;
        text += this.#fold && /^(?:upper|lower)$/.test(named![1]!) ? 'A-Za-z' : ranges;
        continue;
      }
      const from = character === '\\' ? this.#escape(true) : classLiteral(character);
      if (this.#source[this.#at] !== '-' || this.#source[this.#at + 1] === ']' || this.#source[this.#at + 1] === undefined) {
        text += this.#folded(from, from);
        continue;
      }
      this.#at++;
      const end = this.#source[this.#at++]!;
      const to = end === '\\' ? this.#escape(true) : classLiteral(end);
      if (!isCharacter(from) || !isCharacter(to) || codeOf(from) > codeOf(to)) throw new PatternError('it has a range in brackets that is none');
      text += this.#folded(from, to);
    }
  }

  /** A character or a range in brackets, in both cases where cases do not matter. */
  #folded(from: string, to: string): string {
    const range = from === to ? from : `${from}-${to}`;
    if (!this.#fold || !isCharacter(from)) return range;
    return range + shifted(from, to, ['A', 'Z'], 32) + shifted(from, to, ['a', 'z'], -32);
  }

  #escape(inClass: boolean): string {
    const character = this.#source[this.#at++];
    if (character === undefined) throw new PatternError('it ends in a backslash');
    if ('dwsDWS'.includes(character)) return `\\${character}`;
    if (!inClass && 'bB'.includes(character)) return `\\${character}`;
    // text anchors of other dialects
    if (!inClass && character === 'A') return '^';
    if (!inClass && 'zZ'.includes(character)) return '$';
    const control = CONTROL[character];
    if (control !== undefined) return control;
    if (character === 'x') {
      const digits = /^[0-9a-fA-F]{2}/.exec(this.#source.slice(this.#at))?.[0];
      if (digits === undefined) throw new PatternError('\\x is not followed by two hexadecimal digits');
      this.#at += 2;
      const one = String.fromCharCode(Number.parseInt(digits, 16));
      return /[A-Za-z]/.test(one) ? (inClass ? one : this.#literal(one)) : `\\x${digits}`;
    }
    if (character >= '0' && character <= '9') throw new PatternError('backreferences are not supported');
    if (/[A-Za-z]/.test(character)) throw new PatternError(`\\${character} is not supported`);
    return inClass ? classLiteral(character) : this.#literal(character);
  }

  #literal(character: string): string {
    if (this.#fold && /[A-Za-z]/.test(character)) return `[${character.toUpperCase()}${character.toLowerCase()}]`;
    return /[A-Za-z0-9 _]/.test(character) ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  }

  #take(character: string): boolean {
    if (this.#source[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #bounded(atoms: number): number {
    if (atoms > MOST_ATOMS) throw new PatternError('it is too large when its repetitions are written out');
    return atoms;
  }
}

function quantifierText(least: number, most: number): string {
  if (most === Infinity) return least === 0 ? '*' : least === 1 ? '+' : `{${least},}`;
  if (least === 0 && most === 1) return '?';
  return least === most ? `{${least}}` : `{${least},${most}}`;
}

function classLiteral(character: string): string {
  return /[A-Za-z0-9 _]/.test(character) ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function isCharacter(text: string): boolean {
  return text.length === 1 || text.startsWith('\\x') || /^\\[nrtfv]$/.test(text);
}

function codeOf(text: string): number {
  if (text.length === 1) return text.charCodeAt(0);
  return text.startsWith('\\x') ? Number.parseInt(text.slice(2), 16) : { n: 10, r: 13, t: 9, f: 12, v: 11 }[text[1]!]!;
}

/** The part of a range that lies within letters of one case, in the other. */
function shifted(from: string, to: string, [first, last]: readonly [string, string], by: number): string {
  const start = Math.max(codeOf(from), first.charCodeAt(0));
  const end = Math.min(codeOf(to), last.charCodeAt(0));
  if (start > end) return '';
  const a = String.fromCharCode(start + by);
  return start === end ? a : `${a}-${String.fromCharCode(end + by)}`;
}
