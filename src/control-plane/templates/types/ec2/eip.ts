import { pick, type ResourceType } from '../resource-type.ts';
import { properties, tags, text } from '../schema.ts';
import { retag, tagSpecifications } from './tags.ts';

/** An Elastic IP address. The physical id is the address itself, as AWS has it. */
export const eip: ResourceType = {
  name: 'AWS::EC2::EIP',
  nameProperty: null,
  properties: properties({ replace: { Domain: text, NetworkBorderGroup: text }, inPlace: { InstanceId: text, Tags: tags } }),
  attributes: ['AllocationId', 'PublicIp'],

  async create({ call, properties, made }) {
    const { AllocationId, PublicIp } = await call('ec2', 'AllocateAddress', { ...pick(properties, ['Domain', 'NetworkBorderGroup']), ...tagSpecifications('elastic-ip', properties['Tags']) });
    await made(PublicIp);
    if (properties['InstanceId'] !== undefined) await call('ec2', 'AssociateAddress', { AllocationId, InstanceId: properties['InstanceId'] });
    return PublicIp;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    const { AllocationId, AssociationId } = (await call('ec2', 'DescribeAddresses', { PublicIps: [physicalId] })).Addresses[0];
    if (changed.has('InstanceId')) {
      if (properties['InstanceId'] !== undefined) await call('ec2', 'AssociateAddress', { AllocationId, InstanceId: properties['InstanceId'] });
      else if (AssociationId !== undefined) await call('ec2', 'DisassociateAddress', { AssociationId });
    }
    if (changed.has('Tags')) await retag(call, AllocationId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    const { AllocationId, AssociationId } = (await call('ec2', 'DescribeAddresses', { PublicIps: [physicalId] })).Addresses[0];
    if (AssociationId !== undefined) await call('ec2', 'DisassociateAddress', { AssociationId });
    await call('ec2', 'ReleaseAddress', { AllocationId });
  },

  async read({ call, physicalId }) {
    const { AllocationId } = (await call('ec2', 'DescribeAddresses', { PublicIps: [physicalId] })).Addresses[0];
    return { ref: physicalId, attributes: { AllocationId, PublicIp: physicalId } };
  },
};
