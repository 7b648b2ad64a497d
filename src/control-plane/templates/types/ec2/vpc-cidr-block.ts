import { pick, type ResourceType } from '../resource-type.ts';
import { flag, properties, text } from '../schema.ts';

/** One more block of a VPC; for IPv6 those that AWS hands out, as pools of one's own are not served. */
export const vpcCidrBlock: ResourceType = {
  name: 'AWS::EC2::VPCCidrBlock',
  nameProperty: null,
  properties: properties({ replace: { AmazonProvidedIpv6CidrBlock: flag, CidrBlock: text, Ipv6CidrBlockNetworkBorderGroup: text, 'VpcId!': text }, inPlace: {} }),
  attributes: ['Id'],
  affects: ({ VpcId }) => ({ type: 'AWS::EC2::VPC', physicalId: VpcId }),

  async create({ call, properties, made }) {
    const associated = await call('ec2', 'AssociateVpcCidrBlock', pick(properties, ['AmazonProvidedIpv6CidrBlock', 'CidrBlock', 'Ipv6CidrBlockNetworkBorderGroup', 'VpcId']));
    const id: string = (associated.Ipv6CidrBlockAssociation ?? associated.CidrBlockAssociation).AssociationId;
    await made(id);
    return id;
  },

  async update() {
    // Every property needs replacement.
  },

  async delete({ call, physicalId }) {
    await call('ec2', 'DisassociateVpcCidrBlock', { AssociationId: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { Id: physicalId } }),
};
