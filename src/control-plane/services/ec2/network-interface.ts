import type {
  AttachNetworkInterfaceCommandInput, AttachNetworkInterfaceResult, CreateNetworkInterfaceCommandInput, CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceCommandInput, DescribeNetworkInterfaceAttributeCommandInput, DescribeNetworkInterfaceAttributeResult,
  DescribeNetworkInterfacesCommandInput, DescribeNetworkInterfacesResult, DetachNetworkInterfaceCommandInput, ModifyNetworkInterfaceAttributeCommandInput,
  NetworkInterface as ApiNetworkInterface,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { NetworkInterface } from '../../resources/ec2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { macAddress, privateDnsName, publicDnsName, takeAddress, takeIpv6Address } from './addresses.ts';
import { clientToken, madeBefore } from './client-token.ts';
import { filtered, type FilterTable } from './filters.ts';
import { find, findAll, invalidValue, required } from './lookup.ts';
import { page } from './pages.ts';
import { shownTags, specifiedTags } from './tags.ts';

function filters(world: World): FilterTable<NetworkInterface> {
  return {
    'ipv6-addresses.ipv6-address': (each) => each.ipv6Addresses,
    'addresses.private-ip-address': (each) => [each.privateIpAddress, ...each.secondaryPrivateIpAddresses],
    'addresses.primary': () => 'true',
    'addresses.association.public-ip': (each) => each.publicIp,
    'association.public-ip': (each) => each.publicIp,
    'attachment.attachment-id': (each) => each.attachment?.attachmentId,
    'attachment.instance-id': (each) => each.attachment?.instanceId,
    'attachment.instance-owner-id': (each) => each.attachment?.instanceOwnerId,
    'attachment.device-index': (each) => each.attachment?.deviceIndex,
    'attachment.status': (each) => (each.attachment ? 'attached' : null),
    'attachment.delete-on-termination': (each) => each.attachment?.deleteOnTermination,
    'availability-zone': (each) => each.availabilityZone,
    description: (each) => each.description,
    'group-id': (each) => each.groupIds,
    'group-name': (each) => each.groupIds.map((id) => world.get('ec2/security-group', id)?.name ?? ''),
    'interface-type': (each) => each.interfaceType,
    'mac-address': (each) => each.macAddress,
    'network-interface-id': (each) => each.id,
    'owner-id': (each) => each.account,
    'private-ip-address': (each) => each.privateIpAddress,
    'private-dns-name': (each) => privateDnsName(each.privateIpAddress, each.region),
    'requester-id': (each) => each.requesterId,
    'requester-managed': (each) => each.requesterId !== null,
    'source-dest-check': (each) => each.sourceDestCheck,
    status: statusOf,
    'subnet-id': (each) => each.parent,
    'vpc-id': (each) => each.vpcId,
  };
}

export function networkInterfaceOperations({ store, clock, random }: Environment) {
  return {
    async CreateNetworkInterface(input: CreateNetworkInterfaceCommandInput, call: Call): Promise<CreateNetworkInterfaceResult> {
      const tags = specifiedTags(input.TagSpecifications, 'network-interface');
      const token = clientToken(input);
      const created = await store.transact((tx) => {
        const before = madeBefore(tx, call, ['ec2/network-interface', token]);
        if (before) return before;
        const subnet = find(tx, call, ['ec2/subnet', required(input.SubnetId, 'subnetId')]);
        const listed = input.PrivateIpAddresses ?? [];
        if (listed.filter(({ Primary }) => Primary).length > 1) throw new AwsError('InvalidParameterValue', 'Only one primary private IP address can be specified.');
        const primary = takeAddress(tx, subnet, input.PrivateIpAddress ?? listed.find((each) => each.Primary)?.PrivateIpAddress);
        const each: NetworkInterface = {
          id: `eni-${hexId(random, 17)}`,
          account: call.account,
          region: call.region,
          parent: subnet.id,
          createdAt: clock.now(),
          vpcId: subnet.parent,
          availabilityZone: subnet.availabilityZone,
          description: input.Description ?? '',
          groupIds: checkedGroups(tx, call, { groupIds: input.Groups, vpcId: subnet.parent }),
          privateIpAddress: primary,
          secondaryPrivateIpAddresses: [],
          ipv6Addresses: subnet.assignIpv6AddressOnCreation ? [takeIpv6Address(tx, subnet, random)] : [],
          publicIp: null,
          macAddress: macAddress(random),
          sourceDestCheck: true,
          interfaceType: input.InterfaceType ?? 'interface',
          requesterId: null,
          attachment: null,
          clientToken: token,
          tags,
        };
        tx.put('ec2/network-interface', each);
        const further = listed.filter((address) => !address.Primary && address.PrivateIpAddress !== primary).map((address) => address.PrivateIpAddress);
        for (let i = 0; i < (input.SecondaryPrivateIpAddressCount ?? 0); i++) further.push(undefined);
        for (const wanted of further) {
          const now = tx.get('ec2/network-interface', each.id)!;
          tx.put('ec2/network-interface', { ...now, secondaryPrivateIpAddresses: [...now.secondaryPrivateIpAddresses, takeAddress(tx, subnet, wanted)] });
        }
        return tx.get('ec2/network-interface', each.id)!;
      });
      return { NetworkInterface: shownInterface(created, store.world), ClientToken: input.ClientToken };
    },

    DescribeNetworkInterfaces(input: DescribeNetworkInterfacesCommandInput, call: Call): DescribeNetworkInterfacesResult {
      const world = store.world;
      const own = input.NetworkInterfaceIds?.length ? findAll(world, call, ['ec2/network-interface', input.NetworkInterfaceIds]) : world.list('ec2/network-interface', call);
      const { items, nextToken } = page(filtered(own, input.Filters, filters(world)), input);
      return { NetworkInterfaces: items.map((each) => shownInterface(each, world)), NextToken: nextToken };
    },

    async DeleteNetworkInterface(input: DeleteNetworkInterfaceCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const each = find(tx, call, ['ec2/network-interface', required(input.NetworkInterfaceId, 'networkInterfaceId')]);
        refuseManaged(each);
        if (each.attachment) throw new AwsError('InvalidParameterValue', `Network interface '${each.id}' is currently in use.`);
        tx.delete('ec2/network-interface', each.id);
      });
    },

    async AttachNetworkInterface(input: AttachNetworkInterfaceCommandInput, call: Call): Promise<AttachNetworkInterfaceResult> {
      const attachmentId = `eni-attach-${hexId(random, 17)}`;
      await store.transact((tx) => {
        const each = find(tx, call, ['ec2/network-interface', required(input.NetworkInterfaceId, 'networkInterfaceId')]);
        const instance = find(tx, call, ['ec2/instance', required(input.InstanceId, 'instanceId')]);
        if (instance.state === 'terminated') throw new AwsError('IncorrectState', `Instance '${instance.id}' is not 'running' or 'stopped'.`);
        if (each.attachment) throw new AwsError('InvalidParameterValue', `Interface: [${each.id}] in use.`);
        if (each.availabilityZone !== instance.availabilityZone) {
          throw new AwsError('InvalidParameterCombination', 'You may not attach a network interface to an instance if they are not in the same availability zone');
        }
        const deviceIndex = required(input.DeviceIndex, 'deviceIndex');
        const indexes = instance.interfaceIds.map((id) => tx.get('ec2/network-interface', id)?.attachment?.deviceIndex);
        if (indexes.includes(deviceIndex)) {
          throw new AwsError('InvalidParameterValue', `Instance '${instance.id}' already has an interface attached at device index '${deviceIndex}'.`);
        }
        tx.put('ec2/network-interface', {
          ...each,
          attachment: { attachmentId, instanceId: instance.id, instanceOwnerId: call.account, deviceIndex, deleteOnTermination: false, attachedAt: clock.now() },
        });
        tx.put('ec2/instance', { ...instance, interfaceIds: [...instance.interfaceIds, each.id] });
      });
      return { AttachmentId: attachmentId, NetworkCardIndex: 0 };
    },

    async DetachNetworkInterface(input: DetachNetworkInterfaceCommandInput, call: Call): Promise<void> {
      const id = required(input.AttachmentId, 'attachmentId');
      await store.transact((tx) => {
        const each = tx.list('ec2/network-interface', call).find((candidate) => candidate.attachment?.attachmentId === id);
        if (!each?.attachment) throw new AwsError('InvalidAttachmentID.NotFound', `The network interface attachment '${id}' does not exist.`);
        refuseManaged(each);
        if (each.attachment.deviceIndex === 0) {
          throw new AwsError('OperationNotPermitted', 'The primary network interface cannot be detached from its instance.');
        }
        const instance = each.attachment.instanceId === null ? undefined : tx.get('ec2/instance', each.attachment.instanceId);
        if (instance) tx.put('ec2/instance', { ...instance, interfaceIds: instance.interfaceIds.filter((other) => other !== each.id) });
        tx.put('ec2/network-interface', { ...each, attachment: null });
      });
    },

    DescribeNetworkInterfaceAttribute(input: DescribeNetworkInterfaceAttributeCommandInput, call: Call): DescribeNetworkInterfaceAttributeResult {
      const world = store.world;
      const each = find(world, call, ['ec2/network-interface', required(input.NetworkInterfaceId, 'networkInterfaceId')]);
      const whole = shownInterface(each, world);
      switch (input.Attribute) {
        case 'description':
          return { NetworkInterfaceId: each.id, Description: { Value: each.description } };
        case 'groupSet':
          return { NetworkInterfaceId: each.id, Groups: whole.Groups };
        case 'sourceDestCheck':
          return { NetworkInterfaceId: each.id, SourceDestCheck: { Value: each.sourceDestCheck } };
        case 'attachment':
          return { NetworkInterfaceId: each.id, Attachment: whole.Attachment };
        default:
          throw invalidValue(input.Attribute ?? '', 'attribute', 'One of description, groupSet, sourceDestCheck and attachment.');
      }
    },

    async ModifyNetworkInterfaceAttribute(input: ModifyNetworkInterfaceAttributeCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const each = find(tx, call, ['ec2/network-interface', required(input.NetworkInterfaceId, 'networkInterfaceId')]);
        refuseManaged(each);
        const groupIds = input.Groups ? checkedGroups(tx, call, { groupIds: input.Groups, vpcId: each.vpcId }) : each.groupIds;
        if (input.Attachment?.AttachmentId !== undefined && input.Attachment.AttachmentId !== each.attachment?.attachmentId) {
          throw new AwsError('InvalidAttachmentID.NotFound', `The network interface attachment '${input.Attachment.AttachmentId}' does not exist.`);
        }
        const attachment =
          each.attachment && input.Attachment?.DeleteOnTermination !== undefined
            ? { ...each.attachment, deleteOnTermination: input.Attachment.DeleteOnTermination }
            : each.attachment;
        tx.put('ec2/network-interface', {
          ...each,
          groupIds,
          attachment,
          description: input.Description?.Value ?? each.description,
          sourceDestCheck: input.SourceDestCheck?.Value ?? each.sourceDestCheck,
        });
        const instance = each.attachment?.deviceIndex === 0 && each.attachment.instanceId !== null ? tx.get('ec2/instance', each.attachment.instanceId) : undefined;
        if (instance) tx.put('ec2/instance', { ...instance, securityGroupIds: groupIds, sourceDestCheck: input.SourceDestCheck?.Value ?? instance.sourceDestCheck });
      });
    },
  };
}

