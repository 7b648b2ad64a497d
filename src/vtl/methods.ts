import { Pattern, PatternError } from '../kernel/index.ts';
import { TemplateError } from './node.ts';
import { compareNumbers, equal, Float, handle, isHost, isNumber, List, LONGEST, placeOf, textOf, type Value } from './value.ts';

/** What a match of a pattern costs, and a part that a text is cut into, beside a character that is only looked at. */
const MATCH = 128;
const PART = 16;

type Method<T> = (on: T, parameters: readonly Value[]) => Value | undefined;

/** A method of a value as Java has it; undefined: there is none of that name, or not for these parameters. */
export function callMethod(on: Value, name: string, parameters: readonly Value[]): Value | undefined {
  if (on === null) return undefined;
  if (isHost(on)) {
    const made = on.call(name, parameters);
    return made === undefined ? undefined : bounded(made);
  }
  const own = typeof on === 'string' ? method(STRING, name)?.(on, parameters) : on instanceof List ? method(LIST, name)?.(on, parameters) : on instanceof Map ? method(MAP, name)?.(on, parameters)
    : isNumber(on) ? method(NUMBER, name)?.(on, parameters) : undefined;
  return own === undefined ? method(ANY, name)?.(on, parameters) : own;
}

/** `$list.empty`, `$entry.key`, ... of what is no map: the method that Java would find. */
export function propertyOf(on: Value, name: string): Value | undefined {
  if (on === null) return undefined;
  if (isHost(on)) return on.property(name);
  if (on instanceof Map) return on.get(name);
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  return callMethod(on, `get${capital}`, []) ?? callMethod(on, `is${capital}`, []);
}

function method<T>(table: Readonly<Record<string, Method<T>>>, name: string): Method<T> | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function index(value: Value | undefined): number | null {
  if (value instanceof Float) return truncated(value.value);
  return typeof value === 'number' ? value : null;
}

/** As Java casts: what no whole number is, is the nearest, and what is no number is 0. */
function truncated(value: number): number {
  return Number.isNaN(value) ? 0 : Math.trunc(Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER));
}

function bounded<T extends Value>(value: T): T {
  const size = typeof value === 'string' ? value.length : value instanceof List ? value.items.length : value instanceof Map ? value.size : 0;
  allow(size);
  return value;
}

/** Before something of that size is made. */
function allow(size: number): void {
  if (size > LONGEST) throw new TemplateError(`a value is larger than ${LONGEST}`);
}

/** A regular expression of the template, in the part of Java's that is safe to run. */
function pattern(source: Value | undefined): Pattern | null {
  if (typeof source !== 'string') return null;
  try {
    return new Pattern(source === '' ? '(?:)' : source, { fold: false, captures: true });
  } catch (error) {
    if (error instanceof PatternError) throw new TemplateError(`the pattern ${source} is not executed: ${error.message}`);
    throw error;
  }
}

function replaced(text: string, [source, replacement]: readonly Value[], all: boolean): Value | undefined {
  const regexp = pattern(source);
  if (regexp === null || typeof replacement !== 'string') return undefined;
  let out = '';
  let at = 0;
  while (at <= text.length) {
    const match = regexp.matchFrom(text, at);
    if (match === null) break;
    handle(MATCH);
    out += text.slice(at, match.index) + substituted(replacement, match);
    const end = match.index + match[0].length;
    // an empty match goes one on, with the character that it stands before
    if (match[0] === '') out += text.slice(end, end + 1);
    at = match[0] === '' ? end + 1 : end;
    bounded(out);
    if (!all) break;
  }
  return bounded(out + text.slice(at));
}

/** `$1` and `\` before a character, as Matcher.appendReplacement has them. */
function substituted(replacement: string, match: RegExpExecArray): string {
  let size = replacement.length;
  return replacement.replaceAll(/\\([\s\S])|\$(\d)/g, (_all, plain: string | undefined, group: string | undefined) => {
    const text = plain ?? match[Number(group)] ?? '';
    allow((size += text.length));
    return text;
  });
}

