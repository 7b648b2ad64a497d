import type { Json, StackResource } from '../resources/templates/index.ts';
import type { Properties } from './types/resource-type.ts';

/** Top-level properties that differ. Order in maps does not matter; order in lists does, as to CloudFormation. */
export function changedNames(before: Properties, after: Properties): ReadonlySet<string> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return new Set([...names].filter((name) => canonical(before[name]) !== canonical(after[name])));
}

function canonical(value: Json | undefined): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner as Json)}`).join()}}`;
}

/** Dependents before what they depend on; otherwise newest first. */
export function deletionOrder(resources: readonly StackResource[]): readonly StackResource[] {
  const order: StackResource[] = [];
  const seen = new Set<StackResource>();
  const visit = (resource: StackResource): void => {
    if (seen.has(resource)) return;
    seen.add(resource);
    for (const other of resources) if (other.dependsOn.includes(resource.logicalId)) visit(other);
    order.push(resource);
  };
  for (const resource of [...resources].reverse()) visit(resource);
  return order;
}