/** The groups, each of the VPC; the VPC's default group where none is named. */
export function checkedGroups(tx: Transaction, call: Call, { groupIds, vpcId }: { readonly groupIds: readonly string[] | undefined; readonly vpcId: string }): readonly string[] {
  if (!groupIds || groupIds.length === 0) {
    const group = tx.children('ec2/security-group', vpcId).find((each) => each.name === 'default');
    return group ? [group.id] : [];
  }
  const groups = findAll(tx, call, ['ec2/security-group', [...new Set(groupIds)]]);
  const stranger = groups.find((group) => group.parent !== vpcId);
  if (stranger) throw new AwsError('InvalidParameter', `Security group ${stranger.id} and the subnet belong to different networks.`);
  return groups.map((group) => group.id);
}

function refuseManaged(each: NetworkInterface): void {
  if (each.requesterId === null) return;
  throw new AwsError('OperationNotPermitted', `You are not allowed to manage 'ela-attach' attachments.`);
}

export function statusOf(each: NetworkInterface): 'in-use' | 'available' {
  return each.attachment ? 'in-use' : 'available';
}

export function groupIdentifiers(world: World, groupIds: readonly string[]): { GroupId: string; GroupName: string }[] {
  return groupIds.map((id) => ({ GroupId: id, GroupName: world.get('ec2/security-group', id)?.name ?? '' }));
}

