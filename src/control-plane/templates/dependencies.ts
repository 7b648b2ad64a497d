import type { Problems } from './problem.ts';

/**
 * Names so that each comes after all that it depends on; within that, in the order given. A circle is reported with its whole path, and then
 * the order is not to be used.
 */
export function dependencyOrder(dependencies: ReadonlyMap<string, ReadonlySet<string>>, problems: Problems): readonly string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const underWay: string[] = [];
  const visit = (name: string): void => {
    if (done.has(name)) return;
    const seen = underWay.indexOf(name);
    if (seen >= 0) {
      problems.add(`Resources.${name}`, [...underWay.slice(seen), name].join(' -> '), 'circular dependency: allowed are resources that do not come back to themselves');
      return;
    }
    underWay.push(name);
    for (const other of dependencies.get(name) ?? []) if (dependencies.has(other)) visit(other);
    underWay.pop();
    done.add(name);
    order.push(name);
  };
  for (const name of dependencies.keys()) visit(name);
  return order;
}
