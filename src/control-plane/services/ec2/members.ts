import { AwsError } from '../../../aws/index.ts';
import type { MemberNote } from '../members.ts';
import { ABSENT_MEMBERS } from './absent.ts';

const NO_POOLS = 'There are no address pools here: an IPv6 block is the one that AmazonProvidedIpv6CidrBlock gives.';
const NO_IPV6_CHOICE = 'Network interfaces get one IPv6 address where the subnet assigns them on creation, and no others, and no prefixes.';
const NOT_BOOTED = 'Instances are names for addresses here: nothing is booted, so it could not be honoured.';
const NO_WAVELENGTH = 'There are no Outposts, Wavelength or Local Zones here.';
const NO_DRIVER = 'Interfaces are addresses here, without a network card behind them.';
const NOTHING_RUNS = 'Nothing runs in an instance that could be interrupted.';
const UNMANAGED = 'There are no resources that another service manages for the account, so there is nothing more to show.';
const AT_ONCE = 'It is done at once, and doing it again changes nothing.';

const LAUNCH_INTERFACE = ['Ipv6AddressCount', 'Ipv6Addresses', 'Ipv4Prefixes', 'Ipv4PrefixCount', 'Ipv6Prefixes', 'Ipv6PrefixCount', 'PrimaryIpv6', 'AssociateCarrierIpAddress', 'NetworkCardIndex', 'EnaSrdSpecification', 'ConnectionTrackingSpecification', 'EnaQueueCount'];

