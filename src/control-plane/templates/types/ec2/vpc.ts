import { pick, type ResourceType } from '../resource-type.ts';
import { flag, number, oneOf, properties, tags, text } from '../schema.ts';
import { retag, tagSpecifications } from './tags.ts';

export const vpc: ResourceType = {
  name: 'AWS::EC2::VPC',
  nameProperty: null,
  properties: properties({
    replace: { CidrBlock: text, Ipv4IpamPoolId: text, Ipv4NetmaskLength: number },
    inPlace: { EnableDnsHostnames: flag, EnableDnsSupport: flag, InstanceTenancy: oneOf('default', 'dedicated', 'host'), Tags: tags },
  }),
  attributes: ['CidrBlock', 'CidrBlockAssociations', 'DefaultNetworkAcl', 'DefaultSecurityGroup', 'Ipv6CidrBlocks', 'VpcId'],

  async create({ call, properties, made }) {
    const created = await call('ec2', 'CreateVpc', {
      ...pick(properties, ['CidrBlock', 'InstanceTenancy', 'Ipv4IpamPoolId', 'Ipv4NetmaskLength']),
      ...tagSpecifications('vpc', properties['Tags']),
    });
    const id: string = created.Vpc.VpcId;
    await made(id);
    // One attribute a call: ModifyVpcAttribute refuses both at once.
    for (const name of ['EnableDnsSupport', 'EnableDnsHostnames']) {
      if (properties[name] !== undefined) await call('ec2', 'ModifyVpcAttribute', { VpcId: id, [name]: { Value: properties[name] } });
    }
    return id;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    // AWS's defaults: DNS support is on, DNS host names are off.
    if (changed.has('EnableDnsSupport')) await call('ec2', 'ModifyVpcAttribute', { VpcId: physicalId, EnableDnsSupport: { Value: properties['EnableDnsSupport'] ?? true } });
    if (changed.has('EnableDnsHostnames')) await call('ec2', 'ModifyVpcAttribute', { VpcId: physicalId, EnableDnsHostnames: { Value: properties['EnableDnsHostnames'] ?? false } });
    if (changed.has('InstanceTenancy')) await call('ec2', 'ModifyVpcTenancy', { VpcId: physicalId, InstanceTenancy: properties['InstanceTenancy'] ?? 'default' });
    if (changed.has('Tags')) await retag(call, physicalId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('ec2', 'DeleteVpc', { VpcId: physicalId });
  },

  async read({ call, physicalId }) {
    const found = (await call('ec2', 'DescribeVpcs', { VpcIds: [physicalId] })).Vpcs[0];
    const inVpc = { Name: 'vpc-id', Values: [physicalId] };
    const groups = await call('ec2', 'DescribeSecurityGroups', { Filters: [inVpc, { Name: 'group-name', Values: ['default'] }] });
    const acls = await call('ec2', 'DescribeNetworkAcls', { Filters: [inVpc, { Name: 'default', Values: ['true'] }] });
    return {
      ref: physicalId,
      attributes: {
        CidrBlock: found.CidrBlock,
        CidrBlockAssociations: (found.CidrBlockAssociationSet ?? []).map((one: { AssociationId: string }) => one.AssociationId),
        DefaultNetworkAcl: acls.NetworkAcls?.[0]?.NetworkAclId ?? '',
        DefaultSecurityGroup: groups.SecurityGroups?.[0]?.GroupId ?? '',
        Ipv6CidrBlocks: (found.Ipv6CidrBlockAssociationSet ?? []).map((one: { Ipv6CidrBlock: string }) => one.Ipv6CidrBlock),
        VpcId: physicalId,
      },
    };
  },
};
