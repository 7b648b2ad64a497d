import type { Plain } from './source.ts';

/** The YAML tags of CloudFormation and the functions that they are short for. */
const FUNCTIONS = [
  'And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join', 'Length', 'Not', 'Or', 'Select', 'Split', 'Sub',
  'ToJsonString', 'Transform',
] as const;

const LONG: ReadonlyMap<string, string> = new Map([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...FUNCTIONS.map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
]);

export type Spelled = { readonly kind: 'value'; readonly value: Plain } | { readonly kind: 'unknown'; readonly allowed: string };

/** `!Ref x` -> `{ Ref: x }`; `!GetAtt a.b` -> `{ Fn::GetAtt: [a, b] }`. */
export function shortTag(tag: string, value: Plain): Spelled {
  const name = LONG.get(tag);
  if (name === undefined) return { kind: 'unknown', allowed: `allowed tags: ${[...LONG.keys()].join(', ')}` };
  if (name === 'Fn::GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { kind: 'value', value: { [name]: dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] } };
  }
  return { kind: 'value', value: { [name]: value } };
}
