import { ExpressionParser } from './expression-parser.ts';
import { type Node, TemplateError } from './node.ts';

const DEEPEST = 50;
/** Directives that reach for what is not the template's own, or that nobody has asked for. */
const REFUSED: ReadonlySet<string> = new Set(['include', 'parse', 'evaluate', 'define', 'macro']);
const KNOWN: ReadonlySet<string> = new Set(['set', 'if', 'elseif', 'else', 'end', 'foreach', 'break', 'stop', ...REFUSED]);

/** Throws `TemplateError`. */
export function parseTemplate(text: string, depth = 0): readonly Node[] {
  return new TemplateParser(text, depth).whole();
}

/** How a block ended. */
type End = 'elseif' | 'else' | 'end' | 'text';

class TemplateParser {
  readonly #text: string;
  readonly #read: ExpressionParser;
  #depth: number;

  constructor(text: string, depth: number) {
    if (depth > DEEPEST) throw new TemplateError(`strings nest deeper than ${DEEPEST}`);
    this.#text = text;
    this.#depth = depth;
    this.#read = new ExpressionParser(text, (inner) => parseTemplate(inner, depth + 1));
  }

  whole(): readonly Node[] {
    const { nodes, end } = this.#block();
    if (end !== 'text') this.#read.fail(`#${end} without #if or #foreach`);
    return nodes;
  }

  #block(): { readonly nodes: readonly Node[]; readonly end: End } {
    if (++this.#depth > DEEPEST) this.#read.fail(`directives nest deeper than ${DEEPEST}`);
    const nodes: Node[] = [];
    let text = '';
    const flush = (): void => {
      if (text !== '') nodes.push({ kind: 'text', text });
      text = '';
    };
    const read = this.#read;
    const all = this.#text;
    for (;;) {
      const plain = /[\\$#]/.exec(all.slice(read.at));
      const next = plain === null ? all.length : read.at + plain.index;
      text += all.slice(read.at, next);
      read.at = next;
      if (next === all.length) {
        flush();
        this.#depth--;
        return { nodes, end: 'text' };
      }
      const backslashes = /^\\*/.exec(all.slice(next))![0].length;
      read.at += backslashes;
      const character = all[read.at];
      if (character === '$') {
        const start = read.at;
        const found = read.reference();
        if (found === null) {
          text += `${'\\'.repeat(backslashes)}$`;
          read.at++;
          continue;
        }
        flush();
        nodes.push({ kind: 'reference', ...found, backslashes, source: all.slice(start, read.at) });
        continue;
      }
      if (character !== '#') {
        text += '\\'.repeat(backslashes);
        continue;
      }
      const word = this.#directive();
      if (word !== null && backslashes % 2 === 1) {
        text += `${'\\'.repeat(backslashes >> 1)}#`;
        read.at++;
        continue;
      }
      text += '\\'.repeat(word === null ? backslashes : backslashes >> 1);
      if (backslashes === 0 && this.#comment()) continue;
      const raw = backslashes === 0 ? this.#raw() : null;
      if (raw !== null) {
        text += raw;
        continue;
      }
      if (word === null) {
        text += '#';
        read.at++;
        continue;
      }
      if (word === 'set') text = withoutIndent(text);
      flush();
      read.at += this.#directiveLength(word);
      if (word === 'else' || word === 'elseif' || word === 'end') {
        this.#depth--;
        return { nodes, end: word };
      }
      nodes.push(this.#node(word));
    }
  }

  /** The directive that begins here; null: none does. */
  #directive(): string | null {
    const word = /^#(?:\{([a-z]+)\}|([a-zA-Z]\w*))/.exec(this.#text.slice(this.#read.at, this.#read.at + 64));
    const name = word?.[1] ?? word?.[2];
    return name !== undefined && KNOWN.has(name) ? name : null;
  }

  #directiveLength(word: string): number {
    return word.length + (this.#text[this.#read.at + 1] === '{' ? 3 : 1);
  }

  #comment(): boolean {
    const read = this.#read;
    if (this.#text.startsWith('##', read.at)) {
      const end = this.#text.indexOf('\n', read.at);
      read.at = end < 0 ? this.#text.length : end + 1;
      return true;
    }
    if (!this.#text.startsWith('#*', read.at)) return false;
    const end = this.#text.indexOf('*#', read.at + 2);
    if (end < 0) read.fail('a comment does not end');
    read.at = end + 2;
    return true;
  }

  /** `#[[` text that is not looked into `]]#`. */
  #raw(): string | null {
    const read = this.#read;
    if (!this.#text.startsWith('#[[', read.at)) return null;
    const end = this.#text.indexOf(']]#', read.at + 3);
    if (end < 0) read.fail('#[[ is not closed');
    const text = this.#text.slice(read.at + 3, end);
    read.at = end + 3;
    return text;
  }

  #node(word: string): Node {
    const read = this.#read;
    switch (word) {
      case 'set': {
        read.expect('(');
        read.blanks();
        const target = this.#text[read.at] === '$' ? read.reference() : null;
        if (target === null || target.reference.steps.at(-1)?.kind === 'method') return read.fail('#set needs a reference to set');
        read.expect('=');
        const value = read.expression();
        read.expect(')');
        this.#lineEnd();
        return { kind: 'set', target: target.reference, value };
      }
      case 'if':
        return this.#if();
      case 'foreach': {
        read.expect('(');
        read.blanks();
        const loop = this.#text[read.at] === '$' ? read.reference() : null;
        if (loop === null || loop.reference.steps.length > 0) return read.fail('#foreach needs a name for what it comes to');
        read.blanks();
        if (!/^in(?![\w-])/.test(this.#text.slice(read.at, read.at + 3))) read.fail('#foreach needs "in"');
        read.at += 2;
        const list = read.expression();
        read.expect(')');
        this.#lineEnd();
        const { nodes, end } = this.#block();
        if (end !== 'end') read.fail('#foreach has no #end');
        this.#lineEnd();
        return { kind: 'foreach', name: loop.reference.name, list, body: nodes };
      }
      case 'break':
      case 'stop':
        return { kind: word };
      default:
        return read.fail(`#${word} is not executed`);
    }
  }

  #if(): Node {
    const branches: { condition: ReturnType<ExpressionParser['expression']>; body: readonly Node[] }[] = [];
    for (;;) {
      const condition = this.#read.parenthesized();
      this.#lineEnd();
      const { nodes, end } = this.#block();
      branches.push({ condition, body: nodes });
      if (end === 'elseif') continue;
      this.#lineEnd();
      if (end === 'end') return { kind: 'if', branches, otherwise: [] };
      if (end === 'text') this.#read.fail('#if has no #end');
      const last = this.#block();
      if (last.end !== 'end') this.#read.fail('#else has no #end');
      this.#lineEnd();
      return { kind: 'if', branches, otherwise: last.nodes };
    }
  }

  /** A directive takes the end of its line with it. */
  #lineEnd(): void {
    const rest = /^[ \t]*(?:\r\n|\n|\r)/.exec(this.#text.slice(this.#read.at));
    if (rest !== null) this.#read.at += rest[0].length;
  }
}

/** `#set` takes the blanks before it with it. */
function withoutIndent(text: string): string {
  let end = text.length;
  while (text[end - 1] === ' ' || text[end - 1] === '\t') end--;
  return text.slice(0, end);
}
