import { isPlainMap, type Plain, type PlainMap } from '../document/source.ts';
import { choices, type Problems } from '../problem.ts';

/** A resource of the template before its form is checked: what SAM's types are, and what they become. */
export type Declared = PlainMap;

/** What the expansion of a template is written into. */
export interface Expansion {
  readonly problems: Problems;
  /** Resources as CloudFormation has them, by logical id. */
  readonly resources: Map<string, Declared>;
  /** Logical ids by what the template calls them: `Function.Alias`. */
  readonly references: Map<string, string>;
}

/** Members of a resource beside Type and Properties, which what it becomes has too. */
export function around(declared: Declared, names: readonly string[] = ['Condition', 'DeletionPolicy', 'DependsOn', 'Metadata', 'UpdateReplacePolicy']): PlainMap {
  return Object.fromEntries(names.flatMap((name) => (declared[name] === undefined ? [] : [[name, declared[name]]])));
}

/** A map's members that are there. */
export function some(members: Readonly<Record<string, Plain | undefined>>): PlainMap {
  return Object.fromEntries(Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** Tells what is not a map, and members that are not known, and why some that SAM knows are refused. */
export function checked(value: Plain | undefined, at: { readonly path: string; readonly problems: Problems }, known: { readonly served: readonly string[]; readonly refused?: Readonly<Record<string, string>> }): PlainMap {
  const { path, problems } = at;
  if (value === undefined) return {};
  if (!isPlainMap(value)) {
    problems.add(path, value, `allowed: a map with ${known.served.join(', ')}`);
    return {};
  }
  for (const [name, inner] of Object.entries(value)) {
    if (!known.served.includes(name)) problems.add(`${path}.${name}`, inner, known.refused?.[name] ?? `allowed: ${choices(known.served, name)}`);
  }
  return value;
}

export function textOf(value: Plain | undefined): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

export function listOf(value: Plain | undefined): readonly Plain[] {
  return Array.isArray(value) ? (value as readonly Plain[]) : value === undefined || value === null ? [] : [value];
}

/** `{ Ref: X }` or a function: what is known once the stack is. */
export function isIntrinsic(value: Plain | undefined): value is PlainMap {
  if (!isPlainMap(value)) return false;
  const names = Object.keys(value);
  return names.length === 1 && (names[0] === 'Ref' || names[0]!.startsWith('Fn::'));
}
