import { pick, type ResourceType } from '../resource-type.ts';
import { properties, text } from '../schema.ts';

/** The IPv6 block of a subnet that was made without one. */
export const subnetCidrBlock: ResourceType = {
  name: 'AWS::EC2::SubnetCidrBlock',
  nameProperty: null,
  properties: properties({ replace: { 'Ipv6CidrBlock!': text, 'SubnetId!': text }, inPlace: {} }),
  attributes: ['Id'],
  affects: ({ SubnetId }) => ({ type: 'AWS::EC2::Subnet', physicalId: SubnetId }),

  async create({ call, properties, made }) {
    const associated = await call('ec2', 'AssociateSubnetCidrBlock', pick(properties, ['Ipv6CidrBlock', 'SubnetId']));
    const id: string = associated.Ipv6CidrBlockAssociation.AssociationId;
    await made(id);
    return id;
  },

  async update() {
    // Every property needs replacement.
  },

  async delete({ call, physicalId }) {
    await call('ec2', 'DisassociateSubnetCidrBlock', { AssociationId: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { Id: physicalId } }),
};
