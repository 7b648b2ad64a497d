import type { Resource, Tag } from '../resource.ts';

/** `id` is the allocation id; `parent` is the interface that it is associated with, or null. */
export interface ElasticIp extends Resource {
  readonly publicIp: string;
  readonly association: ElasticIpAssociation | null;
  readonly tags: readonly Tag[];
}

export interface ElasticIpAssociation {
  readonly associationId: string;
  readonly networkInterfaceId: string;
  readonly instanceId: string | null;
  readonly privateIpAddress: string;
}
