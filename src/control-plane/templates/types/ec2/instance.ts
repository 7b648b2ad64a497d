import { pick, type ResourceType } from '../resource-type.ts';
import { flag, oneOf, properties, tags, text, texts } from '../schema.ts';
import { retag, tagSpecifications } from './tags.ts';

/** An instance as a name for an address: what concerns machines (disks, keys, images) is not run and so not among the properties. */
export const instance: ResourceType = {
  name: 'AWS::EC2::Instance',
  nameProperty: null,
  properties: properties({
    replace: { AvailabilityZone: text, ImageId: text, PrivateIpAddress: text, SubnetId: text },
    inPlace: {
      DisableApiTermination: flag,
      IamInstanceProfile: text,
      InstanceInitiatedShutdownBehavior: oneOf('stop', 'terminate'),
      InstanceType: text,
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
      ...pick(properties, ['DisableApiTermination', 'ImageId', 'InstanceInitiatedShutdownBehavior', 'InstanceType', 'PrivateIpAddress', 'SecurityGroupIds', 'SubnetId', 'UserData']),
      ...(properties['AvailabilityZone'] === undefined ? {} : { Placement: { AvailabilityZone: properties['AvailabilityZone'] } }),
      ...(properties['IamInstanceProfile'] === undefined ? {} : { IamInstanceProfile: { Name: properties['IamInstanceProfile'] } }),
      ...tagSpecifications('instance', properties['Tags']),
    });
    const id: string = created.Instances[0].InstanceId;
    await made(id);
    await until(`${id} to run`, async () => {
      const state = (await call('ec2', 'DescribeInstances', { InstanceIds: [id] })).Reservations[0].Instances[0].State.Name;
      if (state === 'terminated') throw new Error(`${id} was terminated while it was being started`);
      return state === 'running' ? true : undefined;
    });
    if (properties['SourceDestCheck'] !== undefined) await call('ec2', 'ModifyInstanceAttribute', { InstanceId: id, SourceDestCheck: { Value: properties['SourceDestCheck'] } });
    return id;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    const InstanceId = physicalId;
    const modify = (attribute: object): Promise<unknown> => call('ec2', 'ModifyInstanceAttribute', { InstanceId, ...attribute });
    if (changed.has('SecurityGroupIds') && properties['SecurityGroupIds'] !== undefined) await modify({ Groups: properties['SecurityGroupIds'] });
    if (changed.has('InstanceType') && properties['InstanceType'] !== undefined) await modify({ InstanceType: { Value: properties['InstanceType'] } });
    if (changed.has('DisableApiTermination')) await modify({ DisableApiTermination: { Value: properties['DisableApiTermination'] ?? false } });
    if (changed.has('SourceDestCheck')) await modify({ SourceDestCheck: { Value: properties['SourceDestCheck'] ?? true } });
    if (changed.has('InstanceInitiatedShutdownBehavior')) {
      await modify({ InstanceInitiatedShutdownBehavior: { Value: properties['InstanceInitiatedShutdownBehavior'] ?? 'stop' } });
    }
    if (changed.has('UserData')) await modify({ UserData: { Value: Buffer.from(properties['UserData'] ?? '', 'base64') } });
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
