import type { InstanceNetworkInterfaceSpecification, RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { NetworkInterface, Subnet } from '../../resources/ec2/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { macAddress, publicAddress, takeAddress, takeIpv6Address } from './addresses.ts';
import { defaultVpc } from './defaults.ts';
import { find, required } from './lookup.ts';
import { checkedGroups } from './network-interface.ts';
import { specifiedTags } from './tags.ts';

export const LAUNCH_TAGS = ['instance', 'volume', 'network-interface', 'spot-instances-request', 'elastic-gpu'];

export interface Attaching {
  readonly input: RunInstancesCommandInput;
  readonly environment: Environment;
  readonly instanceId: string;
}

export interface AttachedInterfaces {
  /** By device index; the first is the primary one. */
  readonly all: readonly [NetworkInterface, ...NetworkInterface[]];
  readonly subnet: Subnet;
  /** The caller named the private address of the primary one. */
  readonly addressGiven: boolean;
}

/** The network interfaces of a new instance, made or taken as RunInstances asks, and stored. */
export function attachInterfaces(tx: Transaction, call: Call, attaching: Attaching): AttachedInterfaces {
  const { input } = attaching;
  const listed = input.NetworkInterfaces ?? [];
  if (listed.length > 0) {
    const beside = input.SubnetId ? 'subnet ID' : input.SecurityGroupIds?.length || input.SecurityGroups?.length ? 'security groups' : input.PrivateIpAddress ? 'private IP address' : null;
    if (beside !== null) throw new AwsError('InvalidParameterCombination', `Network interfaces and an instance-level ${beside} may not be specified on the same request`);
  }
  if (listed.length > 1 && listed.some((each) => each.AssociatePublicIpAddress !== undefined)) {
    throw new AwsError('InvalidParameterCombination', 'The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.');
  }
  const wanted = listed.toSorted((a, b) => required(a.DeviceIndex, 'deviceIndex') - required(b.DeviceIndex, 'deviceIndex'));
  for (const [index, each] of wanted.entries()) {
    if (index > 0 && each.DeviceIndex === wanted[index - 1]!.DeviceIndex) throw new AwsError('InvalidParameterValue', `The device index '${each.DeviceIndex}' is given more than once.`);
  }
  if (wanted.some(({ DeviceIndex, AssociatePublicIpAddress }) => DeviceIndex !== 0 && AssociatePublicIpAddress !== undefined)) {
    throw new AwsError('InvalidParameterValue', 'The associatePublicIPAddress parameter can only be specified for the network interface with DeviceIndex 0.');
  }
  if (wanted.length > 0 && wanted[0]!.DeviceIndex !== 0) throw new AwsError('InvalidParameterCombination', 'A network interface with device index 0 must be specified.');
  const first: InstanceNetworkInterfaceSpecification = wanted[0] ?? { DeviceIndex: 0 };
  const primary = attached(tx, call, { ...attaching, specification: first, zone: null });
  const others = wanted.slice(1).map((specification) => attached(tx, call, { ...attaching, specification, zone: primary.availabilityZone }));
  return { all: [primary, ...others], subnet: tx.get('ec2/subnet', primary.parent)!, addressGiven: givenAddress(input, first) !== undefined };
}

function givenAddress(input: RunInstancesCommandInput, specification: InstanceNetworkInterfaceSpecification): string | undefined {
  return specification.PrivateIpAddress || specification.PrivateIpAddresses?.find((each) => each.Primary)?.PrivateIpAddress || (input.PrivateIpAddress || undefined);
}

interface AttachingOne extends Attaching {
  readonly specification: InstanceNetworkInterfaceSpecification;
  /** The zone of the instance; null for the interface that decides it. */
  readonly zone: string | null;
}

function attached(tx: Transaction, call: Call, asked: AttachingOne): NetworkInterface {
  const { environment, instanceId, specification, zone } = asked;
  const now = environment.clock.now();
  const existing = specification.NetworkInterfaceId === undefined ? undefined : find(tx, call, ['ec2/network-interface', specification.NetworkInterfaceId]);
  if (existing?.attachment) throw new AwsError('InvalidNetworkInterface.InUse', `Interface: [${existing.id}] in use.`);
  const nic = existing ?? made(tx, call, asked);
  if (zone !== null && nic.availabilityZone !== zone) {
    throw new AwsError('InvalidParameterCombination', 'All network interfaces of an instance must be in the same availability zone');
  }
  const whole: NetworkInterface = {
    ...nic,
    attachment: {
      attachmentId: `eni-attach-${hexId(environment.random, 17)}`,
      instanceId,
      instanceOwnerId: call.account,
      deviceIndex: specification.DeviceIndex ?? 0,
      // AWS: what is made with the instance goes with it, what was there before stays.
      deleteOnTermination: specification.DeleteOnTermination ?? existing === undefined,
      attachedAt: now,
    },
  };
  tx.put('ec2/network-interface', whole);
  if (existing) return whole;
  const further = (specification.PrivateIpAddresses ?? []).filter((each) => !each.Primary && each.PrivateIpAddress !== whole.privateIpAddress).map((each) => each.PrivateIpAddress);
  for (let i = 0; i < (specification.SecondaryPrivateIpAddressCount ?? 0); i++) further.push(undefined);
  const subnet = tx.get('ec2/subnet', whole.parent)!;
  for (const address of further) {
    const current = tx.get('ec2/network-interface', whole.id)!;
    tx.put('ec2/network-interface', { ...current, secondaryPrivateIpAddresses: [...current.secondaryPrivateIpAddresses, takeAddress(tx, subnet, address)] });
  }
  return tx.get('ec2/network-interface', whole.id)!;
}

function made(tx: Transaction, call: Call, { input, environment, specification }: AttachingOne): NetworkInterface {
  const { clock, random } = environment;
  const isPrimary = (specification.DeviceIndex ?? 0) === 0;
  const subnet = chosenSubnet(tx, call, { input, wanted: specification.SubnetId || input.SubnetId || undefined });
  const given = isPrimary ? givenAddress(input, specification) : specification.PrivateIpAddress || specification.PrivateIpAddresses?.find((each) => each.Primary)?.PrivateIpAddress;
  if (given !== undefined && given !== '' && (input.MaxCount ?? 1) > 1) throw new AwsError('InvalidParameterCombination', 'A private IP address may be specified for a single instance only.');
  const groupIds = specification.Groups ?? [...(input.SecurityGroupIds ?? []), ...namedGroups(tx, input.SecurityGroups ?? [], subnet)];
  const wantsPublic = specification.AssociatePublicIpAddress ?? (subnet.mapPublicIpOnLaunch && isPrimary);
  return {
    id: `eni-${hexId(random, 17)}`,
    account: call.account,
    region: call.region,
    parent: subnet.id,
    createdAt: clock.now(),
    vpcId: subnet.parent,
    availabilityZone: subnet.availabilityZone,
    description: specification.Description ?? '',
    groupIds: checkedGroups(tx, call, { groupIds, vpcId: subnet.parent }),
    privateIpAddress: takeAddress(tx, subnet, given || undefined),
    secondaryPrivateIpAddresses: [],
    ipv6Addresses: subnet.assignIpv6AddressOnCreation ? [takeIpv6Address(tx, subnet, random)] : [],
    publicIp: wantsPublic ? publicAddress(tx, random) : null,
    macAddress: macAddress(random),
    sourceDestCheck: true,
    interfaceType: 'interface',
    requesterId: null,
    attachment: null,
    clientToken: null,
    tags: specifiedTags(input.TagSpecifications, 'network-interface', LAUNCH_TAGS),
  };
}

function chosenSubnet(tx: Transaction, call: Call, { input, wanted }: { input: RunInstancesCommandInput; wanted: string | undefined }): Subnet {
  // Clients of AWS spell what they leave open as empty text.
  const zone = input.Placement?.AvailabilityZone || undefined;
  const zoneId = input.Placement?.AvailabilityZoneId || undefined;
  const fits = (subnet: Subnet): boolean => (zone === undefined || zone === subnet.availabilityZone) && (zoneId === undefined || zoneId === subnet.availabilityZoneId);
  if (wanted !== undefined) {
    const subnet = find(tx, call, ['ec2/subnet', wanted]);
    if (!fits(subnet)) {
      throw new AwsError('InvalidParameterValue', `The subnet '${subnet.id}' is in zone ${subnet.availabilityZone}, and not in ${zone ?? zoneId} as the placement asks.`);
    }
    return subnet;
  }
  const home = defaultVpc(tx, call);
  const subnet = home && tx.children('ec2/subnet', home.id).find((each) => each.defaultForAz && fits(each));
  if (!subnet) throw new AwsError('MissingInput', `No subnets found for the default VPC '${home?.id ?? ''}'. Please specify a subnet.`);
  return subnet;
}

function namedGroups(tx: Transaction, names: readonly string[], subnet: Subnet): string[] {
  return names.map((name) => {
    const group = tx.children('ec2/security-group', subnet.parent).find((each) => each.name === name || each.id === name);
    if (!group) throw new AwsError('InvalidGroup.NotFound', `The security group '${name}' does not exist in VPC '${subnet.parent}'`);
    return group.id;
  });
}
