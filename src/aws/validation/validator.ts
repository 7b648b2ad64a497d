import type { OperationModel } from '../model/service-model.ts';
import type { BlobShape, ListShape, MapShape, NumberShape, Ref, Shape, StringShape, StructureShape } from '../model/shape.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { styleOf, type ValidationStyle } from './style.ts';

/** One broken constraint. */
export interface Violation {
  readonly kind: 'null' | 'length' | 'range' | 'pattern' | 'enum' | 'members';
  /** AWS's spelling: `tags.1.member.key`. */
  readonly path: string;
  /** As AWS prints it; null for an absent value, undefined for one that must not be printed. */
  readonly value: string | null | undefined;
  /** `Member must not be null`. */
  readonly requirement: string;
  /** The top-level member's wire name: whether it stood in the body or beside it. */
  readonly inBody: boolean;
}

/** AWS stops counting somewhere; a request that breaks thousands of constraints needs no sentence for each. */
const MOST_REPORTED = 20;

/** Checks inputs against the constraints of their model. Patterns are compiled once. */
export class Validator {
  readonly #patterns = new Map<string, Pattern | null>();

  violations(operation: OperationModel, input: Readonly<Record<string, unknown>>): readonly Violation[] {
    if (!operation.input) return [];
    const run = new Run(styleOf(operation.service.name), operation.name, (source) => this.#pattern(source));
    run.structure(operation.input, input, '');
    return run.found;
  }

  #pattern(source: string): Pattern | null {
    let pattern = this.#patterns.get(source);
    if (pattern === undefined) this.#patterns.set(source, (pattern = compilePattern(source)));
    return pattern;
  }
}

class Run {
  readonly found: Violation[] = [];
  readonly #style: ValidationStyle;
  readonly #operation: string;
  readonly #bodyPath: string;
  readonly #pattern: (source: string) => Pattern | null;
  #inBody = true;

  constructor(style: ValidationStyle, operation: string, pattern: (source: string) => Pattern | null) {
    this.#style = style;
    this.#operation = operation;
    this.#bodyPath = style.belowInput ? `${lowerFirst(operation)}Input.` : '';
    this.#pattern = pattern;
  }