/** What the input of EC2's operations may hold and is not executed. */
export const EC2_MEMBERS: readonly MemberNote[] = [
  ...ABSENT_MEMBERS,
  {
    operations: ['CreateVpc'], state: 'refused', why: NO_POOLS,
    members: ['Ipv6CidrBlock', 'Ipv6Pool', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength', 'Ipv4IpamPoolId', 'Ipv4NetmaskLength'],
  },
  { operations: ['CreateVpc'], members: ['VpcEncryptionControl'], state: 'refused', why: 'Traffic does not pass through a VPC here, so it cannot be encrypted there.', allowed: ['disable', 'none'] },
  {
    operations: ['AssociateVpcCidrBlock'], state: 'refused', why: NO_POOLS,
    members: ['Ipv6CidrBlock', 'Ipv6Pool', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength', 'Ipv4IpamPoolId', 'Ipv4NetmaskLength'],
  },
  { operations: ['ModifyVpcTenancy'], members: ['InstanceTenancy'], state: 'covered', why: "The model knows one value, 'default', and that is what is set." },
  { operations: ['CreateKeyPair'], members: ['KeyFormat'], state: 'refused', why: 'Private keys are handed out in the formats of OpenSSL and OpenSSH; PuTTY reads those and converts them.', allowed: ['pem'] },
  { operations: ['CreateSubnet'], members: ['Ipv4NetmaskLength', 'Ipv6NetmaskLength'], state: 'refused', why: NO_POOLS },
  { operations: ['AssociateSubnetCidrBlock'], members: ['Ipv6IpamPoolId', 'Ipv6NetmaskLength'], state: 'refused', why: NO_POOLS },
  { operations: ['ModifySubnetAttribute'], members: ['DisableLniAtDeviceIndex', 'EnableLniAtDeviceIndex'], state: 'refused', why: NO_WAVELENGTH },
  { operations: ['AssociateRouteTable'], members: ['PublicIpv4Pool'], state: 'refused', why: NO_POOLS },
  { operations: ['CreateRoute', 'ReplaceRoute'], members: ['VpcEndpointId', 'OdbNetworkArn'], state: 'refused', why: 'Gateway Load Balancer endpoints and database networks are not served, so no route can lead there.' },
  ...['AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress', 'UpdateSecurityGroupRuleDescriptionsIngress', 'UpdateSecurityGroupRuleDescriptionsEgress'].flatMap(
    (operation): MemberNote[] => [
      { operations: [operation], members: ['IpPermissions[].UserIdGroupPairs[].VpcPeeringConnectionId'], state: 'refused', why: 'VPCs are names here and are not peered.' },
      { operations: [operation], members: ['IpPermissions[].UserIdGroupPairs[].VpcId', 'IpPermissions[].UserIdGroupPairs[].PeeringStatus'], state: 'covered', why: 'AWS shows them; a group is told by its id, or by its name in the same VPC.' },
    ],
  ),
  { operations: ['DescribeStaleSecurityGroups'], members: ['MaxResults', 'NextToken'], state: 'covered', why: 'The list is always empty.' },
  {
    operations: ['CreateNetworkInterface'], state: 'refused', why: NO_IPV6_CHOICE,
    members: ['Ipv6AddressCount', 'Ipv6Addresses', 'Ipv4Prefixes', 'Ipv4PrefixCount', 'Ipv6Prefixes', 'Ipv6PrefixCount', 'EnablePrimaryIpv6'],
  },
  { operations: ['CreateNetworkInterface', 'ModifyNetworkInterfaceAttribute'], members: ['ConnectionTrackingSpecification'], state: 'refused', why: NO_DRIVER },
  { operations: ['CreateNetworkInterface', 'RunInstances'], members: ['Operator'], state: 'refused', why: 'No service manages resources for the account here.' },
  { operations: ['ModifyNetworkInterfaceAttribute'], members: ['EnablePrimaryIpv6'], state: 'refused', why: NO_IPV6_CHOICE },
  { operations: ['ModifyNetworkInterfaceAttribute'], members: ['AssociatePublicIpAddress'], state: 'refused', why: 'Give the interface a public address with AssociateAddress.' },
  { operations: ['ModifyNetworkInterfaceAttribute'], members: ['AssociatedSubnetIds'], state: 'refused', why: NO_DRIVER },
  { operations: ['ModifyNetworkInterfaceAttribute'], members: ['EnaSrdSpecification', 'Attachment.DefaultEnaQueueCount', 'Attachment.EnaQueueCount'], state: 'refused', why: NO_DRIVER },
  { operations: ['AttachNetworkInterface'], members: ['NetworkCardIndex', 'EnaSrdSpecification', 'EnaQueueCount'], state: 'refused', why: NO_DRIVER },
  { operations: ['CreateNatGateway'], members: ['AvailabilityMode', 'VpcId', 'AvailabilityZoneAddresses'], state: 'refused', why: 'A NAT gateway stands in one subnet here: name it.', allowed: ['zonal'] },
  { operations: ['CreateNatGateway'], members: ['SecondaryAllocationIds', 'SecondaryPrivateIpAddresses', 'SecondaryPrivateIpAddressCount'], state: 'refused', why: 'Nothing is translated here, so one address is enough.' },
  { operations: ['CreateNatGateway'], members: ['SubnetId', 'ConnectivityType'], state: 'kept', why: 'A VPC is a name here: targets are reached from the machine itself, and nothing is translated.' },
  { operations: ['CreateNetworkAclEntry', 'ReplaceNetworkAclEntry'], members: ['RuleAction', 'Protocol', 'CidrBlock', 'Ipv6CidrBlock', 'PortRange', 'IcmpTypeCode'], state: 'kept', why: 'Packets are not filtered here: rules are shown, and let through or keep out nothing.' },
  { operations: ['DetachNetworkInterface'], members: ['Force'], state: 'kept', why: 'A detachment never hangs here, so it need not be forced.' },
  {
    operations: ['DescribeNetworkInterfaces', 'DescribeInstances', 'DescribeInstanceStatus', 'DescribeVolumes'], members: ['IncludeManagedResources'],
    state: 'covered', why: UNMANAGED,
  },
  { operations: ['DescribeAddressesAttribute'], members: ['Attribute', 'MaxResults', 'NextToken'], state: 'covered', why: 'The only attribute is a domain name, and none can be set: the list is always empty.' },
  {
    operations: ['RunInstances'], state: 'refused', why: NOT_BOOTED,
    members: [
      'LaunchTemplate', 'InstanceMarketOptions', 'ElasticInferenceAccelerators', 'ElasticGpuSpecification', 'LicenseSpecifications', 'KernelId', 'RamdiskId', 'HibernationOptions',
      'EnclaveOptions', 'CpuOptions', 'PrivateDnsNameOptions', 'NetworkPerformanceOptions', 'SecondaryInterfaces',
    ],
  },
  { operations: ['RunInstances'], members: ['CapacityReservationSpecification'], state: 'refused', why: NOT_BOOTED, allowed: ['open', 'none'] },
  { operations: ['RunInstances'], members: ['MaintenanceOptions'], state: 'refused', why: NOT_BOOTED, allowed: ['default'] },
  { operations: ['RunInstances'], members: ['Ipv6Addresses', 'Ipv6AddressCount', 'EnablePrimaryIpv6'], state: 'refused', why: NO_IPV6_CHOICE },
  {
    operations: ['RunInstances'], state: 'refused', why: 'There are no hosts to choose between: leave the placement to the zone and the tenancy.',
    members: ['Placement.Affinity', 'Placement.GroupName', 'Placement.GroupId', 'Placement.PartitionNumber', 'Placement.HostId', 'Placement.HostResourceGroupArn', 'Placement.SpreadDomain'],
  },
  { operations: ['RunInstances'], members: LAUNCH_INTERFACE.map((name) => `NetworkInterfaces[].${name}`), state: 'refused', why: NO_IPV6_CHOICE },
  { operations: ['RunInstances'], members: ['NetworkInterfaces[].InterfaceType'], state: 'refused', why: NO_DRIVER, allowed: ['interface'] },
  {
    operations: ['RunInstances'], state: 'refused', why: 'Disks are named and sized here, and hold nothing.',
    members: [
      'BlockDeviceMappings[].NoDevice', 'BlockDeviceMappings[].VirtualName', 'BlockDeviceMappings[].Ebs.OutpostArn', 'BlockDeviceMappings[].Ebs.AvailabilityZone', 'BlockDeviceMappings[].Ebs.AvailabilityZoneId',
      'BlockDeviceMappings[].Ebs.VolumeInitializationRate', 'BlockDeviceMappings[].Ebs.EbsCardIndex',
    ],
  },
  { operations: ['RunInstances', 'StartInstances'], members: ['AdditionalInfo'], state: 'covered', why: 'AWS: "Reserved".' },
  { operations: ['StopInstances'], members: ['Hibernate'], state: 'refused', why: NOT_BOOTED },
  { operations: ['StopInstances', 'TerminateInstances'], members: ['Force', 'SkipOsShutdown'], state: 'kept', why: NOTHING_RUNS },
  { operations: ['ModifyInstanceAttribute'], members: ['Kernel', 'Ramdisk', 'SriovNetSupport'], state: 'refused', why: NOT_BOOTED },
  { operations: ['ModifyInstanceAttribute'], members: ['BlockDeviceMappings[].VirtualName', 'BlockDeviceMappings[].NoDevice', 'BlockDeviceMappings[].Ebs.VolumeId'], state: 'refused', why: 'Disks stay with the instance that they were made for.' },
  { operations: ['ModifyInstanceCreditSpecification'], members: ['ClientToken'], state: 'covered', why: AT_ONCE },
  { operations: ['DescribeInstanceTypes'], members: ['IncludeUnsupportedInRegion'], state: 'covered', why: 'Every type is offered in every region.' },
  { operations: ['DescribeImages'], members: ['IncludeDeprecated', 'IncludeDisabled'], state: 'covered', why: 'No image of the catalogue is deprecated or disabled.' },
  { operations: ['DescribeRegions'], members: ['AllRegions'], state: 'covered', why: 'Every region is enabled.' },
  { operations: ['DescribeAvailabilityZones'], members: ['AllAvailabilityZones'], state: 'covered', why: 'Every zone is enabled.' },
  { operations: ['DescribeDhcpOptions'], members: ['NextToken', 'MaxResults'], state: 'covered', why: 'There is one set of options.' },
];

export function refusedMember(member: string, why: string): AwsError {
  return new AwsError('UnsupportedOperation', `The parameter ${member} is not supported. ${why}`);
}
