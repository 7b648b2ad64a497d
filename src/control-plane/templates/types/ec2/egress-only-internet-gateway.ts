import { pick, type ResourceType } from '../resource-type.ts';
import { properties, tags, text } from '../schema.ts';
import { retag, tagSpecifications } from './tags.ts';

export const egressOnlyInternetGateway: ResourceType = {
  name: 'AWS::EC2::EgressOnlyInternetGateway',
  nameProperty: null,
  properties: properties({ replace: { 'VpcId!': text }, inPlace: { Tags: tags } }),
  attributes: ['Id'],

  async create({ call, properties, made }) {
    const created = await call('ec2', 'CreateEgressOnlyInternetGateway', { ...pick(properties, ['VpcId']), ...tagSpecifications('egress-only-internet-gateway', properties['Tags']) });
    const id: string = created.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId;
    await made(id);
    return id;
  },

  async update({ call, physicalId, properties, previous }) {
    await retag(call, physicalId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('ec2', 'DeleteEgressOnlyInternetGateway', { EgressOnlyInternetGatewayId: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { Id: physicalId } }),
};
