import type { Resource, Tag } from '../resource.ts';

/** An egress-only internet gateway. `parent` is the VPC that it is made in. */
export interface EgressOnlyGateway extends Resource {
  readonly parent: string;
  readonly tags: readonly Tag[];
}
