import { pick, type ResourceType } from '../resource-type.ts';
import { flag, properties, tags, text } from '../schema.ts';
import { retag, tagSpecifications } from './tags.ts';

const FLAGS = ['MapPublicIpOnLaunch', 'AssignIpv6AddressOnCreation', 'EnableDns64'] as const;

export const subnet: ResourceType = {
  name: 'AWS::EC2::Subnet',
  nameProperty: null,
  properties: properties({
    replace: { AvailabilityZone: text, AvailabilityZoneId: text, CidrBlock: text, Ipv6CidrBlock: text, Ipv6Native: flag, OutpostArn: text, 'VpcId!': text },
    inPlace: { AssignIpv6AddressOnCreation: flag, EnableDns64: flag, MapPublicIpOnLaunch: flag, Tags: tags },
  }),
  attributes: ['AvailabilityZone', 'AvailabilityZoneId', 'CidrBlock', 'Ipv6CidrBlocks', 'NetworkAclAssociationId', 'SubnetId', 'VpcId'],

  async create({ call, properties, made }) {
    const created = await call('ec2', 'CreateSubnet', {
      ...pick(properties, ['AvailabilityZone', 'AvailabilityZoneId', 'CidrBlock', 'Ipv6CidrBlock', 'Ipv6Native', 'OutpostArn', 'VpcId']),
      ...tagSpecifications('subnet', properties['Tags']),
    });
    const id: string = created.Subnet.SubnetId;
    await made(id);
    for (const name of FLAGS) {
      if (properties[name] !== undefined) await call('ec2', 'ModifySubnetAttribute', { SubnetId: id, [name]: { Value: properties[name] } });
    }
    return id;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    for (const name of FLAGS) {
      if (changed.has(name)) await call('ec2', 'ModifySubnetAttribute', { SubnetId: physicalId, [name]: { Value: properties[name] ?? false } });
    }
    if (changed.has('Tags')) await retag(call, physicalId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('ec2', 'DeleteSubnet', { SubnetId: physicalId });
  },

  async read({ call, physicalId }) {
    const found = (await call('ec2', 'DescribeSubnets', { SubnetIds: [physicalId] })).Subnets[0];
    const acls = await call('ec2', 'DescribeNetworkAcls', { Filters: [{ Name: 'association.subnet-id', Values: [physicalId] }] });
    const associations: readonly { SubnetId: string; NetworkAclAssociationId: string }[] = acls.NetworkAcls?.[0]?.Associations ?? [];
    return {
      ref: physicalId,
      attributes: {
        AvailabilityZone: found.AvailabilityZone,
        AvailabilityZoneId: found.AvailabilityZoneId ?? '',
        CidrBlock: found.CidrBlock ?? '',
        Ipv6CidrBlocks: (found.Ipv6CidrBlockAssociationSet ?? []).map((one: { Ipv6CidrBlock: string }) => one.Ipv6CidrBlock),
        NetworkAclAssociationId: associations.find((one) => one.SubnetId === physicalId)?.NetworkAclAssociationId ?? '',
        SubnetId: physicalId,
        VpcId: found.VpcId,
      },
    };
  },
};
