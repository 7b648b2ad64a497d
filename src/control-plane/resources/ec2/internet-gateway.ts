import type { Resource, Tag } from '../resource.ts';

/** `parent` is the VPC that it is attached to, or null. */
export interface InternetGateway extends Resource {
  readonly tags: readonly Tag[];
}
