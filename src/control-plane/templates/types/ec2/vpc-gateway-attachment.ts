import type { ResourceType } from '../resource-type.ts';
import { properties, text } from '../schema.ts';

/** An internet gateway in its VPC. VPN gateways are not served, so that `VpnGatewayId` is not among the properties. */
export const vpcGatewayAttachment: ResourceType = {
  name: 'AWS::EC2::VPCGatewayAttachment',
  nameProperty: null,
  properties: properties({ replace: { 'VpcId!': text }, inPlace: { 'InternetGatewayId!': text } }),
  attributes: ['AttachmentType'],

  async create({ call, properties, made }) {
    const { VpcId, InternetGatewayId } = properties;
    await call('ec2', 'AttachInternetGateway', { VpcId, InternetGatewayId });
    const id = `IGW|${VpcId}`;
    await made(id);
    return id;
  },

  async update({ call, properties, previous }) {
    await call('ec2', 'DetachInternetGateway', { VpcId: previous['VpcId'], InternetGatewayId: previous['InternetGatewayId'] });
    await call('ec2', 'AttachInternetGateway', { VpcId: properties['VpcId'], InternetGatewayId: properties['InternetGatewayId'] });
  },

  async delete({ call, properties }) {
    await call('ec2', 'DetachInternetGateway', { VpcId: properties['VpcId'], InternetGatewayId: properties['InternetGatewayId'] });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { AttachmentType: 'IGW' } }),
};
