import type { EgressOnlyGateway } from './egress-only-gateway.ts';
import type { ElasticIp } from './elastic-ip.ts';
import type { Instance, Volume } from './instance.ts';
import type { InternetGateway } from './internet-gateway.ts';
import type { KeyPair } from './key-pair.ts';
import type { NatGateway } from './nat-gateway.ts';
import type { NetworkAcl } from './network-acl.ts';
import type { NetworkInterface } from './network-interface.ts';
import type { RegionDefaults } from './region-defaults.ts';
import type { RouteTable } from './route-table.ts';
import type { SecurityGroup, SecurityGroupRule } from './security-group.ts';
import type { Subnet } from './subnet.ts';
import type { Vpc } from './vpc.ts';

/** The nouns of ec2, by kind. Each has a file of its own in this folder. */
export interface Ec2Resources {
  'ec2/vpc': Vpc;
  'ec2/subnet': Subnet;
  'ec2/internet-gateway': InternetGateway;
  'ec2/egress-only-gateway': EgressOnlyGateway;
  'ec2/security-group': SecurityGroup;
  'ec2/security-group-rule': SecurityGroupRule;
  'ec2/network-interface': NetworkInterface;
  'ec2/instance': Instance;
  'ec2/volume': Volume;
  'ec2/route-table': RouteTable;
  'ec2/network-acl': NetworkAcl;
  'ec2/elastic-ip': ElasticIp;
  'ec2/nat-gateway': NatGateway;
  'ec2/key-pair': KeyPair;
  'ec2/region-defaults': RegionDefaults;
}

export { type ClientToken } from './client-token.ts';
export {
  cidrSize,
  contains,
  formatAddress,
  formatCidr,
  hasAddress,
  isAddress,
  overlaps,
  parseAddress,
  parseCidr,
  type Cidr,
} from './cidr.ts';
export { type EgressOnlyGateway } from './egress-only-gateway.ts';
export { type ElasticIp, type ElasticIpAssociation } from './elastic-ip.ts';
export { ADDRESS_TAG, connectAddress, TERMINATED_FOR_MS, type Instance, type InstanceMetadata, type Volume } from './instance.ts';
export { type InternetGateway } from './internet-gateway.ts';
export { type KeyPair } from './key-pair.ts';
export { type NatGateway } from './nat-gateway.ts';
export { ALLOW_ALL, type NetworkAcl, type NetworkAclEntry } from './network-acl.ts';
export { type InterfaceAttachment, type NetworkInterface } from './network-interface.ts';
export {
  canonicalIpv6Cidr, containsIpv6, formatIpv6Address, formatIpv6Cidr, overlapsIpv6, parseIpv6Cidr, type Ipv6Association, type Ipv6Cidr,
} from './ipv6-cidr.ts';
export { defaultId, type RegionDefaults } from './region-defaults.ts';
export { type Route, type RouteDestination, type RouteTable, type RouteTableAssociation, type RouteTarget } from './route-table.ts';
export { peerName, ruleIdentity, type Direction, type Peer, type SecurityGroup, type SecurityGroupRule } from './security-group.ts';
export { RESERVED_AT_END, RESERVED_AT_START, subnetArn, type Subnet } from './subnet.ts';
export { type CidrAssociation, type Vpc } from './vpc.ts';
export { REGIONS, zonesOf, type Zone } from './zone.ts';
