import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import { connectAddress, type Instance, type NetworkInterface, type Subnet, type Volume } from '../../resources/ec2/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { macAddress, publicAddress, takeAddress } from './addresses.ts';
import { defaultVpc } from './defaults.ts';
import { imageOf, snapshotOf } from './image.ts';
import { instanceType } from './instance-type.ts';
import { find, invalidValue, required } from './lookup.ts';
import { checkedGroups } from './network-interface.ts';
import { specifiedTags } from './tags.ts';

const TAGGABLE = ['instance', 'volume', 'network-interface', 'spot-instances-request', 'elastic-gpu'];

/** What RunInstances cannot honour is refused, not dropped. */
const REFUSED: readonly (keyof RunInstancesCommandInput)[] = [
  'LaunchTemplate', 'InstanceMarketOptions', 'ElasticInferenceAccelerators', 'LicenseSpecifications', 'Ipv6Addresses', 'Ipv6AddressCount',
];

/** Makes the instances that RunInstances asks for, with their interfaces and disks. */
export function launch(tx: Transaction, call: Call, { input, environment }: { readonly input: RunInstancesCommandInput; readonly environment: Environment }): readonly Instance[] {
  for (const member of REFUSED) {
    const value = input[member];
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) {
      throw new AwsError('UnsupportedOperation', `Instances are names for addresses here: ${member} has no effect that could be honoured; leave it out.`);
    }
  }
  if (input.ClientToken) {
    const earlier = tx.list('ec2/instance', call).filter((instance) => instance.clientToken === input.ClientToken);
    if (earlier.length > 0) return earlier;
  }
  const least = input.MinCount ?? 1;
  const count = input.MaxCount ?? 1;
  if (least < 1) throw invalidValue(String(least), 'minCount', 'Must be at least 1.');
  if (count < least) throw new AwsError('InvalidParameterValue', `Invalid value '${least}' for minCount. Must be less than or equal to maxCount.`);
  if (count > 1000) throw new AwsError('InstanceLimitExceeded', `You have requested more instances (${count}) than your current limit allows for one call (1000).`);
  const reservationId = `r-${hexId(environment.random, 17)}`;
  return Array.from({ length: count }, (_, index) => one(tx, call, { input, environment, index, reservationId }));
}

interface Launch {
  readonly input: RunInstancesCommandInput;
  readonly environment: Environment;
  readonly index: number;
  readonly reservationId: string;
}