function shownInterface(each: NetworkInterface, world: World): ApiNetworkInterface {
  const dns = (address: string): string => privateDnsName(address, each.region);
  const elastic = world.children('ec2/elastic-ip', each.id)[0];
  const association =
    each.publicIp === null
      ? undefined
      : {
          IpOwnerId: elastic ? each.account : 'amazon',
          PublicIp: each.publicIp,
          PublicDnsName: publicDnsName(each.publicIp, each.region),
          AllocationId: elastic?.id,
          AssociationId: elastic?.association?.associationId,
        };
  const { attachment } = each;
  return {
    NetworkInterfaceId: each.id,
    OwnerId: each.account,
    SubnetId: each.parent,
    VpcId: each.vpcId,
    AvailabilityZone: each.availabilityZone,
    Description: each.description,
    Groups: groupIdentifiers(world, each.groupIds),
    InterfaceType: each.interfaceType as ApiNetworkInterface['InterfaceType'],
    MacAddress: each.macAddress,
    PrivateDnsName: dns(each.privateIpAddress),
    PrivateIpAddress: each.privateIpAddress,
    PrivateIpAddresses: [
      { Primary: true, PrivateIpAddress: each.privateIpAddress, PrivateDnsName: dns(each.privateIpAddress), Association: association },
      ...each.secondaryPrivateIpAddresses.map((address) => ({ Primary: false, PrivateIpAddress: address, PrivateDnsName: dns(address) })),
    ],
    Ipv6Addresses: each.ipv6Addresses.map((address) => ({ Ipv6Address: address, IsPrimaryIpv6: false })),
    Association: association,
    RequesterId: each.requesterId ?? undefined,
    RequesterManaged: each.requesterId !== null,
    SourceDestCheck: each.sourceDestCheck,
    Status: statusOf(each),
    Attachment: attachment
      ? {
          AttachmentId: attachment.attachmentId,
          InstanceId: attachment.instanceId ?? undefined,
          InstanceOwnerId: attachment.instanceOwnerId,
          DeviceIndex: attachment.deviceIndex,
          NetworkCardIndex: 0,
          DeleteOnTermination: attachment.deleteOnTermination,
          AttachTime: new Date(attachment.attachedAt),
          Status: 'attached',
        }
      : undefined,
    TagSet: shownTags(each.tags),
  };
}
