import type { Resource, Tag } from '../resource.ts';

/** `id` is `ns-...`; `parent` is null. */
export interface Namespace extends Resource {
  readonly name: string;
  readonly type: 'HTTP' | 'DNS_PRIVATE';
  readonly description: string | null;
  readonly creatorRequestId: string | null;
  /** Of the hosted zone that Route 53 would have; null for HTTP. */
  readonly hostedZoneId: string | null;
  readonly tags: readonly Tag[];
}
