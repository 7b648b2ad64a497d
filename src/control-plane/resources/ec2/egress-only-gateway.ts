import type { Resource, Tag } from '../resource.ts';
import type { ClientToken } from './client-token.ts';

/** An egress-only internet gateway. `parent` is the VPC that it is made in. */
export interface EgressOnlyGateway extends Resource {
  readonly parent: string;
  readonly clientToken: ClientToken | null;
  readonly tags: readonly Tag[];
}
