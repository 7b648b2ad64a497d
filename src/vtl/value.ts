import { TemplateError } from './node.ts';

/** A number that Java would keep as a double: `1.0` is no `1`. */
export class Float {
  /** Private, so that it is no member that a path could lead to. */
  readonly #value: number;

  constructor(value: number) {
    this.#value = value;
  }

  get value(): number {
    return this.#value;
  }
}

/** A list that a template can change. `json`: it came out of a document, and prints as one. */
export class List {
  readonly items: Value[];
  readonly json: boolean;

  constructor(items: Value[], json = false) {
    this.items = items;
    this.json = json;
  }
}

/** An object of the caller's. What it answers with undefined does not exist. */
export interface HostObject {
  readonly host: true;
  property(name: string): Value | undefined;
  call(name: string, parameters: readonly Value[]): Value | undefined;
}

export type VtlMap = Map<string, Value>;
/** Whole numbers are numbers, or bigints where they are too large for one. */
export type Value = null | boolean | number | bigint | Float | string | List | VtlMap | HostObject;

/** A JSON document as templates see it: the numbers as they are written, objects and lists as maps and lists. Throws SyntaxError. */
export function parseJson(text: string): Value {
  return valueOf(readJson(text));
}

/** The document as JavaScript has it, but for its numbers. */
export function readJson(text: string): unknown {
  if (nesting(text) > DEEPEST) throw new SyntaxError(`it nests deeper than ${DEEPEST}`);
  // the text of a number tells what a JavaScript number does not: 1.0 from 1, and all digits of a long one
  const revive = (_key: string, value: unknown, { source }: { readonly source?: string } = {}): unknown => (typeof value === 'number' ? numberOf(source ?? String(value)) : value);
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
}

/** How deep a document nests, if it is one. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (quoted) {
      if (character === 92) i++;
      else if (character === 34) quoted = false;
    } else if (character === 34) quoted = true;
    else if (character === 91 || character === 123) deepest = Math.max(deepest, ++depth);
    else if (character === 93 || character === 125) depth--;
  }
  return deepest;
}

function numberOf(source: string): Value {
  if (/[.eE]/.test(source)) return new Float(Number(source));
  const value = Number(source);
  return Number.isSafeInteger(value) ? value : BigInt(source);
}

/** A part of such a document as templates see it. */
export function valueOf(value: unknown): Value {
  handled += COPIED;
  if (Array.isArray(value)) return new List(value.map(valueOf), true);
  if (typeof value === 'object' && value !== null && !(value instanceof Float)) return new Map(Object.entries(value).map(([name, item]) => [name, valueOf(item)]));
  return value as Value;
}

/** What a value costs that is copied, and a character that is printed, beside one that is only looked at. */
const COPIED = 16;
const PRINTED = 4;
let handled = 0;

/** What has been done that one step of a template can ask for in any amount, in characters that are looked at; ever more. */
export function handledSoFar(): number {
  return handled;
}

/** Somebody has done so much more. */
export function handle(characters: number): void {
  handled += characters;
}

/** Characters of a value at most, and how deep one may nest: methods could double a value with every call, and a list can hold itself. */
export const LONGEST = 1024 * 1024;
const DEEPEST = 200;

/** As JSON; host objects are null. */
export function toJson(value: Value): string {
  return printed((printer) => printer.json(value, 0));
}

/** What `toString` of Java gives. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  return printed((printer) => printer.plain(value, 0));
}

function printed(print: (printer: Printer) => void): string {
  const printer = new Printer();
  print(printer);
  handled += printer.text.length * PRINTED;
  return printer.text;
}

class Printer {
  text = '';

  json(value: Value, depth: number): void {
    if (value instanceof List) this.#all('[', value.items, (item) => this.json(item, this.#below(depth)), ',', ']');
    else if (value instanceof Map) {
      this.#all('{', value, ([name, item]) => {
        this.#add(`${JSON.stringify(name)}:`);
        this.json(item, this.#below(depth));
      }, ',', '}');
    } else if (typeof value === 'string') this.#add(JSON.stringify(value));
    else if (value !== null && isHost(value)) this.#add('null');
    else this.plain(value, depth);
  }

  plain(value: Value, depth: number): void {
    if (value instanceof List) {
      if (value.json) this.json(value, depth);
      else this.#all('[', value.items, (item) => this.plain(item, this.#below(depth)), ', ', ']');
    } else if (value instanceof Map) {
      this.#all('{', value, ([name, item]) => {
        this.#add(`${name}=`);
        this.plain(item, this.#below(depth));
      }, ', ', '}');
    } else if (value instanceof Float) this.#add(javaDouble(value.value));
    else if (value === null || !isHost(value)) this.#add(String(value));
  }

  #all<T>(open: string, items: Iterable<T>, print: (item: T) => void, separator: string, close: string): void {
    this.#add(open);
    let first = true;
    for (const item of items) {
      if (!first) this.#add(separator);
      first = false;
      print(item);
    }
    this.#add(close);
  }

  #below(depth: number): number {
    if (depth === DEEPEST) throw new TemplateError(`a value nests deeper than ${DEEPEST}`);
    return depth + 1;
  }

  #add(text: string): void {
    this.text += text;
    if (this.text.length > LONGEST) throw new TemplateError(`a value is larger than ${LONGEST}`);
  }
}

export function isHost(value: Value): value is HostObject {
  return typeof value === 'object' && value !== null && 'host' in value;
}

export function isNumber(value: Value): value is number | bigint | Float {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;
}

/** Java's Double.toString: `1.0`, `249.99`, `1.0E7`. */
function javaDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** Velocity 1.7: what is there is true, but for `false`. */
export function isTrue(value: Value): boolean {
  return value !== null && value !== false;
}

/** `==`: numbers by their value, others of different kinds by their text; nothing equals nothing only. */
export function equal(left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right;
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0;
  return left === right || textOf(left) === textOf(right);
}

/** Where a value is, by `equal`; -1: nowhere. What the others are printed as for that is bounded as one value is. */
export function placeOf(items: Iterable<Value>, wanted: Value): number {
  const text = wanted === null ? '' : textOf(wanted);
  let read = 0;
  let at = 0;
  for (const item of items) {
    if (item === wanted) return at;
    if (item !== null && wanted !== null) {
      if (isNumber(item) && isNumber(wanted)) {
        if (compareNumbers(item, wanted) === 0) return at;
      } else {
        const own = textOf(item);
        if (own === text) return at;
        if (typeof item === 'object' && (read += own.length) > LONGEST) throw new TemplateError(`what is looked through is larger than ${LONGEST}`);
      }
    }
    at++;
  }
  return -1;
}

export function compareNumbers(left: number | bigint | Float, right: number | bigint | Float): number {
  const a = left instanceof Float ? left.value : left;
  const b = right instanceof Float ? right.value : right;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Null: not defined (division by zero). */
export function calculate(operator: '+' | '-' | '*' | '/' | '%', left: number | bigint | Float, right: number | bigint | Float): Value {
  if (left instanceof Float || right instanceof Float) {
    const a = Number(left instanceof Float ? left.value : left);
    const b = Number(right instanceof Float ? right.value : right);
    if ((operator === '/' || operator === '%') && b === 0) return null;
    return new Float(operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b);
  }
  const a = BigInt(left);
  const b = BigInt(right);
  if ((operator === '/' || operator === '%') && b === 0n) return null;
  const result = operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b;
  // Java's long at most
  const wrapped = BigInt.asIntN(64, result);
  return wrapped >= BigInt(Number.MIN_SAFE_INTEGER) && wrapped <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wrapped) : wrapped;
}
