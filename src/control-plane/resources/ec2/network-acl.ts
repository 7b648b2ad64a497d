import type { Resource, Tag } from '../resource.ts';

/** `parent` is the VPC. Its subnets are those of the VPC: only the default ACL exists. */
export interface NetworkAcl extends Resource {
  readonly parent: string;
  readonly isDefault: boolean;
  readonly tags: readonly Tag[];
}
