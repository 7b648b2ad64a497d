import type { PlainMap } from './document/source.ts';
import { evaluate } from './expressions/evaluate.ts';
import type { Conditions, Scope } from './expressions/scope.ts';
import type { Problems } from './problem.ts';

/** The conditions of a template; each is evaluated when it is asked for first, and once. */
export function readConditions(declared: PlainMap, scope: Omit<Scope, 'conditions' | 'resources'>): Conditions {
  const names = Object.keys(declared);
  const known = new Map<string, boolean | undefined>();
  const underWay: string[] = [];
  const conditions: Conditions = {
    names,
    holds(name, path) {
      if (known.has(name)) return known.get(name);
      if (underWay.includes(name)) {
        cycle([...underWay.slice(underWay.indexOf(name)), name], path, scope.problems);
        return undefined;
      }
      underWay.push(name);
      const at = `Conditions.${name}`;
      const value = evaluate(declared[name] ?? null, at, { ...scope, conditions, resources: null });
      underWay.pop();
      if (typeof value !== 'boolean' && typeof value !== 'symbol') scope.problems.add(at, value, 'allowed: Condition, Fn::And, Fn::Equals, Fn::Not, Fn::Or');
      const holds = typeof value === 'boolean' ? value : undefined;
      known.set(name, holds);
      return holds;
    },
  };
  return conditions;
}

function cycle(names: readonly string[], path: string, problems: Problems): void {
  problems.add(path, names.join(' -> '), 'allowed: conditions that do not come back to themselves');
}
