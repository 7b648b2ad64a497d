import type { Resource, Tag } from '../resource.ts';

/** `id` is the ARN. */
export interface InstanceProfile extends Resource {
  readonly parent: null;
  readonly name: string;
  readonly path: string;
  readonly uniqueId: string;
  readonly roleArn: string | null;
  readonly tags: readonly Tag[];
}
