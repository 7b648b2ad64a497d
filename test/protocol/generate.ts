import type { Member, Ref, StructureShape } from '../../src/aws/model/shape.ts';

/**
 * Values for shapes, the same on every run.
 *   minimal  what is required, and nothing else
 *   full     every member, lists of two
 *   edge     every member, with texts and numbers at which codecs break
 *   empty    every member, with empty texts, lists and maps
 */
export type Variant = 'minimal' | 'full' | 'edge' | 'empty';

export const VARIANTS: readonly Variant[] = ['minimal', 'full', 'edge', 'empty'];

const EDGE_TEXTS = [
  'a b+c%20d&e=f/g?h#i', '<tag attr="x">&amp;\'</tag>]]>', 'grüße-日本語-😀-ß', ' leading and trailing ', 'line\nbreak\ttab', '{"json": [1, "\\u0000"]}',
  'é́ combining', '%', '+', '"quoted, and comma"', '__proto__', 'constructor', "it's (a) *test*! ~", '\\back\\slash', 'a'.repeat(300),
];
const HEADER_TEXTS = ['plain', 'with space', 'a=b;c="d"', '%41', 'semi;colon', 'W/"tag"'];
const EDGE_INTEGERS = [0, -1, 1, 2_147_483_647, -2_147_483_648];
const EDGE_LONGS = [0, -1, 9_007_199_254_740_991, -9_007_199_254_740_991];
const EDGE_DOUBLES = [0, -1.5, 1e-7, 1e21, 123_456.789, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
const EDGE_TIMES = [0, 1_700_000_000_000, 946_684_799_000, 4_102_444_800_000];
const DEEPEST = 7;

interface Place {
  readonly variant: Variant;
  readonly direction: 'input' | 'output';
  readonly depth: number;
  /** Shapes that this value is inside of: one that recurs is not followed a second time. */
  readonly within: readonly string[];
  readonly location: Member['location'];
  /** Whether milliseconds survive: not in HTTP dates, nor in what botocore writes as CBOR. */
  readonly milliseconds: boolean;
}

/** Makes values for one operation after another; a counter chooses among the edges, so that all occur. */
export class Generator {
  #count = 0;
  readonly #milliseconds: boolean;

  constructor(options: { readonly milliseconds: boolean }) {
    this.#milliseconds = options.milliseconds;
  }

  structure(shape: StructureShape, variant: Variant, direction: 'input' | 'output'): Record<string, unknown> {
    return this.#structure(shape, { variant, direction, depth: 0, within: [shape.name], location: null, milliseconds: this.#milliseconds });
  }

  #structure(shape: StructureShape, place: Place): Record<string, unknown> {
    if (shape.document) return { text: 'a', list: [1, 'b', { c: null }] };
    const value: Record<string, unknown> = {};
    const members = shape.union ? [shape.members[this.#count++ % shape.members.length]!] : shape.members;
    for (const member of members) {
      if (place.variant === 'minimal' && !member.required && !shape.union) continue;
      if (member.shape.type === 'structure' && member.shape.eventStream) continue;
      const here = place.direction === 'output' && (member.location === 'uri' || member.location === 'querystring') ? null : member.location;
      const item = this.#value(member, { ...place, depth: place.depth + 1, location: here ?? place.location });
      if (item !== undefined) value[member.name] = item;
    }
    return value;
  }

  /** Undefined where following the shape would not end. */
  #value(ref: Ref, place: Place): unknown {
    const { shape } = ref;
    switch (shape.type) {
      case 'structure': {
        if (place.within.includes(shape.name) || place.depth > DEEPEST) return undefined;
        const value = this.#structure(shape, { ...place, within: [...place.within, shape.name] });
        return shape.union && Object.keys(value).length === 0 ? undefined : value;
      }
      case 'list': {
        if (place.variant === 'empty' && place.location !== 'header') return [];
        const first = this.#value(shape.member, { ...place, depth: place.depth + 1 });
        if (first === undefined) return undefined;
        return place.variant === 'minimal' ? [first] : [first, this.#value(shape.member, { ...place, depth: place.depth + 1 })];
      }
      case 'map': {
        if (place.variant === 'empty') return {};
        const value = this.#value(shape.value, { ...place, depth: place.depth + 1 });
        if (value === undefined) return undefined;
        const enumeration = shape.key.shape.type === 'string' ? shape.key.shape.enum : null;
        const keys = enumeration ? enumeration.slice(0, 2) : place.location === 'headers' ? ['one', 'two'] : place.variant === 'edge' ? ['key & <1>', '__proto__'] : ['one', 'two'];
        return Object.fromEntries(keys.map((key) => [key, value]));
      }
      case 'string':
        return shape.enum && place.variant !== 'edge' ? shape.enum[this.#count++ % shape.enum.length] : this.#text(ref, place);
      case 'blob':
        if (place.variant === 'empty') return new Uint8Array();
        return new Uint8Array(Buffer.from(place.variant === 'edge' ? [0, 255, 254, 10, 13, 127, this.#count++ & 255] : `blob ${this.#count++}`));
      case 'boolean':
        return this.#count++ % 2 === 0;
      case 'timestamp': {
        const at = place.variant === 'edge' ? this.#pick(EDGE_TIMES) : 1_700_000_000_000 + this.#count++ * 1000;
        const exact = place.milliseconds && place.location === null && ref.timestampFormat !== 'rfc822';
        return new Date(place.variant === 'edge' && exact ? at + 123 : at);
      }
      case 'byte':
      case 'short':
        return this.#count++ % 100;
      case 'integer':
        // the HTTP status of an answer is a success
        if (place.location === 'statusCode') return 200;
        return place.variant === 'edge' ? this.#pick(EDGE_INTEGERS) : this.#count++ % 1000;
      case 'long':
        return place.variant === 'edge' ? this.#pick(EDGE_LONGS) : this.#count++ * 1000;
      case 'float':
        return place.variant === 'edge' ? this.#pick([0, -1.5, 0.25, 1024]) : 1.5;
      case 'double':
        return place.variant === 'edge' ? this.#pick(EDGE_DOUBLES) : this.#count++ / 4;
    }
  }

  #text(ref: Ref, place: Place): string {
    switch (place.location) {
      case 'uri':
        // a label is never empty; a host label is a name
        return place.variant === 'edge' && !/route/i.test(ref.wireName ?? '') ? this.#pick(EDGE_TEXTS).trim() : `label${this.#count++}`;
      case 'header':
      case 'headers':
        if (/route/i.test(ref.wireName ?? '')) return 'route';
        return place.variant === 'edge' ? this.#pick(HEADER_TEXTS) : `header${this.#count++}`;
      default:
        if (place.variant === 'empty') return '';
        return place.variant === 'edge' ? this.#pick(EDGE_TEXTS) : `text ${this.#count++}`;
    }
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#count++ % values.length]!;
  }
}

/** Without empty lists, maps and structures, which some wires cannot tell from absent ones. */
export function pruned(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(pruned).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array)) {
    const entries = Object.entries(value).map(([key, item]) => [key, pruned(item)] as const).filter(([, item]) => item !== undefined);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  return value;
}
