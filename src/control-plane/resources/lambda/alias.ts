import type { Resource } from '../resource.ts';

/** A name for a version; `id` is the function's ARN with the alias's name, `parent` the function's ARN. */
export interface FunctionAlias extends Resource {
  readonly parent: string;
  readonly name: string;
  readonly functionVersion: string;
  readonly description: string;
  /** Share (0 to 1) of invocations that go to another version; null: none. */
  readonly routing: { readonly version: string; readonly weight: number } | null;
  readonly revisionId: string;
}

/** The share of an alias's invocations that a version gets; 0: none. */
export function aliasShare(alias: FunctionAlias, version: string): number {
  const moved = alias.routing?.weight ?? 0;
  return (alias.functionVersion === version ? 1 - moved : 0) + (alias.routing?.version === version ? moved : 0);
}

/** The version that serves one invocation of an alias; `draw` is a uniform number in [0, 1). */
export function aliasVersion(alias: FunctionAlias, draw: number): string {
  return alias.routing !== null && draw < alias.routing.weight ? alias.routing.version : alias.functionVersion;
}
