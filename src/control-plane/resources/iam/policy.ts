import type { Resource, Tag } from '../resource.ts';

/** A managed policy of the account. `id` is the ARN. */
export interface Policy extends Resource {
  readonly parent: null;
  readonly name: string;
  readonly path: string;
  readonly uniqueId: string;
  readonly description: string | null;
  readonly defaultVersionId: string;
  /** Oldest first; at most five. */
  readonly versions: readonly PolicyVersion[];
  /** The number of the next version: numbers are not used twice. */
  readonly nextVersion: number;
  readonly updatedAt: number;
  readonly tags: readonly Tag[];
}

export interface PolicyVersion {
  /** `v1`, `v2`, ... */
  readonly versionId: string;
  readonly document: string;
  readonly createdAt: number;
}
