import { pick, type CallOperation, type Properties, type ResourceType, type Task } from '../resource-type.ts';
import { flag, listOf, number, oneOf, properties, record, tags, text, texts } from '../schema.ts';
import { retag, tagSpecifications } from './tags.ts';

const disk = record({
  'DeviceName!': text,
  Ebs: record({ DeleteOnTermination: flag, Encrypted: flag, Iops: number, KmsKeyId: text, SnapshotId: text, VolumeSize: number, VolumeType: text }),
  NoDevice: text,
  VirtualName: text,
});

const networkInterface = record({
  AssociatePublicIpAddress: flag, DeleteOnTermination: flag, Description: text, 'DeviceIndex!': number, GroupSet: texts, NetworkInterfaceId: text, PrivateIpAddress: text,
  PrivateIpAddresses: listOf(record({ 'Primary!': flag, 'PrivateIpAddress!': text })), SubnetId: text,
});

const LAUNCH = [
  'BlockDeviceMappings', 'DisableApiTermination', 'EbsOptimized', 'ImageId', 'InstanceInitiatedShutdownBehavior', 'InstanceType', 'KeyName', 'MetadataOptions', 'PrivateIpAddress',
  'SecurityGroupIds', 'SecurityGroups', 'SubnetId', 'UserData',
];

