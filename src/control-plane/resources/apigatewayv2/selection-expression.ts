/**
 * Selection expressions of WebSocket APIs (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html):
 * static text and variables, `$request.body.a` or `${request.body.a}`; `\$` is a dollar sign. Which JSONPaths may stand in them is chosen: names,
 * indexes, slices, wildcards and `..`; filters and scripts are refused.
 */
export type SelectionPart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'body'; readonly path: readonly JsonPathStep[] };

export type JsonPathStep =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | null; readonly to: number | null }
  | { readonly kind: 'every' }
  | { readonly kind: 'descend' };

export type ParsedSelection = { readonly kind: 'parts'; readonly parts: readonly SelectionPart[] } | { readonly kind: 'wrong'; readonly why: string };

const BODY = 'request.body';
/** Longer ones are not what anybody means, and every message would pay for them. */
const LONGEST = 1024;

export function parseSelectionExpression(expression: string): ParsedSelection {
  if (expression.length > LONGEST) return { kind: 'wrong', why: `it is longer than ${LONGEST} characters` };
  const parts: SelectionPart[] = [];
  let text = '';
  let at = 0;
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
  };
  while (at < expression.length) {
    const character = expression[at]!;
    if (character === '\\' && at + 1 < expression.length) {
      text += expression[at + 1];
      at += 2;
      continue;
    }
    if (character !== '$') {
      text += character;
      at++;
      continue;
    }
    const braced = expression[at + 1] === '{';
    const start = at + (braced ? 2 : 1);
    if (!expression.startsWith(BODY, start)) return { kind: 'wrong', why: `the variable at character ${at + 1} is not request.body` };
    const path = new PathReader(expression, start + BODY.length);
    const steps = path.read();
    if (typeof steps === 'string') return { kind: 'wrong', why: steps };
    if (braced && expression[path.at] !== '}') return { kind: 'wrong', why: `the brace at character ${at + 2} is not closed after a JSONPath` };
    flush();
    parts.push({ kind: 'body', path: steps });
    at = path.at + (braced ? 1 : 0);
  }
  flush();
  return { kind: 'parts', parts };
}

const NAME = /[A-Za-z0-9_\-\u0080-\uffff]/;

/** Reads a JSONPath (after its root) as far as it goes. */
class PathReader {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  read(): readonly JsonPathStep[] | string {
    const steps: JsonPathStep[] = [];
    for (;;) {
      const character = this.#text[this.at];
      if (character === '[') {
        const step = this.#bracket();
        if (typeof step === 'string') return step;
        steps.push(step);
      } else if (character === '.' && this.#text[this.at + 1] === '.') {
        this.at += 2;
        steps.push({ kind: 'descend' });
        if (this.#text[this.at] === '[') continue;
        const step = this.#dotted();
        if (step === null) return `".." at character ${this.at - 1} is followed by no name`;
        steps.push(step);
      } else if (character === '.') {
        this.at++;
        const step = this.#dotted();
        if (step === null) {
          // a full stop that ends the variable belongs to the text
          this.at--;
          return steps;
        }
        steps.push(step);
      } else return steps;
    }
  }

  /** `*` or a name. */
  #dotted(): JsonPathStep | null {
    if (this.#text[this.at] === '*') {
      this.at++;
      return { kind: 'every' };
    }
    const start = this.at;
    while (this.at < this.#text.length && NAME.test(this.#text[this.at]!)) this.at++;
    return this.at === start ? null : { kind: 'names', names: [this.#text.slice(start, this.at)] };
  }

  #bracket(): JsonPathStep | string {
    const start = this.at;
    const rest = this.#text.slice(start);
    const every = /^\[\s*\*\s*\]/.exec(rest);
    if (every) return this.#took(every[0], { kind: 'every' });
    const indexes = /^\[\s*(-?\d{1,9}(?:\s*,\s*-?\d{1,9})*)\s*\]/.exec(rest);
    if (indexes) return this.#took(indexes[0], { kind: 'indexes', indexes: indexes[1]!.split(',').map(Number) });
    const slice = /^\[\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*\]/.exec(rest);
    if (slice) return this.#took(slice[0], { kind: 'slice', from: slice[1] === undefined ? null : Number(slice[1]), to: slice[2] === undefined ? null : Number(slice[2]) });
    return this.#names(start);
  }

  /** `['a','b']`, with `\` before a character that would mean something. */
  #names(start: number): JsonPathStep | string {
    const wrong = `the bracket at character ${start + 1} holds neither names in quotes, nor indexes, nor a slice, nor *`;
    const names: string[] = [];
    this.at = start + 1;
    for (;;) {
      this.#blanks();
      const quote = this.#text[this.at];
      if (quote !== "'" && quote !== '"') return wrong;
      let name = '';
      for (this.at++; this.#text[this.at] !== quote; this.at++) {
        if (this.#text[this.at] === '\\') this.at++;
        if (this.at >= this.#text.length) return wrong;
        name += this.#text[this.at];
      }
      this.at++;
      names.push(name);
      this.#blanks();
      const next = this.#text[this.at++];
      if (next === ']') return { kind: 'names', names };
      if (next !== ',') return wrong;
    }
  }

  #blanks(): void {
    while (this.#text[this.at] === ' ') this.at++;
  }

  #took(text: string, step: JsonPathStep): JsonPathStep {
    this.at += text.length;
    return step;
  }
}
