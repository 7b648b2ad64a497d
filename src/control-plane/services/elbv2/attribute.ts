import { invalidConfiguration, validationError } from './error.ts';

/** Attributes (`idle_timeout.timeout_seconds`, ...) as a table: what each may hold, and whether it is executed. */
export interface Attribute {
  readonly key: string;
  readonly default: string;
  readonly values: Values;
  /** What AWS says of a value that is none of those, where it has words of its own (observed). */
  readonly wrong?: (value: string) => string;
  /** What becomes of it: executed; kept and answered but without effect (listed by parity); or refused unless it says nothing. */
  readonly effect: Effect;
}

export type Values =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'one-of'; readonly values: readonly string[] }
  | { readonly kind: 'integer'; readonly from: number; readonly to: number }
  /** An integer in a range, or a word in its place (`off`). */
  | { readonly kind: 'integer-or'; readonly word: string; readonly from: number; readonly to: number }
  | { readonly kind: 'text'; readonly longest: number }
  /** A name or a value of an HTTP field (RFC 9110 section 5); empty for none. */
  | { readonly kind: 'field-name'; readonly longest: number }
  | { readonly kind: 'field-value'; readonly longest: number };

export type Effect =
  | { readonly kind: 'executed' }
  | { readonly kind: 'kept'; readonly why: string }
  /** Only the values in `allowed` are accepted; others are refused with `why`. */
  | { readonly kind: 'refused'; readonly allowed: readonly string[]; readonly why: string };

export const EXECUTED: Effect = { kind: 'executed' };
export const BOOLEAN: Values = { kind: 'boolean' };

export function kept(why: string): Effect {
  return { kind: 'kept', why };
}

export function refusedUnless(allowed: readonly string[], why: string): Effect {
  return { kind: 'refused', allowed, why };
}

export function defaults(table: readonly Attribute[]): Readonly<Record<string, string>> {
  return Object.fromEntries(table.map((attribute) => [attribute.key, attribute.default]));
}

export interface GivenAttribute {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

interface Table {
  /** `Load balancer`, `Target group`, `Listener`: how AWS's sentences begin. */
  readonly noun: string;
  readonly attributes: readonly Attribute[];
  /** What AWS says of a key that is given twice. */
  twice(key: string): string;
  /** Keys that exist for other types: AWS tells them apart from keys that it does not know. Null: the key is unknown. */
  elsewhere(key: string): string | null;
}

/** The attributes with those given replaced; throws on what AWS refuses and on what cannot be executed. */
export function modified(table: Table, old: Readonly<Record<string, string>>, given: readonly GivenAttribute[] | undefined): Readonly<Record<string, string>> {
  const result = { ...old };
  const seen = new Set<string>();
  if (!given || given.length === 0) throw validationError(`${table.noun} attributes must be specified`);
  for (const each of given) {
    const key = each.Key ?? '';
    const value = each.Value ?? '';
    if (key === '') throw validationError(`${table.noun} attribute key must be specified`);
    if (seen.has(key)) throw validationError(table.twice(key));
    seen.add(key);
    const attribute = table.attributes.find((candidate) => candidate.key === key);
    if (!attribute) {
      const elsewhere = table.elsewhere(key);
      throw elsewhere === null ? validationError(`${table.noun} attribute key '${key}' is not recognized`) : invalidConfiguration(elsewhere);
    }
    checkValue(attribute, value);
    result[key] = value;
  }
  return result;
}

function checkValue({ key, values, effect, wrong }: Attribute, value: string): void {
  /** Observed, but for the attributes that have `wrong`. */
  const refuse = (sentence: string): never => {
    throw validationError(wrong?.(value) ?? sentence);
  };
  switch (values.kind) {
    case 'boolean':
      if (value !== 'true' && value !== 'false') refuse(`The value of '${key}' must be 'true' or 'false', but was '${value}'`);
      break;
    case 'one-of':
      if (!values.values.includes(value)) refuse(`The value of '${key}' must be from the following: [${values.values.filter((each) => each !== '').join(', ')}], but was '${value}'`);
      break;
    case 'integer':
      if (!isWithin(value, values)) refuse(`'${key}' value '${value}' must be between '${values.from}-${values.to}' inclusive`);
      break;
    case 'integer-or':
      if (value !== values.word && !isWithin(value, values)) refuse(`'${key}' value '${value}' must be '${values.word}' or between '${values.from}-${values.to}' inclusive`);
      break;
    case 'text':
    case 'field-name':
    case 'field-value':
      if (value.length > values.longest) throw validationError(`'${key}' value cannot be longer than '${values.longest}' characters`);
      if (values.kind === 'field-name' && !/^[A-Za-z0-9_-]*$/.test(value)) refuse(`The value of '${key}' contains invalid characters`);
      if (values.kind === 'field-value' && !/^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/.test(value)) refuse(`The value of '${key}' contains invalid characters`);
      break;
  }
  if (effect.kind === 'refused' && !effect.allowed.includes(value)) {
    throw invalidConfiguration(wrong?.(value) ?? `'${key}' cannot be set to '${value}': ${effect.why}`);
  }
}

function isWithin(value: string, range: { readonly from: number; readonly to: number }): boolean {
  if (!/^-?\d{1,9}$/.test(value)) return false;
  const number = Number(value);
  return number >= range.from && number <= range.to;
}

export function listed(attributes: Readonly<Record<string, string>>, table: readonly Attribute[]): { Key: string; Value: string }[] {
  return table.map(({ key, default: otherwise }) => ({ Key: key, Value: attributes[key] ?? otherwise }));
}
