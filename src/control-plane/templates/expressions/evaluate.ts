import { isPlainMap, type Plain, type PlainMap } from '../document/source.ts';
import { functions, type IntrinsicFunction } from './functions.ts';
import type { Place, Scope } from './scope.ts';
import { NO_VALUE, UNKNOWN, type Value } from './value.ts';

/** `{{resolve:ssm:...}}`: CloudFormation looks these up in services that Turnpike does not have. */
const DYNAMIC = /\{\{resolve:[^}]*\}\}/;

/**
 * Evaluates a value of a template: its functions, and those of everything in it. What cannot be evaluated is reported with its path and counts
 * as unknown. Branches that `Fn::If` does not take are not evaluated.
 */
export function evaluate(node: Plain, path: string, scope: Scope): Value {
  if (typeof node === 'string') {
    const dynamic = DYNAMIC.exec(node)?.[0];
    if (dynamic === undefined) return node;
    scope.problems.add(path, dynamic, 'dynamic references are not served: use a parameter (with NoEcho for secrets)');
    return UNKNOWN;
  }
  if (typeof node !== 'object' || node === null) return node;
  if (!isPlainMap(node)) {
    const list: Value[] = [];
    for (const [index, item] of node.entries()) {
      const value = evaluate(item, `${path}[${index}]`, scope);
      if (value !== NO_VALUE) list.push(value);
    }
    return list;
  }
  const name = functionName(node);
  if (name === null) return evaluateMap(node, path, scope);
  if (Object.keys(node).length > 1) {
    scope.problems.add(path, Object.keys(node), `allowed: ${name} alone, without other keys beside it`);
    return UNKNOWN;
  }
  const apply = (functions as Readonly<Record<string, IntrinsicFunction | undefined>>)[name];
  if (apply === undefined) {
    scope.problems.add(path, name, `allowed functions: ${Object.keys(functions).join(', ')}`);
    return UNKNOWN;
  }
  return apply(node[name] ?? null, placeAt(`${path}.${name}`, scope));
}

function evaluateMap(node: PlainMap, path: string, scope: Scope): Value {
  const entries: [string, Value][] = [];
  for (const [name, inner] of Object.entries(node)) {
    const value = evaluate(inner, `${path}.${name}`, scope);
    if (value !== NO_VALUE) entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

/**
 * The key that makes a map a function. `Condition` is one only where it stands alone with a name: policy documents have maps under that key.
 */
function functionName(node: PlainMap): string | null {
  const keys = Object.keys(node);
  for (const key of keys) if (key === 'Ref' || key.startsWith('Fn::')) return key;
  return keys.length === 1 && keys[0] === 'Condition' && typeof node['Condition'] === 'string' ? 'Condition' : null;
}

export function placeAt(path: string, scope: Scope): Place {
  return {
    scope,
    path,
    evaluate: (node, step) => evaluate(node, step === undefined ? path : typeof step === 'number' ? `${path}[${step}]` : `${path}.${step}`, scope),
    wrong(got, allowed) {
      scope.problems.add(path, got, allowed);
      return UNKNOWN;
    },
  };
}