/** An instance: here a name for an address. What EC2 keeps of the machine itself is kept, and answered, but nothing is run. */
export const instance: ResourceType = {
  name: 'AWS::EC2::Instance',
  nameProperty: null,
  properties: properties({
    replace: {
      AvailabilityZone: text,
      BlockDeviceMappings: listOf(disk),
      ImageId: text,
      KeyName: text,
      MetadataOptions: record({ HttpEndpoint: text, HttpProtocolIpv6: text, HttpPutResponseHopLimit: number, HttpTokens: text, InstanceMetadataTags: text }),
      NetworkInterfaces: listOf(networkInterface),
      PrivateIpAddress: text,
      SecurityGroups: texts,
      SubnetId: text,
      Tenancy: text,
    },
    inPlace: {
      DisableApiTermination: flag,
      EbsOptimized: flag,
      IamInstanceProfile: text,
      InstanceInitiatedShutdownBehavior: oneOf('stop', 'terminate'),
      InstanceType: text,
      Monitoring: flag,
      SecurityGroupIds: texts,
      SourceDestCheck: flag,
      Tags: tags,
      UserData: text,
    },
  }),
  attributes: ['AvailabilityZone', 'InstanceId', 'PrivateDnsName', 'PrivateIp', 'PublicDnsName', 'PublicIp', 'VpcId'],

  async create({ call, properties, made, until }) {
    const created = await call('ec2', 'RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      ...pick(properties, LAUNCH),
      ...(properties['Monitoring'] === undefined ? {} : { Monitoring: { Enabled: properties['Monitoring'] } }),
      ...(properties['NetworkInterfaces'] === undefined ? {} : { NetworkInterfaces: properties['NetworkInterfaces'].map(interfaceInput) }),
      ...(properties['AvailabilityZone'] === undefined && properties['Tenancy'] === undefined ? {} : { Placement: pick(properties, ['AvailabilityZone', 'Tenancy']) }),
      ...(properties['IamInstanceProfile'] === undefined ? {} : { IamInstanceProfile: { Name: properties['IamInstanceProfile'] } }),
      ...tagSpecifications('instance', properties['Tags']),
    });
    const id: string = created.Instances[0].InstanceId;
    await made(id);
    await inState(call, id, { state: 'running', until });
    if (properties['SourceDestCheck'] !== undefined) await call('ec2', 'ModifyInstanceAttribute', { InstanceId: id, SourceDestCheck: { Value: properties['SourceDestCheck'] } });
    return id;
  },

  async update({ call, physicalId, properties, previous, changed, until }) {
    const InstanceId = physicalId;
    const modify = (attribute: object): Promise<unknown> => call('ec2', 'ModifyInstanceAttribute', { InstanceId, ...attribute });
    if (changed.has('SecurityGroupIds') && properties['SecurityGroupIds'] !== undefined) await modify({ Groups: properties['SecurityGroupIds'] });
    if (changed.has('DisableApiTermination')) await modify({ DisableApiTermination: { Value: properties['DisableApiTermination'] ?? false } });
    if (changed.has('SourceDestCheck')) await modify({ SourceDestCheck: { Value: properties['SourceDestCheck'] ?? true } });
    if (changed.has('InstanceInitiatedShutdownBehavior')) {
      await modify({ InstanceInitiatedShutdownBehavior: { Value: properties['InstanceInitiatedShutdownBehavior'] ?? 'stop' } });
    }
    if (changed.has('Monitoring')) await call('ec2', properties['Monitoring'] === true ? 'MonitorInstances' : 'UnmonitorInstances', { InstanceIds: [InstanceId] });
    // These only change while the instance is stopped: CloudFormation's "some interruptions".
    if (changed.has('InstanceType') || changed.has('UserData') || changed.has('EbsOptimized')) {
      await call('ec2', 'StopInstances', { InstanceIds: [InstanceId] });
      await inState(call, InstanceId, { state: 'stopped', until });
      if (changed.has('InstanceType') && properties['InstanceType'] !== undefined) await modify({ InstanceType: { Value: properties['InstanceType'] } });
      if (changed.has('EbsOptimized')) await modify({ EbsOptimized: { Value: properties['EbsOptimized'] ?? false } });
      if (changed.has('UserData')) await modify({ UserData: { Value: Buffer.from(properties['UserData'] ?? '', 'base64') } });
      await call('ec2', 'StartInstances', { InstanceIds: [InstanceId] });
      await inState(call, InstanceId, { state: 'running', until });
    }
    if (changed.has('IamInstanceProfile')) {
      const found = await call('ec2', 'DescribeIamInstanceProfileAssociations', { Filters: [{ Name: 'instance-id', Values: [InstanceId] }] });
      const AssociationId = found.IamInstanceProfileAssociations?.[0]?.AssociationId;
      const IamInstanceProfile = { Name: properties['IamInstanceProfile'] };
      if (properties['IamInstanceProfile'] === undefined) await call('ec2', 'DisassociateIamInstanceProfile', { AssociationId });
      else if (AssociationId === undefined) await call('ec2', 'AssociateIamInstanceProfile', { InstanceId, IamInstanceProfile });
      else await call('ec2', 'ReplaceIamInstanceProfileAssociation', { AssociationId, IamInstanceProfile });
    }
    if (changed.has('Tags')) await retag(call, physicalId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId, until }) {
    await call('ec2', 'TerminateInstances', { InstanceIds: [physicalId] });
    await until(`${physicalId} to terminate`, async () => {
      const state = (await call('ec2', 'DescribeInstances', { InstanceIds: [physicalId] })).Reservations?.[0]?.Instances?.[0]?.State?.Name;
      return state === undefined || state === 'terminated' ? true : undefined;
    });
  },

  async read({ call, physicalId }) {
    const found = (await call('ec2', 'DescribeInstances', { InstanceIds: [physicalId] })).Reservations[0].Instances[0];
    return {
      ref: physicalId,
      attributes: {
        AvailabilityZone: found.Placement?.AvailabilityZone ?? '',
        InstanceId: physicalId,
        PrivateDnsName: found.PrivateDnsName ?? '',
        PrivateIp: found.PrivateIpAddress ?? '',
        PublicDnsName: found.PublicDnsName ?? '',
        PublicIp: found.PublicIpAddress ?? '',
        VpcId: found.VpcId ?? '',
      },
    };
  },
};

async function inState(call: CallOperation, id: string, { state, until }: { readonly state: 'running' | 'stopped'; readonly until: Task['until'] }): Promise<void> {
  await until(`${id} to be ${state}`, async () => {
    const found = (await call('ec2', 'DescribeInstances', { InstanceIds: [id] })).Reservations[0].Instances[0].State.Name;
    if (found === 'terminated') throw new Error(`${id} was terminated while it was to be ${state}`);
    return found === state ? true : undefined;
  });
}

/** CloudFormation's GroupSet is the API's Groups. */
function interfaceInput({ GroupSet, ...more }: Properties): object {
  return { ...more, ...(GroupSet === undefined ? {} : { Groups: GroupSet }) };
}
