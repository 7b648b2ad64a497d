import type { Plain, PlainMap } from '../document/source.ts';
import type { Problems } from '../problem.ts';
import type { Value, ValueMap } from './value.ts';

/** What an expression may refer to. */
export interface Scope {
  readonly problems: Problems;
  /** Parameters and pseudo parameters (`AWS::Region`). */
  readonly parameters: ReadonlyMap<string, Value>;
  readonly mappings: PlainMap;
  /** Names of the conditions, and whether one holds; its problems are reported once. */
  readonly conditions: Conditions;
  /** The resources that may be referred to here; null where none may (conditions, parameters' defaults). */
  readonly resources: ResourceLookup | null;
  /** Another stack's export; undefined where nothing is exported under that name. */
  exported(name: string): string | undefined;
  /** Availability zones of a region; the empty text means the stack's own. */
  zones(region: string): readonly string[];
  /** Whether the template asked for `AWS::LanguageExtensions`. */
  readonly languageExtensions: boolean;
}

export interface Conditions {
  readonly names: readonly string[];
  holds(name: string, path: string): boolean | undefined;
}

/** Resources by logical id. Called for every reference, so that whoever implements it learns the dependencies. */
export interface ResourceLookup {
  readonly names: readonly string[];
  find(logicalId: string, path: string): FoundResource | undefined;
}

export interface FoundResource {
  readonly ref: Value;
  /** By attribute, `A.B` for nested ones. */
  readonly attributes: ValueMap;
}

/** Where an expression stands and how it evaluates what it holds. */
export interface Place {
  readonly scope: Scope;
  readonly path: string;
  evaluate(node: Plain, step?: string | number): Value;
  /** Records what is wrong here; gives UNKNOWN, so that one mistake is told once. */
  wrong(got: unknown, allowed: string): Value;
}
