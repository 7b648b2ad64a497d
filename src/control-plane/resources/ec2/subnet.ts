import type { Resource, Tag } from '../resource.ts';
import type { Ipv6Association } from './ipv6-cidr.ts';

/** `parent` is the VPC. */
export interface Subnet extends Resource {
  readonly parent: string;
  readonly cidrBlock: string;
  /** One at most, as AWS has it. */
  readonly ipv6Associations: readonly Ipv6Association[];
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  readonly defaultForAz: boolean;
  readonly mapPublicIpOnLaunch: boolean;
  readonly assignIpv6AddressOnCreation: boolean;
  readonly enableDns64: boolean;
  readonly hostnameType: string;
  readonly enableResourceNameDnsARecord: boolean;
  readonly enableResourceNameDnsAAAARecord: boolean;
  readonly tags: readonly Tag[];
}

/** AWS keeps the first four addresses of a subnet and the last one: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
export const RESERVED_AT_START = 4;
export const RESERVED_AT_END = 1;

export function subnetArn(subnet: Subnet): string {
  return `arn:aws:ec2:${subnet.region}:${subnet.account}:subnet/${subnet.id}`;
}
