import { AwsError, type Call } from '../../../aws/index.ts';
import type { Subnet } from '../../resources/ec2/index.ts';
import type { LoadBalancer, Zone } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import { invalidConfiguration, validationError } from './error.ts';
import { isOwn } from './lookup.ts';

/** Where a load balancer stands: its subnets, one a zone, all of one VPC, and its security groups. */
export interface Placement {
  readonly vpcId: string;
  readonly zones: readonly Zone[];
}

interface Mapping {
  readonly SubnetId?: string | undefined;
  readonly AllocationId?: string | undefined;
  readonly PrivateIPv4Address?: string | undefined;
  readonly IPv6Address?: string | undefined;
  readonly SourceNatIpv6Prefix?: string | undefined;
}

export interface AskedSubnets {
  readonly Subnets?: readonly string[] | undefined;
  readonly SubnetMappings?: readonly Mapping[] | undefined;
}

function subnetIds(asked: AskedSubnets): readonly string[] {
  const { Subnets: subnets, SubnetMappings: mappings } = asked;
  if (subnets && subnets.length > 0 && mappings && mappings.length > 0) throw validationError('You must specify either subnets or subnet mappings, but not both');
  if (subnets && subnets.length > 0) return subnets;
  return (mappings ?? []).map((mapping) => {
    // the first two are observed
    if (mapping.AllocationId) throw invalidConfiguration("Elastic IPs are not supported for load balancers with type 'application'");
    if (mapping.PrivateIPv4Address) throw invalidConfiguration("You can only specify private IPv4 addresses for Network Load Balancers with scheme 'internal'.");
    if (mapping.IPv6Address ?? mapping.SourceNatIpv6Prefix) {
      throw invalidConfiguration("Addresses cannot be specified in the subnet mappings of load balancers with type 'application'");
    }
    if (mapping.SubnetId === undefined) throw validationError('A subnet ID must be specified in a subnet mapping');
    return mapping.SubnetId;
  });
}

/** The zones of the subnets asked for; throws as AWS does where they are missing, doubled or in different VPCs. */
export function placement(world: World, asked: AskedSubnets, call: Call): Placement {
  const ids = subnetIds(asked);
  const subnets = [...new Set(ids)].map((id) => subnet(world, id, call));
  const vpcs = new Set(subnets.map((each) => each.parent));
  if (vpcs.size > 1) throw invalidConfiguration('All subnets must belong to the same VPC');
  const [vpcId] = vpcs;
  const zones = new Set(subnets.map((each) => each.availabilityZone));
  // AWS tells a doubled zone apart only once there are enough of them.
  if (subnets.length >= 2 && zones.size < subnets.length) {
    throw invalidConfiguration('A load balancer cannot be attached to multiple subnets in the same Availability Zone');
  }
  if (zones.size < 2 || vpcId === undefined) {
    throw validationError('At least two subnets in two different Availability Zones must be specified');
  }
  return {
    vpcId,
    zones: subnets.map((each) => ({ zoneName: each.availabilityZone, subnetId: each.id })).sort((a, b) => (a.zoneName < b.zoneName ? -1 : 1)),
  };
}

function subnet(world: World, id: string, call: Call): Subnet {
  const found = world.get('ec2/subnet', id);
  if (!found || !isOwn(found, call)) throw new AwsError('SubnetNotFound', `The subnet ID '${id}' does not exist`);
  return found;
}

/** The security groups asked for; the VPC's default one where none is. */
export function securityGroups(world: World, asked: readonly string[] | undefined, { vpcId, most }: { readonly vpcId: string; readonly most: number }): readonly string[] {
  const ofVpc = world.children('ec2/security-group', vpcId);
  if (!asked || asked.length === 0) return ofVpc.filter((group) => group.name === 'default').map((group) => group.id);
  const unique = [...new Set(asked)];
  for (const id of unique) {
    // the three codes and their texts are observed
    if (!id.startsWith('sg-')) throw validationError(`Security group '${id}' is not valid`);
    if (world.get('ec2/security-group', id) === undefined) throw new AwsError('InvalidSecurityGroup', `The security group '${id}' does not exist`);
    if (!ofVpc.some((group) => group.id === id)) throw invalidConfiguration('One or more security groups are invalid');
  }
  if (unique.length > most) throw invalidConfiguration(`A load balancer can have up to '${most}' security groups`);
  return unique;
}

/** An internal balancer has no public addresses that it could do without; one with IPv6 addresses needs subnets that have some (observed). */
export function checkAddressType(world: World, { scheme, zones }: Pick<LoadBalancer, 'scheme' | 'zones'>, type: LoadBalancer['ipAddressType']): void {
  if (scheme === 'internal' && type === 'dualstack-without-public-ipv4') {
    throw invalidConfiguration("You cannot specify the IP address type 'dualstack-without-public-ipv4' for a load balancer with scheme 'internal'");
  }
  if (type !== 'ipv4' && zones.some(({ subnetId }) => world.get('ec2/subnet', subnetId)?.ipv6Associations.length === 0)) {
    throw validationError('You must specify subnets with an associated IPv6 CIDR block.');
  }
}
