/** One step of a JSONPath (the part of it that selection expressions may use). */
export type JsonPathStep =
  /** `.a`, `['a']`, `['a','b']` */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** `[0]`, `[-1]`, `[0,2]` */
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  /** `[1:3]`; null: open. */
  | { readonly kind: 'slice'; readonly from: number | null; readonly to: number | null }
  /** `.*`, `[*]` */
  | { readonly kind: 'every' }
  /** `..`: the next step is taken from every value below, this one included. */
  | { readonly kind: 'descend' };

const NAME = /[A-Za-z0-9_\-\u0080-\uffff]/;

/** Reads a JSONPath (after its root) as far as it goes: names, indexes, slices, wildcards and `..`; no filters and scripts. */
export class JsonPathReader {
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

/**
 * What a path leads to; undefined: nothing. A path that can lead to several values gives the list of them, as JSONPath for Java does; one
 * of names and single indexes gives the value itself.
 */
export function valueAt(root: unknown, path: readonly JsonPathStep[]): unknown {
  let values: unknown[] = [root];
  let several = false;
  for (let i = 0; i < path.length; i++) {
    const step = path[i]!;
    if (step.kind === 'descend') {
      values = values.flatMap((value) => below(value));
      several = true;
      continue;
    }
    several ||= step.kind === 'every' || step.kind === 'slice' || (step.kind === 'names' ? step.names.length > 1 : step.indexes.length > 1);
    const next: unknown[] = [];
    for (const value of values) take(value, step, next);
    values = next;
    if (values.length === 0 && !several) return undefined;
  }
  return several ? values : values[0];
}

function take(value: unknown, step: Exclude<JsonPathStep, { kind: 'descend' }>, into: unknown[]): void {
  if (typeof value !== 'object' || value === null) return;
  switch (step.kind) {
    case 'names':
      if (Array.isArray(value)) return;
      for (const name of step.names) if (Object.hasOwn(value, name)) into.push((value as Readonly<Record<string, unknown>>)[name]);
      return;
    case 'every':
      for (const item of Object.values(value)) into.push(item);
      return;
    case 'indexes':
      if (!Array.isArray(value)) return;
      for (const index of step.indexes) {
        const at = index < 0 ? value.length + index : index;
        if (at >= 0 && at < value.length) into.push(value[at]);
      }
      return;
    case 'slice':
      if (Array.isArray(value)) for (const item of value.slice(step.from ?? 0, step.to ?? value.length)) into.push(item);
      return;
  }
}

/** A value and all that is in it. */
function below(value: unknown): unknown[] {
  const all: unknown[] = [];
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    all.push(next);
    for (const item of Object.values(next).reverse()) open.push(item);
  }
  return all;
}