  structure(shape: StructureShape, value: Readonly<Record<string, unknown>>, path: string): void {
    for (const member of shape.members) {
      if (this.found.length >= MOST_REPORTED) return;
      if (path === '') this.#inBody = member.location === null;
      const item = value[member.name];
      const above = path !== '' ? `${path}.` : this.#inBody ? this.#bodyPath : '';
      const at = `${above}${lowerFirst(member.name)}`;
      if (item === undefined || item === null) {
        // a client leaves tokens to the service if it has none (Smithy, "idempotencyToken trait")
        if (member.required && !member.idempotencyToken && !(path === '' && this.#style.wordsAbsenceOf.includes(`${this.#operation}.${member.name}`))) this.#report('null', { path: at, value: null, requirement: 'Member must not be null' });
      } else this.#value(member, item, at);
    }
  }

  #value(ref: Ref, value: unknown, path: string): void {
    const { shape } = ref;
    switch (shape.type) {
      case 'structure':
        if (!shape.document && !shape.eventStream) this.structure(shape, value as Readonly<Record<string, unknown>>, path);
        return;
      case 'list':
        this.#list(shape, value as readonly unknown[], path);
        return;
      case 'map':
        this.#map(ref, shape, { entries: value as Readonly<Record<string, unknown>>, path });
        return;
      case 'boolean':
      case 'timestamp':
        return;
      default: {
        const printed = ref.sensitive || shape.type === 'blob' ? undefined : String(javaNumber(shape, value));
        for (const { kind, requirement } of this.#scalar(shape, value)) this.#report(kind, { path, value: printed, requirement });
      }
    }
  }

  #list(shape: ListShape, items: readonly unknown[], path: string): void {
    this.#size(shape, { count: items.length, path, printed: () => printed(items) });
    const { member } = shape;
    if (isScalar(member)) {
      // AWS reports the items of a simple list together, as the list's own violation
      const broken = new Set<string>();
      for (const item of items) if (item !== null) for (const { requirement } of this.#scalar(member.shape, item)) broken.add(requirement);
      if (broken.size > 0) this.#report('members', { path, value: member.sensitive ? undefined : printed(items), requirement: `Member must satisfy constraint: [${this.#all(member, broken)}]` });
      return;
    }
    items.forEach((item, i) => {
      if (this.found.length < MOST_REPORTED && item !== null) this.#value(member, item, `${path}.${i + 1}.member`);
    });
  }

  #map({ sensitive }: Ref, shape: MapShape, { entries, path }: { readonly entries: Readonly<Record<string, unknown>>; readonly path: string }): void {
    const keys = Object.keys(entries);
    this.#size(shape, { count: keys.length, path, printed: () => printed(entries) });
    const all = isScalar(shape.value) ? Object.fromEntries(keys.map((key) => [key, javaNumber(shape.value.shape, entries[key])])) : entries;
    const broken = new Set<string>();
    if (isScalar(shape.key)) for (const key of keys) for (const { requirement } of this.#scalar(shape.key.shape, key)) broken.add(requirement);
    if (broken.size > 0) this.#report('members', { path, value: sensitive ? undefined : printed(all), requirement: `Map keys must satisfy constraint: [${this.#all(shape.key, broken, this.#style.notNull === 'keys')}]` });
    if (isScalar(shape.value)) {
      const wrong = new Set<string>();
      for (const key of keys) if (entries[key] !== null) for (const { requirement } of this.#scalar(shape.value.shape, entries[key])) wrong.add(requirement);
      if (wrong.size > 0) this.#report('members', { path, value: sensitive || shape.value.sensitive ? undefined : printed(all), requirement: `Map value must satisfy constraint: [${this.#all(shape.value, wrong)}]` });
      return;
    }
    for (const key of keys) if (this.found.length < MOST_REPORTED && entries[key] !== null) this.#value(shape.value, entries[key], `${path}.${key}.member`);
  }

  #size(shape: ListShape | MapShape, more: { count: number; path: string; printed: () => string }): void {
    const { min, max } = shape;
    if (min !== null && more.count < min) this.#report('length', { path: more.path, value: more.printed(), requirement: `Member must have length greater than or equal to ${min}` });
    if (max !== null && more.count > max) this.#report('length', { path: more.path, value: more.printed(), requirement: `Member must have length less than or equal to ${max}` });
  }

  #scalar(shape: Scalar, value: unknown): readonly Broken[] {
    switch (shape.type) {
      case 'string':
        return this.#string(shape, value as string);
      case 'blob':
        return lengths(shape, (value as { readonly byteLength?: number }).byteLength ?? 0);
      default:
        return this.#style.open.includes(shape.name) ? [] : ranges(shape, value as number);
    }
  }

  #string(shape: StringShape, value: string): readonly Broken[] {
    if (shape.enum) {
      if (this.#style.open.includes(shape.name) || shape.enum.includes(value)) return [];
      return [{ kind: 'enum', requirement: enumRequirement(shape) }];
    }
    const broken = lengths(shape, value.length);
    const pattern = shape.pattern === null ? null : this.#pattern(shape.pattern);
    // an overlong value is not matched: its length already is the error, and matching it could be slow
    const overlong = shape.max !== null && value.length > shape.max;
    if (pattern && !overlong && !pattern.test(value)) return [...broken, { kind: 'pattern', requirement: patternRequirement(pattern.source) }];
    return broken;
  }

  /** Every constraint of the items' shape, as AWS lists them, if there are several; a broken one alone otherwise. */
  #all(ref: Ref, broken: ReadonlySet<string>, notNull = this.#style.notNull === 'items'): string {
    const { shape } = ref;
    const all: string[] = [];
    if (isNumber(shape)) all.push(...rangeRequirements(shape));
    else if (shape.type !== 'string') all.push(...broken);
    else if (shape.enum) all.push(enumRequirement(shape));
    else all.push(...allRequirements(shape));
    if (notNull) all.push('Member must not be null');
    return all.join(', ');
  }

