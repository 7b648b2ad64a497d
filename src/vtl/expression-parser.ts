import { TemplateError, type BinaryOperator, type Expression, type Node, type Reference, type Step } from './node.ts';
import { Float } from './value.ts';

const NAME_START = /[A-Za-z_]/;
const NAME = /[A-Za-z0-9_-]/;
const DEEPEST = 100;

/** Operators that bind alike, from those that bind least. A word stands for the same as its sign. */
const LEVELS: readonly (readonly (readonly [written: string, operator: BinaryOperator])[])[] = [
  [['||', '||'], ['or', '||']],
  [['&&', '&&'], ['and', '&&']],
  [['==', '=='], ['!=', '!='], ['eq', '=='], ['ne', '!=']],
  [['<=', '<='], ['>=', '>='], ['<', '<'], ['>', '>'], ['le', '<='], ['ge', '>='], ['lt', '<'], ['gt', '>']],
  [['+', '+'], ['-', '-']],
  [['*', '*'], ['/', '/'], ['%', '%']],
];

/** Reads the expressions and references of a template. */
export class ExpressionParser {
  readonly text: string;
  at = 0;
  #depth = 0;
  /** Parses what stands in double quotes: a template. */
  readonly #template: (text: string) => readonly Node[];

  constructor(text: string, template: (text: string) => readonly Node[]) {
    this.text = text;
    this.#template = template;
  }

  fail(what: string): never {
    const line = this.text.slice(0, this.at).split('\n').length;
    throw new TemplateError(`line ${line}: ${what}`);
  }

  /** `(`, an expression, `)`. */
  parenthesized(): Expression {
    this.blanks();
    this.expect('(');
    const expression = this.expression();
    this.expect(')');
    return expression;
  }

  expression(level = 0): Expression {
    if (level === LEVELS.length) return this.#unary();
    if (level === 0 && ++this.#depth > DEEPEST) this.fail(`expressions nest deeper than ${DEEPEST}`);
    let left = this.expression(level + 1);
    for (;;) {
      this.blanks();
      const operator = this.#operator(level);
      if (operator === null) break;
      left = { kind: 'binary', operator, left, right: this.expression(level + 1) };
    }
    if (level === 0) this.#depth--;
    return left;
  }

  #operator(level: number): BinaryOperator | null {
    for (const [written, operator] of LEVELS[level]!) {
      if (!this.text.startsWith(written, this.at)) continue;
      const after = this.text[this.at + written.length] ?? '';
      if (/[a-z]/.test(written) && NAME.test(after)) continue;
      this.at += written.length;
      return operator;
    }
    return null;
  }

  #unary(): Expression {
    this.blanks();
    if (this.text[this.at] === '!') this.at++;
    else if (/^not(?![\w-])/.test(this.text.slice(this.at, this.at + 4))) this.at += 3;
    else return this.#primary();
    if (++this.#depth > DEEPEST) this.fail(`expressions nest deeper than ${DEEPEST}`);
    const operand = this.#unary();
    this.#depth--;
    return { kind: 'not', operand };
  }

  #primary(): Expression {
    const character = this.text[this.at] ?? '';
    if (character === '$') {
      const found = this.reference();
      if (found === null) this.fail('a dollar sign begins no reference');
      return { kind: 'reference', reference: found.reference };
    }
    if (character === '(') return this.parenthesized();
    if (character === '"' || character === "'") return this.#string(character);
    if (character === '[') return this.#list();
    if (character === '{') return this.#map();
    const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(this.text.slice(this.at, this.at + 40));
    if (number !== null) {
      // `1..3` is a range of whole numbers
      this.at += number[0].length;
      return { kind: 'literal', value: /[.eE]/.test(number[0]) ? new Float(Number(number[0])) : this.#whole(number[0]) };
    }
    const word = /^(?:true|false|null)(?![\w-])/.exec(this.text.slice(this.at, this.at + 6))?.[0];
    if (word === undefined) this.fail(`an expression was expected${character === '' ? '' : ` instead of ${JSON.stringify(character)}`}`);
    this.at += word.length;
    return { kind: 'literal', value: word === 'null' ? null : word === 'true' };
  }