function split(text: string, source: Value | undefined, limit: number): Value | undefined {
  const regexp = pattern(source);
  if (regexp === null) return undefined;
  const items: string[] = [];
  let at = 0;
  const most = limit > 0 ? limit - 1 : Infinity;
  for (let from = 0; from < text.length && items.length < most;) {
    const match = regexp.matchFrom(text, from);
    if (match === null) break;
    handle(MATCH);
    const start = match.index;
    if (match[0] === '') {
      // between characters; never before the first
      if (start > 0 && start < text.length) {
        items.push(text.slice(at, start));
        at = start;
      }
      from = start + 1;
      continue;
    }
    items.push(text.slice(at, start));
    from = at = start + match[0].length;
  }
  items.push(text.slice(at));
  // Java drops what is empty at the end
  if (limit === 0) while (items.length > 1 && items.at(-1) === '') items.pop();
  return bounded(new List(items));
}

const STRING: Readonly<Record<string, Method<string>>> = {
  length: (text) => text.length,
  size: (text) => text.length,
  isEmpty: (text) => text === '',
  isBlank: (text) => text.trim() === '',
  toUpperCase: (text) => text.toUpperCase(),
  toLowerCase: (text) => text.toLowerCase(),
  trim: (text) => text.trim(),
  strip: (text) => text.trim(),
  concat: (text, [other]) => (typeof other === 'string' ? bounded(text + other) : undefined),
  contains: (text, [part]) => (typeof part === 'string' ? text.includes(part) : undefined),
  startsWith: (text, [part, at]) => (typeof part === 'string' ? text.startsWith(part, index(at) ?? 0) : undefined),
  endsWith: (text, [part]) => (typeof part === 'string' ? text.endsWith(part) : undefined),
  indexOf: (text, [part, at]) => (typeof part === 'string' ? text.indexOf(part, index(at) ?? 0) : undefined),
  lastIndexOf: (text, [part, at]) => (typeof part === 'string' ? text.lastIndexOf(part, index(at) ?? Infinity) : undefined),
  equalsIgnoreCase: (text, [other]) => typeof other === 'string' && text.toLowerCase() === other.toLowerCase(),
  compareTo: (text, [other]) => (typeof other === 'string' ? javaCompare(text, other) : undefined),
  substring(text, [from, to]) {
    const start = index(from);
    const end = to === undefined ? text.length : index(to);
    return start === null || end === null || start < 0 || end > text.length || start > end ? undefined : text.slice(start, end);
  },
  charAt(text, [at]) {
    const place = index(at);
    return place === null ? undefined : text[place];
  },
  repeat(text, [times]) {
    const count = index(times);
    if (count === null || count < 0) return undefined;
    allow(text.length * count);
    return text === '' ? '' : text.repeat(count);
  },
  replace(text, [from, to]) {
    if (typeof from !== 'string' || typeof to !== 'string') return undefined;
    const parts = text.split(from);
    handle(PART * parts.length);
    allow(text.length + (from === '' ? text.length + 1 : parts.length - 1) * (to.length - from.length));
    // an empty text stands before, between and after all characters
    return from === '' ? `${to}${parts.join(to)}${text === '' ? '' : to}` : parts.join(to);
  },
  replaceAll: (text, parameters) => replaced(text, parameters, true),
  replaceFirst: (text, parameters) => replaced(text, parameters, false),
  split: (text, [source, limit]) => split(text, source, index(limit) ?? 0),
  matches(text, [source]) {
    const regexp = pattern(typeof source === 'string' ? `^(?:${source})$` : undefined);
    return regexp === null ? undefined : regexp.matches(text);
  },
};

function javaCompare(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) if (left.charCodeAt(i) !== right.charCodeAt(i)) return left.charCodeAt(i) - right.charCodeAt(i);
  return left.length - right.length;
}

