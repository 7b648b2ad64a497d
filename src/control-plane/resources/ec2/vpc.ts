import type { Resource, Tag } from '../resource.ts';
import type { Ipv6Association } from './ipv6-cidr.ts';

export interface Vpc extends Resource {
  readonly parent: null;
  /** The first block, and every block with its association; the first association is that of `cidrBlock`. */
  readonly cidrBlock: string;
  readonly cidrAssociations: readonly CidrAssociation[];
  readonly ipv6Associations: readonly Ipv6Association[];
  readonly isDefault: boolean;
  readonly instanceTenancy: string;
  readonly dhcpOptionsId: string;
  readonly enableDnsSupport: boolean;
  readonly enableDnsHostnames: boolean;
  readonly enableNetworkAddressUsageMetrics: boolean;
  readonly tags: readonly Tag[];
}

export interface CidrAssociation {
  readonly associationId: string;
  readonly cidrBlock: string;
}