  #whole(digits: string): number | bigint {
    const value = Number(digits);
    return Number.isSafeInteger(value) ? value : BigInt(digits);
  }

  /** A quote that is doubled stands for itself. In double quotes references and directives are executed. */
  #string(quote: '"' | "'"): Expression {
    let content = '';
    for (this.at++; ; this.at++) {
      if (this.at >= this.text.length) this.fail('a string does not end');
      if (this.text[this.at] === quote) {
        if (this.text[this.at + 1] !== quote) break;
        this.at++;
      }
      content += this.text[this.at];
    }
    this.at++;
    if (quote === "'" || !/[$#]/.test(content)) return { kind: 'literal', value: content };
    return { kind: 'interpolated', body: this.#template(content) };
  }

  /** `[a, b]` or `[a..b]`. */
  #list(): Expression {
    this.at++;
    const items: Expression[] = [];
    this.blanks();
    while (this.text[this.at] !== ']') {
      const item = this.expression();
      this.blanks();
      if (items.length === 0 && this.text.startsWith('..', this.at)) {
        this.at += 2;
        const to = this.expression();
        this.expect(']');
        return { kind: 'range', from: item, to };
      }
      items.push(item);
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] !== ']') this.fail('a list does not end');
      this.blanks();
    }
    this.at++;
    return { kind: 'list', items };
  }

  #map(): Expression {
    this.at++;
    const entries: [Expression, Expression][] = [];
    this.blanks();
    while (this.text[this.at] !== '}') {
      const key = this.expression();
      this.expect(':');
      entries.push([key, this.expression()]);
      this.blanks();
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] !== '}') this.fail('a map does not end');
      this.blanks();
    }
    this.at++;
    return { kind: 'map', entries };
  }

  /** A reference at a dollar sign; null, and nothing is read: there is none. */
  reference(): { readonly reference: Reference; readonly quiet: boolean } | null {
    const start = this.at;
    this.at++;
    const quiet = this.text[this.at] === '!';
    if (quiet) this.at++;
    const formal = this.text[this.at] === '{';
    if (formal) this.at++;
    if (!NAME_START.test(this.text[this.at] ?? '')) {
      this.at = start;
      return null;
    }
    const name = this.name();
    const steps: Step[] = [];
    for (let step = this.#step(); step !== null; step = this.#step()) steps.push(step);
    if (formal) {
      if (this.text[this.at] !== '}') {
        this.at = start;
        return null;
      }
      this.at++;
    }
    return { reference: { name, steps }, quiet };
  }

  #step(): Step | null {
    const { text } = this;
    if (text[this.at] === '.' && NAME_START.test(text[this.at + 1] ?? '')) {
      this.at++;
      const name = this.name();
      return text[this.at] === '(' ? { kind: 'method', name, parameters: this.#parameters() } : { kind: 'property', name };
    }
    // a bracket that holds no index is text
    if (text[this.at] !== '[' || !/^\[\s*(?:-?\d+\s*\]|[$'"])/.test(text.slice(this.at, this.at + 40))) return null;
    this.at++;
    const index = this.expression();
    this.expect(']');
    return { kind: 'index', index };
  }

  #parameters(): readonly Expression[] {
    const parameters: Expression[] = [];
    this.at++;
    this.blanks();
    while (this.text[this.at] !== ')') {
      parameters.push(this.expression());
      this.blanks();
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] !== ')') this.fail('the parameters of a method do not end');
      this.blanks();
    }
    this.at++;
    return parameters;
  }

  name(): string {
    const start = this.at;
    while (NAME.test(this.text[this.at] ?? '')) this.at++;
    return this.text.slice(start, this.at);
  }

  blanks(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at++;
  }

  expect(character: string): void {
    this.blanks();
    if (this.text[this.at] !== character) this.fail(`"${character}" was expected`);
    this.at++;
  }
}
