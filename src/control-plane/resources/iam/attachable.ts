import type { Resource, Tag } from '../resource.ts';

/** What roles and users have in common: a name in a path, and policies. `id` is the ARN. */
export interface Attachable extends Resource {
  readonly parent: null;
  readonly name: string;
  /** `/` or `/division/team/`. */
  readonly path: string;
  /** `AROA...`, `AIDA...`: never used again. */
  readonly uniqueId: string;
  readonly inlinePolicies: readonly InlinePolicy[];
  readonly attachedPolicyArns: readonly string[];
  readonly permissionsBoundary: string | null;
  readonly tags: readonly Tag[];
}

export interface InlinePolicy {
  readonly name: string;
  /** JSON as it was given. */
  readonly document: string;
}