  #report(kind: Violation['kind'], more: Pick<Violation, 'path' | 'value' | 'requirement'>): void {
    if (this.found.length < MOST_REPORTED) this.found.push({ kind, ...more, inBody: this.#inBody });
  }
}

type Scalar = StringShape | BlobShape | NumberShape;

interface Broken {
  readonly kind: 'length' | 'range' | 'pattern' | 'enum';
  readonly requirement: string;
}

function isScalar(ref: Ref): ref is Ref & { readonly shape: Scalar } {
  const { type } = ref.shape;
  return type !== 'structure' && type !== 'list' && type !== 'map' && type !== 'boolean' && type !== 'timestamp';
}

function enumRequirement(shape: StringShape): string {
  return `Member must satisfy enum value set: [${(shape.enum ?? []).join(', ')}]`;
}

function patternRequirement(source: string): string {
  return `Member must satisfy regular expression pattern: ${source}`;
}

function allRequirements(shape: StringShape): readonly string[] {
  const all: string[] = [];
  if (shape.max !== null) all.push(`Member must have length less than or equal to ${shape.max}`);
  // What has a longest has a shortest too, zero where the model says none (seen in Cloud Map's answers).
  if (shape.min !== null || shape.max !== null) all.push(`Member must have length greater than or equal to ${shape.min ?? 0}`);
  if (shape.pattern !== null) all.push(patternRequirement(shape.pattern));
  return all;
}

function lengths(shape: StringShape | BlobShape, length: number): readonly Broken[] {
  if (shape.min !== null && length < shape.min) return [{ kind: 'length', requirement: `Member must have length greater than or equal to ${shape.min}` }];
  if (shape.max !== null && length > shape.max) return [{ kind: 'length', requirement: `Member must have length less than or equal to ${shape.max}` }];
  return [];
}

function ranges(shape: NumberShape, value: number): readonly Broken[] {
  if (shape.min !== null && value < shape.min) return [{ kind: 'range', requirement: least(shape) }];
  if (shape.max !== null && value > shape.max) return [{ kind: 'range', requirement: most(shape) }];
  return [];
}

function rangeRequirements(shape: NumberShape): readonly string[] {
  return [...(shape.max === null ? [] : [most(shape)]), ...(shape.min === null ? [] : [least(shape)])];
}

function most(shape: NumberShape): string {
  return `Member must have value less than or equal to ${javaNumber(shape, shape.max)}`;
}

function least(shape: NumberShape): string {
  return `Member must have value greater than or equal to ${javaNumber(shape, shape.min)}`;
}

function isNumber(shape: Shape): shape is NumberShape {
  return shape.type === 'integer' || shape.type === 'long' || shape.type === 'float' || shape.type === 'double';
}

/** Java writes whole floating numbers with a point. */
function javaNumber(shape: Shape, value: unknown): unknown {
  return (shape.type === 'double' || shape.type === 'float') && Number.isInteger(value) ? `${value as number}.0` : value;
}

/** AWS names members as its Java classes do. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Java's toString of a collection, cut where it grows beyond reading. */
function printed(value: unknown): string {
  if (Array.isArray(value)) return clip(`[${value.map(printed).join(', ')}]`);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  if (typeof value === 'object' && value !== null) return clip(`{${Object.entries(value).map(([key, item]) => `${key}=${printed(item)}`).join(', ')}}`);
  return String(value);
}

function clip(text: string): string {
  return text.length > 1024 ? `${text.slice(0, 1024)}...` : text;
}
