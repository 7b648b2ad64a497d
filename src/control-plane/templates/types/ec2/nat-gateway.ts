import { pick, type ResourceType } from '../resource-type.ts';
import { properties, tags, text } from '../schema.ts';
import { retag, tagSpecifications } from './tags.ts';

export const natGateway: ResourceType = {
  name: 'AWS::EC2::NatGateway',
  nameProperty: null,
  properties: properties({ replace: { AllocationId: text, ConnectivityType: text, PrivateIpAddress: text, 'SubnetId!': text }, inPlace: { Tags: tags } }),
  attributes: ['NatGatewayId'],

  async create({ call, properties, made }) {
    const created = await call('ec2', 'CreateNatGateway', { ...pick(properties, ['AllocationId', 'ConnectivityType', 'PrivateIpAddress', 'SubnetId']), ...tagSpecifications('natgateway', properties['Tags']) });
    const id: string = created.NatGateway.NatGatewayId;
    await made(id);
    return id;
  },

  async update({ call, physicalId, properties, previous }) {
    await retag(call, physicalId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('ec2', 'DeleteNatGateway', { NatGatewayId: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { NatGatewayId: physicalId } }),
};