const LIST: Readonly<Record<string, Method<List>>> = {
  size: ({ items }) => items.length,
  /** Of API Gateway: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html */
  count: ({ items }) => items.length,
  isEmpty: ({ items }) => items.length === 0,
  get(list, [at]) {
    const place = index(at);
    return place === null ? undefined : list.items[place];
  },
  contains: ({ items }, [wanted]) => placeOf(items, wanted ?? null) >= 0,
  indexOf: ({ items }, [wanted]) => placeOf(items, wanted ?? null),
  add(list, [first, second]) {
    if (second === undefined) list.items.push(first ?? null);
    else {
      const place = index(first);
      if (place === null || place < 0 || place > list.items.length) return undefined;
      list.items.splice(place, 0, second);
    }
    bounded(list);
    return true;
  },
  addAll(list, [others]) {
    if (!(others instanceof List)) return undefined;
    for (const item of others.items.slice()) list.items.push(item);
    bounded(list);
    return others.items.length > 0;
  },
  set(list, [at, value]) {
    const place = index(at);
    if (place === null || place < 0 || place >= list.items.length) return undefined;
    const before = list.items[place]!;
    list.items[place] = value ?? null;
    return before;
  },
  remove(list, [what]) {
    const place = index(what);
    if (place !== null) return list.items.splice(place, 1)[0];
    const found = placeOf(list.items, what ?? null);
    if (found >= 0) list.items.splice(found, 1);
    return found >= 0;
  },
  subList(list, [from, to]) {
    const start = index(from);
    const end = index(to);
    return start === null || end === null || start < 0 || end > list.items.length || start > end ? undefined : new List(list.items.slice(start, end), list.json);
  },
  clear(list) {
    list.items.length = 0;
    return null;
  },
};

const MAP: Readonly<Record<string, Method<Map<string, Value>>>> = {
  size: (map) => map.size,
  isEmpty: (map) => map.size === 0,
  get: (map, [key]) => map.get(textOf(key ?? null)) ?? null,
  getOrDefault: (map, [key, other]) => map.get(textOf(key ?? null)) ?? other ?? null,
  containsKey: (map, [key]) => map.has(textOf(key ?? null)),
  containsValue: (map, [value]) => placeOf(map.values(), value ?? null) >= 0,
  put(map, [key, value]) {
    const name = textOf(key ?? null);
    const before = map.get(name) ?? null;
    map.set(name, value ?? null);
    bounded(map);
    return before;
  },
  putAll(map, [others]) {
    if (!(others instanceof Map)) return undefined;
    for (const [name, value] of others) map.set(name, value);
    bounded(map);
    return null;
  },
  remove(map, [key]) {
    const name = textOf(key ?? null);
    const before = map.get(name) ?? null;
    map.delete(name);
    return before;
  },
  keySet: (map) => new List([...map.keys()]),
  values: (map) => new List([...map.values()]),
  entrySet: (map) => new List([...map].map(([key, value]) => entry(key, value))),
};

function entry(key: string, value: Value): Value {
  return {
    host: true,
    property: (name) => (name === 'key' ? key : name === 'value' ? value : undefined),
    call: (name) => (name === 'getKey' ? key : name === 'getValue' ? value : name === 'toString' ? `${key}=${textOf(value)}` : undefined),
  };
}

const NUMBER: Readonly<Record<string, Method<number | bigint | Float>>> = {
  intValue: whole,
  longValue: whole,
  doubleValue: (number) => new Float(Number(number instanceof Float ? number.value : number)),
  compareTo: (number, [other]) => (isNumber(other ?? null) ? compareNumbers(number, other as number) : undefined),
};

function whole(number: number | bigint | Float): Value {
  return number instanceof Float ? truncated(number.value) : number;
}

const ANY: Readonly<Record<string, Method<Value>>> = {
  toString: (value: Value) => textOf(value),
  equals: (value, [other]) => (other === undefined ? undefined : equal(value, other)),
};
