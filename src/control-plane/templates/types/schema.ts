import { isList, isMap, NO_VALUE, scalarText, UNKNOWN, type Value } from '../expressions/value.ts';
import { choices, type Problems } from '../problem.ts';

/** What a property may hold. CloudFormation turns text into numbers and truth values and back, so these do. */
export type Rule =
  | { readonly kind: 'text'; readonly allowed: readonly string[] | null }
  | { readonly kind: 'number' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'list'; readonly of: Rule }
  | { readonly kind: 'record'; readonly fields: Readonly<Record<string, Field>> }
  | { readonly kind: 'map'; readonly of: Rule }
  /** JSON as the service takes it: a map, or text that holds one; becomes text. */
  | { readonly kind: 'document' }
  /** The first that fits. */
  | { readonly kind: 'either'; readonly rules: readonly Rule[] };

export interface Field {
  readonly rule: Rule;
  readonly required: boolean;
}

/** A property of a resource type. */
export interface Property extends Field {
  /** What AWS documents as "Update requires": replacement, or none (or some interruption). */
  readonly replaces: boolean;
}

export const text: Rule = { kind: 'text', allowed: null };
export const number: Rule = { kind: 'number' };
export const flag: Rule = { kind: 'flag' };
export const document: Rule = { kind: 'document' };
export const texts: Rule = { kind: 'list', of: text };
export const oneOf = (...allowed: readonly string[]): Rule => ({ kind: 'text', allowed });
export const listOf = (of: Rule): Rule => ({ kind: 'list', of });
export const mapOf = (of: Rule): Rule => ({ kind: 'map', of });
export const either = (...rules: readonly Rule[]): Rule => ({ kind: 'either', rules });
/** Fields whose names end in `!` are required. */
export function record(fields: Readonly<Record<string, Rule>>): Rule {
  return {
    kind: 'record',
    fields: Object.fromEntries(Object.entries(fields).map(([name, rule]) => (name.endsWith('!') ? [name.slice(0, -1), { rule, required: true }] : [name, { rule, required: false }]))),
  };
}

/** Properties that an update changes where they are, and those that need a new resource. Names that end in `!` are required. */
export function properties(kinds: { readonly inPlace: Readonly<Record<string, Rule>>; readonly replace: Readonly<Record<string, Rule>> }): Readonly<Record<string, Property>> {
  const of = (rules: Readonly<Record<string, Rule>>, replaces: boolean): [string, Property][] =>
    Object.entries(rules).map(([name, rule]) => [name.replace(/!$/, ''), { rule, required: name.endsWith('!'), replaces }]);
  return Object.fromEntries([...of(kinds.replace, true), ...of(kinds.inPlace, false)]);
}

export const tags: Rule = listOf(record({ 'Key!': text, 'Value!': text }));
export const keyValues: Rule = listOf(record({ 'Key!': text, 'Value!': text }));

/** Checks a map against fields and gives it with every scalar in the type that is asked for. Unknown values pass: they are checked when known. */
export function conform(value: Value, fields: Readonly<Record<string, Field>>, at: { readonly path: string; readonly problems: Problems; readonly of: string }): Value {
  const { path, problems } = at;
  if (value === UNKNOWN || value === NO_VALUE) return value;
  if (!isMap(value)) {
    problems.add(path, value, `allowed: a map with ${Object.keys(fields).join(', ')}`);
    return UNKNOWN;
  }
  const result: [string, Value][] = [];
  for (const [name, inner] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) problems.add(`${path}.${name}`, name, `${at.of} has no such property here; allowed: ${choices(Object.keys(fields), name)}`);
    else if (inner === null) problems.add(`${path}.${name}`, null, 'allowed: a value; leave the property out, or use AWS::NoValue');
    else result.push([name, conformTo(inner, field.rule, { ...at, path: `${path}.${name}` })]);
  }
  for (const [name, field] of Object.entries(fields)) {
    if (field.required && !Object.hasOwn(value, name)) problems.add(`${path}.${name}`, undefined, `required: ${described(field.rule)}`);
  }
  return Object.fromEntries(result);
}

function conformTo(value: Value, rule: Rule, at: { readonly path: string; readonly problems: Problems; readonly of: string }): Value {
  if (value === UNKNOWN || value === NO_VALUE) return value;
  const wrong = (): Value => {
    at.problems.add(at.path, value, `allowed: ${described(rule)}`);
    return UNKNOWN;
  };
  switch (rule.kind) {
    case 'text': {
      const written = scalarText(value);
      return written === undefined || (rule.allowed !== null && !rule.allowed.includes(written)) ? wrong() : written;
    }
    case 'number': {
      const written = scalarText(value)?.trim();
      const number = written === undefined || written === '' || typeof value === 'boolean' ? Number.NaN : Number(written);
      return Number.isFinite(number) ? number : wrong();
    }
    case 'flag': {
      const written = scalarText(value)?.toLowerCase();
      return written === 'true' ? true : written === 'false' ? false : wrong();
    }
    case 'list':
      return isList(value) ? value.map((item, index) => conformTo(item, rule.of, { ...at, path: `${at.path}[${index}]` })) : wrong();
    case 'record':
      return isMap(value) ? conform(value, rule.fields, at) : wrong();
    case 'map':
      return isMap(value)
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, conformTo(inner, rule.of, { ...at, path: `${at.path}.${name}` })]))
        : wrong();
    case 'document':
      return isMap(value) || isJsonMap(value) ? value : wrong();
    case 'either': {
      const fitting = rule.rules.find((one) => shapeFits(value, one));
      return fitting === undefined ? wrong() : conformTo(value, fitting, at);
    }
  }
}

function isJsonMap(value: Value): boolean {
  if (typeof value !== 'string') return false;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

function shapeFits(value: Value, rule: Rule): boolean {
  switch (rule.kind) {
    case 'text': case 'number': case 'flag': return scalarText(value) !== undefined;
    case 'list': return isList(value);
    case 'record': case 'map': return isMap(value);
    case 'document': return isMap(value) || isJsonMap(value);
    case 'either': return rule.rules.some((one) => shapeFits(value, one));
  }
}

function described(rule: Rule): string {
  switch (rule.kind) {
    case 'text': return rule.allowed === null ? 'text' : rule.allowed.join(', ');
    case 'number': return 'a number';
    case 'flag': return 'true or false';
    case 'list': return `a list of ${described(rule.of)}`;
    case 'record': return `a map with ${Object.entries(rule.fields).map(([name, field]) => (field.required ? `${name} (required)` : name)).join(', ')}`;
    case 'map': return `a map of names to ${described(rule.of)}`;
    case 'document': return 'a JSON map';
    case 'either': return rule.rules.map(described).join(', or ');
  }
}
