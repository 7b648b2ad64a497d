import type {
  AssociateIamInstanceProfileCommandInput, AssociateIamInstanceProfileResult, DescribeIamInstanceProfileAssociationsCommandInput, DescribeIamInstanceProfileAssociationsResult,
  DescribeInstanceAttributeCommandInput, DescribeInstanceCreditSpecificationsCommandInput, DescribeInstanceCreditSpecificationsResult,
  InstanceAttribute, ModifyInstanceAttributeCommandInput, ModifyInstanceCreditSpecificationCommandInput, ModifyInstanceCreditSpecificationResult,
  ModifyInstanceMetadataOptionsCommandInput, ModifyInstanceMetadataOptionsResult, MonitorInstancesCommandInput, MonitorInstancesResult,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { Instance } from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { filtered } from './filters.ts';
import { imageOf } from './image.ts';
import { instanceType } from './instance-type.ts';
import { checkedUserData } from './launch.ts';
import { find, findAll, invalidValue, required } from './lookup.ts';
import { checkedGroups, groupIdentifiers } from './network-interface.ts';
import { page } from './pages.ts';

export function instanceAttributeOperations({ store }: Environment) {
  async function monitor(input: MonitorInstancesCommandInput, call: Call, on: boolean): Promise<MonitorInstancesResult> {
    await store.transact((tx) => {
      for (const instance of findAll(tx, call, ['ec2/instance', input.InstanceIds ?? []])) tx.put('ec2/instance', { ...instance, monitoring: on });
    });
    return { InstanceMonitorings: (input.InstanceIds ?? []).map((InstanceId) => ({ InstanceId, Monitoring: { State: on ? 'pending' : 'disabling' } })) };
  }

  return {
    DescribeInstanceAttribute(input: DescribeInstanceAttributeCommandInput, call: Call): InstanceAttribute {
      const instance = find(store.world, call, ['ec2/instance', required(input.InstanceId, 'instanceId')]);
      return { InstanceId: instance.id, ...attribute(instance, store.world, input.Attribute ?? '') };
    },

    async ModifyInstanceAttribute(input: ModifyInstanceAttributeCommandInput, call: Call): Promise<void> {
      if (input.EnaSupport?.Value === false) throw new AwsError('UnsupportedOperation', 'Nothing is booted here: network driver attributes cannot be changed.');
      await store.transact((tx) => {
        const instance = find(tx, call, ['ec2/instance', required(input.InstanceId, 'instanceId')]);
        // The older form names the attribute and gives its value as text.
        const old = (name: string): string | undefined => (input.Attribute === name ? input.Value : undefined);
        const flag = (name: string, given: boolean | undefined, before: boolean): boolean => given ?? (old(name) === undefined ? before : old(name) === 'true');
        const wantedType = input.InstanceType?.Value ?? old('instanceType') ?? instance.instanceType;
        const wantedData = checkedUserData(input.UserData?.Value === undefined ? old('userData') : Buffer.from(input.UserData.Value).toString('base64'));
        const restarted = wantedType !== instance.instanceType || (wantedData !== undefined && wantedData !== instance.userData);
        if (restarted && instance.state === 'running') {
          throw new AwsError('IncorrectInstanceState', `The instance '${instance.id}' is not in the 'stopped' state.`);
        }
        const sourceDestCheck = flag('sourceDestCheck', input.SourceDestCheck?.Value, instance.sourceDestCheck);
        const securityGroupIds = input.Groups?.length ? checkedGroups(tx, call, { groupIds: input.Groups, vpcId: instance.vpcId }) : instance.securityGroupIds;
        tx.put('ec2/instance', {
          ...instance,
          instanceType: instanceType(wantedType).id,
          userData: wantedData ?? instance.userData,
          sourceDestCheck,
          securityGroupIds,
          ebsOptimized: flag('ebsOptimized', input.EbsOptimized?.Value, instance.ebsOptimized),
          disableApiTermination: flag('disableApiTermination', input.DisableApiTermination?.Value, instance.disableApiTermination),
          disableApiStop: flag('disableApiStop', input.DisableApiStop?.Value, instance.disableApiStop),
          shutdownBehavior: input.InstanceInitiatedShutdownBehavior?.Value ?? old('instanceInitiatedShutdownBehavior') ?? instance.shutdownBehavior,
        });
        const nic = instance.interfaceIds[0] === undefined ? undefined : tx.get('ec2/network-interface', instance.interfaceIds[0]);
        if (nic) tx.put('ec2/network-interface', { ...nic, sourceDestCheck, groupIds: securityGroupIds });
        for (const mapping of input.BlockDeviceMappings ?? []) {
          const volume = tx.children('ec2/volume', instance.id).find((each) => each.deviceName === mapping.DeviceName);
          if (!volume) throw new AwsError('InvalidInstanceAttributeValue', `No device is currently mapped at ${mapping.DeviceName ?? ''}`);
          tx.put('ec2/volume', { ...volume, deleteOnTermination: mapping.Ebs?.DeleteOnTermination ?? volume.deleteOnTermination });
        }
      });
    },

    DescribeInstanceCreditSpecifications(input: DescribeInstanceCreditSpecificationsCommandInput, call: Call): DescribeInstanceCreditSpecificationsResult {
      const own = input.InstanceIds?.length ? findAll(store.world, call, ['ec2/instance', input.InstanceIds]) : store.world.list('ec2/instance', call);
      const burstable = own.filter((instance) => instanceType(instance.instanceType).burstable && instance.state !== 'terminated');
      const { items, nextToken } = page(filtered(burstable, input.Filters, { 'instance-id': (instance) => instance.id }), input);
      return { NextToken: nextToken, InstanceCreditSpecifications: items.map((instance) => ({ InstanceId: instance.id, CpuCredits: instance.creditSpecification })) };
    },

    async ModifyInstanceCreditSpecification(input: ModifyInstanceCreditSpecificationCommandInput, call: Call): Promise<ModifyInstanceCreditSpecificationResult> {
      const wanted = input.InstanceCreditSpecifications ?? [];
      await store.transact((tx) => {
        for (const each of wanted) {
          const instance = find(tx, call, ['ec2/instance', required(each.InstanceId, 'instanceId')]);
          tx.put('ec2/instance', { ...instance, creditSpecification: each.CpuCredits ?? instance.creditSpecification });
        }
      });
      return { SuccessfulInstanceCreditSpecifications: wanted.map(({ InstanceId }) => ({ InstanceId })), UnsuccessfulInstanceCreditSpecifications: [] };
    },

    async ModifyInstanceMetadataOptions(input: ModifyInstanceMetadataOptionsCommandInput, call: Call): Promise<ModifyInstanceMetadataOptionsResult> {
      const metadata = await store.transact((tx) => {
        const instance = find(tx, call, ['ec2/instance', required(input.InstanceId, 'instanceId')]);
        const changed = {
          httpTokens: input.HttpTokens ?? instance.metadata.httpTokens,
          httpPutResponseHopLimit: input.HttpPutResponseHopLimit ?? instance.metadata.httpPutResponseHopLimit,
          httpEndpoint: input.HttpEndpoint ?? instance.metadata.httpEndpoint,
          httpProtocolIpv6: input.HttpProtocolIpv6 ?? instance.metadata.httpProtocolIpv6,
          instanceMetadataTags: input.InstanceMetadataTags ?? instance.metadata.instanceMetadataTags,
        };
        tx.put('ec2/instance', { ...instance, metadata: changed });
        return changed;
      });
      return {
        InstanceId: input.InstanceId,
        InstanceMetadataOptions: {
          State: 'pending', HttpTokens: metadata.httpTokens as 'optional', HttpPutResponseHopLimit: metadata.httpPutResponseHopLimit,
          HttpEndpoint: metadata.httpEndpoint as 'enabled', HttpProtocolIpv6: metadata.httpProtocolIpv6 as 'disabled', InstanceMetadataTags: metadata.instanceMetadataTags as 'disabled',
        },
      };
    },

    MonitorInstances: (input: MonitorInstancesCommandInput, call: Call) => monitor(input, call, true),
    UnmonitorInstances: (input: MonitorInstancesCommandInput, call: Call) => monitor(input, call, false),

    async AssociateIamInstanceProfile(input: AssociateIamInstanceProfileCommandInput, call: Call): Promise<AssociateIamInstanceProfileResult> {
      return store.transact((tx) => {
        const instance = find(tx, call, ['ec2/instance', required(input.InstanceId, 'instanceId')]);
        if (instance.instanceProfileArn !== null) throw new AwsError('IncorrectState', `There is an existing association for instance ${instance.id}`);
        const profile = tx
          .list('iam/instance-profile', { account: call.account, region: 'global' })
          .find((each) => each.id === input.IamInstanceProfile?.Arn || each.name === input.IamInstanceProfile?.Name);
        if (!profile) throw invalidValue(input.IamInstanceProfile?.Arn ?? input.IamInstanceProfile?.Name ?? '', 'iamInstanceProfile', 'Invalid IAM Instance Profile');
        const changed = { ...instance, instanceProfileArn: profile.id };
        tx.put('ec2/instance', changed);
        return { IamInstanceProfileAssociation: { ...association(changed, tx), State: 'associating' as const } };
      });
    },

    async DisassociateIamInstanceProfile(input: { AssociationId?: string }, call: Call): Promise<AssociateIamInstanceProfileResult> {
      const id = required(input.AssociationId, 'associationId');
      return store.transact((tx) => {
        const instance = tx.list('ec2/instance', call).find((each) => each.instanceProfileArn !== null && associationId(each) === id);
        if (!instance) throw new AwsError('NoSuchAssociation', `An invalid association-id of '${id}' was given`);
        tx.put('ec2/instance', { ...instance, instanceProfileArn: null });
        return { IamInstanceProfileAssociation: { ...association(instance, tx), State: 'disassociating' as const } };
      });
    },

    DescribeIamInstanceProfileAssociations(input: DescribeIamInstanceProfileAssociationsCommandInput, call: Call): DescribeIamInstanceProfileAssociationsResult {
      const own = store.world.list('ec2/instance', call).filter((each) => each.instanceProfileArn !== null && each.state !== 'terminated');
      const unknown = input.AssociationIds?.find((id) => !own.some((each) => associationId(each) === id));
      if (unknown !== undefined) throw new AwsError('InvalidAssociationID.NotFound', `An invalid association-id of '${unknown}' was given`);
      const named = input.AssociationIds?.length ? own.filter((each) => input.AssociationIds!.includes(associationId(each))) : own;
      const { items, nextToken } = page(filtered(named, input.Filters, { 'instance-id': (each) => each.id, state: () => 'associated' }), input);
      return { IamInstanceProfileAssociations: items.map((each) => association(each, store.world)), NextToken: nextToken };
    },
  };
}

function associationId(instance: Instance): string {
  return `iip-assoc-${instance.id.slice(2)}`;
}

function association(instance: Instance, world: World) {
  const arn = instance.instanceProfileArn!;
  return {
    AssociationId: associationId(instance),
    InstanceId: instance.id,
    IamInstanceProfile: { Arn: arn, Id: world.get('iam/instance-profile', arn)?.uniqueId ?? '' },
    State: 'associated' as const,
  };
}

function attribute(instance: Instance, world: World, name: string): InstanceAttribute {
  switch (name) {
    case 'instanceType':
      return { InstanceType: { Value: instance.instanceType } };
    case 'kernel':
    case 'ramdisk':
    case 'sriovNetSupport':
    case 'productCodes':
      return {};
    case 'userData':
      return { UserData: instance.userData === null ? {} : { Value: instance.userData } };
    case 'disableApiTermination':
      return { DisableApiTermination: { Value: instance.disableApiTermination } };
    case 'disableApiStop':
      return { DisableApiStop: { Value: instance.disableApiStop } };
    case 'instanceInitiatedShutdownBehavior':
      return { InstanceInitiatedShutdownBehavior: { Value: instance.shutdownBehavior } };
    case 'rootDeviceName':
      return { RootDeviceName: { Value: imageOf(instance.imageId).rootDevice } };
    case 'blockDeviceMapping':
      return {
        BlockDeviceMappings: world.children('ec2/volume', instance.id).map((volume) => ({
          DeviceName: volume.deviceName,
          Ebs: { VolumeId: volume.id, Status: 'attached', AttachTime: new Date(volume.attachedAt), DeleteOnTermination: volume.deleteOnTermination },
        })),
      };
    case 'sourceDestCheck':
      return { SourceDestCheck: { Value: instance.sourceDestCheck } };
    case 'groupSet':
      return { Groups: groupIdentifiers(world, instance.securityGroupIds) };
    case 'ebsOptimized':
      return { EbsOptimized: { Value: instance.ebsOptimized } };
    case 'enaSupport':
      return { EnaSupport: { Value: true } };
    case 'enclaveOptions':
      return { EnclaveOptions: { Enabled: false } };
    default:
      throw invalidValue(name, 'attribute', 'Unknown attribute.');
  }
}
