import type { Resource, Tag } from '../resource.ts';

/** The way into a VPC. `id` is `REGION/LINK`; `parent` is null. */
export interface VpcLink extends Resource {
  readonly vpcLinkId: string;
  readonly name: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly tags: readonly Tag[];
}

export function vpcLinkRowId(region: string, vpcLinkId: string): string {
  return `${region}/${vpcLinkId}`;
}
