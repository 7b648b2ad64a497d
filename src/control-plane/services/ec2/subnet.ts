import type {
  CreateSubnetCommandInput, CreateSubnetResult, DeleteSubnetCommandInput, DescribeSubnetsCommandInput, DescribeSubnetsResult,
  ModifySubnetAttributeCommandInput, Subnet as ApiSubnet,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import {
  cidrSize, contains, formatCidr, overlaps, parseCidr, RESERVED_AT_END, RESERVED_AT_START, type Subnet, subnetArn, type Zone, zonesOf,
} from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { PLAIN_SUBNET } from './defaults.ts';
import { filtered, type FilterTable } from './filters.ts';
import { find, findAll, invalidValue, required } from './lookup.ts';
import { leaveNetworkAcl } from './network-acl.ts';
import { page } from './pages.ts';
import { newSubnetIpv6, shownSubnetIpv6 } from './subnet-ipv6.ts';
import { shownTags, specifiedTags } from './tags.ts';

function filters(world: World): FilterTable<Subnet> {
  return {
    'availability-zone': (subnet) => subnet.availabilityZone,
    'availability-zone-id': (subnet) => subnet.availabilityZoneId,
    'available-ip-address-count': (subnet) => freeAddresses(world, subnet),
    'cidr-block': (subnet) => subnet.cidrBlock,
    cidr: (subnet) => subnet.cidrBlock,
    'ipv6-cidr-block-association.association-id': (subnet) => subnet.ipv6Associations.map((each) => each.associationId),
    'ipv6-cidr-block-association.ipv6-cidr-block': (subnet) => subnet.ipv6Associations.map((each) => each.ipv6CidrBlock),
    'ipv6-cidr-block-association.state': (subnet) => subnet.ipv6Associations.map(() => 'associated'),
    'ipv6-native': () => false,
    'default-for-az': (subnet) => subnet.defaultForAz,
    'map-public-ip-on-launch': (subnet) => subnet.mapPublicIpOnLaunch,
    'owner-id': (subnet) => subnet.account,
    state: () => 'available',
    'subnet-arn': subnetArn,
    'subnet-id': (subnet) => subnet.id,
    'vpc-id': (subnet) => subnet.parent,
  };
}

export function subnetOperations({ store, clock, random, limits }: Environment) {
  return {
    async CreateSubnet(input: CreateSubnetCommandInput, call: Call): Promise<CreateSubnetResult> {
      if (input.Ipv6Native || input.OutpostArn || input.Ipv4IpamPoolId || input.Ipv6IpamPoolId) {
        throw new AwsError('UnsupportedOperation', 'This Turnpike has subnets with an IPv4 block, in zones: leave out Ipv6Native and the IPAM and Outpost parameters.');
      }
      const text = required(input.CidrBlock, 'cidrBlock');
      const cidr = parseCidr(text);
      if (!cidr) throw invalidValue(text, 'cidrBlock', 'This is not a valid CIDR block.');
      const tags = specifiedTags(input.TagSpecifications, 'subnet');
      const zone = chosenZone(call.region, input);
      const subnet = await store.transact((tx) => {
        const vpc = find(tx, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
        const within = vpc.cidrAssociations.some((each) => contains(parseCidr(each.cidrBlock)!, cidr));
        if (!within || cidr.prefix > 28) throw new AwsError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
        const siblings = tx.children('ec2/subnet', vpc.id);
        if (siblings.some((each) => overlaps(parseCidr(each.cidrBlock)!, cidr))) {
          throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`);
        }
        if (siblings.length >= limits.value('subnets-per-vpc', 200)) throw new AwsError('SubnetLimitExceeded', 'The maximum number of subnets has been reached.');
        const created: Subnet = {
          id: `subnet-${hexId(random, 17)}`,
          account: call.account,
          region: call.region,
          parent: vpc.id,
          createdAt: clock.now(),
          cidrBlock: formatCidr(cidr),
          availabilityZone: zone.name,
          availabilityZoneId: zone.id,
          defaultForAz: false,
          mapPublicIpOnLaunch: false,
          ...PLAIN_SUBNET,
          ipv6Associations: input.Ipv6CidrBlock ? [newSubnetIpv6(tx, { vpc, ipv6CidrBlock: input.Ipv6CidrBlock, random })] : [],
          tags,
        };
        tx.put('ec2/subnet', created);
        return created;
      });
      return { Subnet: { ...shown(subnet, store.world), Ipv6CidrBlockAssociationSet: subnet.ipv6Associations.map((each) => shownSubnetIpv6(each, 'associating')) } };
    },

    DescribeSubnets(input: DescribeSubnetsCommandInput, call: Call): DescribeSubnetsResult {
      const world = store.world;
      const own = input.SubnetIds?.length ? findAll(world, call, ['ec2/subnet', input.SubnetIds]) : world.list('ec2/subnet', call);
      const { items, nextToken } = page(filtered(own, input.Filters, filters(world)), input);
      return { Subnets: items.map((subnet) => shown(subnet, world)), NextToken: nextToken };
    },

    async DeleteSubnet(input: DeleteSubnetCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const subnet = find(tx, call, ['ec2/subnet', required(input.SubnetId, 'subnetId')]);
        if (tx.children('ec2/network-interface', subnet.id).length > 0) {
          throw new AwsError('DependencyViolation', `The subnet '${subnet.id}' has dependencies and cannot be deleted.`);
        }
        for (const table of tx.children('ec2/route-table', subnet.parent)) {
          tx.put('ec2/route-table', { ...table, associations: table.associations.filter((each) => each.subnetId !== subnet.id) });
        }
        leaveNetworkAcl(tx, subnet);
        tx.delete('ec2/subnet', subnet.id);
      });
    },

    async ModifySubnetAttribute(input: ModifySubnetAttributeCommandInput, call: Call): Promise<void> {
      if (input.CustomerOwnedIpv4Pool || input.MapCustomerOwnedIpOnLaunch?.Value || input.EnableLniAtDeviceIndex) {
        throw new AwsError('UnsupportedOperation', 'There are no Outposts here: customer-owned addresses and local network interfaces cannot be set.');
      }
      await store.transact((tx) => {
        const subnet = find(tx, call, ['ec2/subnet', required(input.SubnetId, 'subnetId')]);
        if (input.AssignIpv6AddressOnCreation?.Value && subnet.ipv6Associations.length === 0) {
          throw new AwsError('InvalidParameterValue', `Invalid value 'true' for assignIpv6AddressOnCreation. The subnet '${subnet.id}' does not have an IPv6 CIDR block.`);
        }
        if (input.EnableDns64?.Value && subnet.ipv6Associations.length === 0) {
          throw new AwsError('InvalidParameterValue', `Invalid value 'true' for enable-dns64. Cannot set enable-dns64 to true unless the subnet (${subnet.id}) has an IPv6 CIDR block associated with it.`);
        }
        tx.put('ec2/subnet', {
          ...subnet,
          assignIpv6AddressOnCreation: input.AssignIpv6AddressOnCreation?.Value ?? subnet.assignIpv6AddressOnCreation,
          mapPublicIpOnLaunch: input.MapPublicIpOnLaunch?.Value ?? subnet.mapPublicIpOnLaunch,
          enableDns64: input.EnableDns64?.Value ?? subnet.enableDns64,
          hostnameType: input.PrivateDnsHostnameTypeOnLaunch ?? subnet.hostnameType,
          enableResourceNameDnsARecord: input.EnableResourceNameDnsARecordOnLaunch?.Value ?? subnet.enableResourceNameDnsARecord,
          enableResourceNameDnsAAAARecord: input.EnableResourceNameDnsAAAARecordOnLaunch?.Value ?? subnet.enableResourceNameDnsAAAARecord,
        });
      });
    },
  };
}

function chosenZone(region: string, input: CreateSubnetCommandInput): Zone {
  const zones = zonesOf(region);
  const named = input.AvailabilityZone ?? input.AvailabilityZoneId;
  if (named === undefined) return zones[0]!;
  const zone = zones.find((each) => (input.AvailabilityZone === undefined ? each.id : each.name) === named);
  if (zone) return zone;
  const parameter = input.AvailabilityZone === undefined ? 'availabilityZoneId' : 'availabilityZone';
  const names = zones.map((each) => (input.AvailabilityZone === undefined ? each.id : each.name)).join(', ');
  throw invalidValue(named, parameter, `Subnets can currently only be created in the following availability zones: ${names}.`);
}

/** How many addresses of the subnet can still be given out. */
export function freeAddresses(world: World, subnet: Subnet): number {
  let taken = RESERVED_AT_START + RESERVED_AT_END;
  for (const each of world.children('ec2/network-interface', subnet.id)) taken += 1 + each.secondaryPrivateIpAddresses.length;
  return Math.max(0, cidrSize(parseCidr(subnet.cidrBlock)!) - taken);
}

function shown(subnet: Subnet, world: World): ApiSubnet {
  return {
    SubnetId: subnet.id,
    SubnetArn: subnetArn(subnet),
    VpcId: subnet.parent,
    OwnerId: subnet.account,
    State: 'available',
    CidrBlock: subnet.cidrBlock,
    AvailableIpAddressCount: freeAddresses(world, subnet),
    AvailabilityZone: subnet.availabilityZone,
    AvailabilityZoneId: subnet.availabilityZoneId,
    DefaultForAz: subnet.defaultForAz,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: subnet.assignIpv6AddressOnCreation,
    Ipv6CidrBlockAssociationSet: subnet.ipv6Associations.map((each) => shownSubnetIpv6(each, 'associated')),
    Ipv6Native: false,
    EnableDns64: subnet.enableDns64,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: subnet.hostnameType as NonNullable<ApiSubnet['PrivateDnsNameOptionsOnLaunch']>['HostnameType'],
      EnableResourceNameDnsARecord: subnet.enableResourceNameDnsARecord,
      EnableResourceNameDnsAAAARecord: subnet.enableResourceNameDnsAAAARecord,
    },
    Tags: shownTags(subnet.tags),
  };
}