function one(tx: Transaction, call: Call, { input, environment, index, reservationId }: Launch): Instance {
  const { clock, random } = environment;
  const now = clock.now();
  const image = imageOf(required(input.ImageId, 'ImageId'));
  const type = instanceType(input.InstanceType ?? 'm1.small');
  const primary = input.NetworkInterfaces?.find((each) => each.DeviceIndex === 0);
  if (input.NetworkInterfaces?.length && (input.SubnetId !== undefined || input.SecurityGroupIds?.length || input.SecurityGroups?.length)) {
    throw new AwsError('InvalidParameterCombination', 'Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request');
  }
  const id = `i-${hexId(random, 17)}`;
  const own = { account: call.account, region: call.region, createdAt: now };
  const existing = primary?.NetworkInterfaceId === undefined ? undefined : find(tx, call, ['ec2/network-interface', primary.NetworkInterfaceId]);
  if (existing?.attachment) throw new AwsError('InvalidNetworkInterface.InUse', `Interface: [${existing.id}] in use.`);
  const subnet = existing ? tx.get('ec2/subnet', existing.parent)! : chosenSubnet(tx, call, { input, wanted: primary?.SubnetId || input.SubnetId || undefined });
  const groupIds = existing
    ? existing.groupIds
    : checkedGroups(tx, call, { groupIds: primary?.Groups ?? [...(input.SecurityGroupIds ?? []), ...namedGroups(tx, input.SecurityGroups ?? [], subnet)], vpcId: subnet.parent });
  const given = primary?.PrivateIpAddress ?? primary?.PrivateIpAddresses?.find((each) => each.Primary)?.PrivateIpAddress ?? (input.PrivateIpAddress || undefined);
  if (given !== undefined && (input.MaxCount ?? 1) > 1) throw new AwsError('InvalidParameterCombination', 'A private IP address may be specified for a single instance only.');
  const wantsPublic = primary?.AssociatePublicIpAddress ?? subnet.mapPublicIpOnLaunch;
  const nic: NetworkInterface = {
    ...(existing ?? {
      ...own,
      id: `eni-${hexId(random, 17)}`,
      parent: subnet.id,
      vpcId: subnet.parent,
      availabilityZone: subnet.availabilityZone,
      description: primary?.Description ?? '',
      groupIds,
      privateIpAddress: takeAddress(tx, subnet, given),
      secondaryPrivateIpAddresses: [],
      publicIp: wantsPublic ? publicAddress(tx, random) : null,
      macAddress: macAddress(random),
      sourceDestCheck: true,
      interfaceType: 'interface',
      requesterId: null,
      tags: specifiedTags(input.TagSpecifications, 'network-interface', TAGGABLE),
    }),
    attachment: {
      attachmentId: `eni-attach-${hexId(random, 17)}`,
      instanceId: id,
      instanceOwnerId: call.account,
      deviceIndex: 0,
      deleteOnTermination: existing ? (primary?.DeleteOnTermination ?? false) : (primary?.DeleteOnTermination ?? true),
      attachedAt: now,
    },
  };
  const disk = input.BlockDeviceMappings?.find((each) => each.DeviceName === image.rootDevice)?.Ebs;
  const volume: Volume = {
    ...own,
    id: `vol-${hexId(random, 17)}`,
    parent: id,
    availabilityZone: subnet.availabilityZone,
    size: disk?.VolumeSize ?? 8,
    volumeType: disk?.VolumeType ?? 'gp3',
    iops: disk?.Iops ?? 3000,
    throughput: (disk?.VolumeType ?? 'gp3') === 'gp3' ? (disk?.Throughput ?? 125) : null,
    encrypted: disk?.Encrypted ?? false,
    kmsKeyId: disk?.KmsKeyId ?? null,
    snapshotId: disk?.SnapshotId ?? snapshotOf(image),
    deviceName: image.rootDevice,
    deleteOnTermination: disk?.DeleteOnTermination ?? true,
    attachedAt: now,
    tags: specifiedTags(input.TagSpecifications, 'volume', TAGGABLE),
  };
  const named = {
    privateIpAddress: nic.privateIpAddress,
    privateIpGiven: given !== undefined,
    tags: specifiedTags(input.TagSpecifications, 'instance', TAGGABLE),
  };
  const metadata = input.MetadataOptions;
  const instance: Instance = {
    ...own,
    ...named,
    id,
    parent: subnet.id,
    vpcId: subnet.parent,
    availabilityZone: subnet.availabilityZone,
    reservationId,
    launchIndex: index,
    imageId: image.id,
    instanceType: type.id,
    keyName: input.KeyName || null,
    state: 'running',
    stateAt: now,
    launchedAt: now,
    connectAddress: connectAddress(named),
    publicIpAddress: nic.publicIp,
    securityGroupIds: groupIds,
    interfaceIds: [nic.id],
    rootVolumeId: volume.id,
    sourceDestCheck: nic.sourceDestCheck,
    monitoring: input.Monitoring?.Enabled ?? false,
    ebsOptimized: input.EbsOptimized ?? false,
    tenancy: input.Placement?.Tenancy || 'default',
    instanceProfileArn: profileArn(tx, call, input),
    userData: input.UserData || null,
    clientToken: input.ClientToken ?? null,
    disableApiTermination: input.DisableApiTermination ?? false,
    disableApiStop: input.DisableApiStop ?? false,
    shutdownBehavior: input.InstanceInitiatedShutdownBehavior ?? 'stop',
    creditSpecification: input.CreditSpecification?.CpuCredits ?? (type.id.startsWith('t2.') ? 'standard' : 'unlimited'),
    metadata: {
      httpTokens: metadata?.HttpTokens ?? (image.name.startsWith('al2023') ? 'required' : 'optional'),
      httpPutResponseHopLimit: metadata?.HttpPutResponseHopLimit ?? (image.name.startsWith('al2023') ? 2 : 1),
      httpEndpoint: metadata?.HttpEndpoint ?? 'enabled',
      httpProtocolIpv6: metadata?.HttpProtocolIpv6 ?? 'disabled',
      instanceMetadataTags: metadata?.InstanceMetadataTags ?? 'disabled',
    },
  };
  tx.put('ec2/network-interface', nic);
  tx.put('ec2/volume', volume);
  tx.put('ec2/instance', instance);
  return instance;
}

function chosenSubnet(tx: Transaction, call: Call, { input, wanted }: { input: RunInstancesCommandInput; wanted: string | undefined }): Subnet {
  // Clients of AWS spell what they leave open as empty text.
  const zone = input.Placement?.AvailabilityZone || undefined;
  if (wanted !== undefined) {
    const subnet = find(tx, call, ['ec2/subnet', wanted]);
    if (zone !== undefined && zone !== subnet.availabilityZone) {
      throw new AwsError('InvalidParameterValue', `The subnet '${subnet.id}' is in zone ${subnet.availabilityZone}, and not in ${zone} as the placement asks.`);
    }
    return subnet;
  }
  const home = defaultVpc(tx, call);
  const subnet = home && tx.children('ec2/subnet', home.id).find((each) => each.defaultForAz && (zone === undefined || each.availabilityZone === zone));
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

function profileArn(tx: Transaction, call: Call, input: RunInstancesCommandInput): string | null {
  const wanted = input.IamInstanceProfile;
  if (!wanted?.Arn && !wanted?.Name) return null;
  const profile = tx
    .list('iam/instance-profile', { account: call.account, region: 'global' })
    .find((each) => (wanted.Arn ? each.id === wanted.Arn : each.name === wanted.Name));
  if (!profile) {
    const [value, parameter] = wanted.Arn ? [wanted.Arn, 'iamInstanceProfile.arn'] : [wanted.Name!, 'iamInstanceProfile.name'];
    throw invalidValue(value, parameter, 'Invalid IAM Instance Profile' + (parameter.endsWith('arn') ? ' ARN' : ' name'));
  }
  return profile.id;
}
