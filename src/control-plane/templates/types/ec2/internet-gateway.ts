import type { ResourceType } from '../resource-type.ts';
import { properties, tags } from '../schema.ts';
import { retag, tagSpecifications } from './tags.ts';

export const internetGateway: ResourceType = {
  name: 'AWS::EC2::InternetGateway',
  nameProperty: null,
  properties: properties({ replace: {}, inPlace: { Tags: tags } }),
  attributes: ['InternetGatewayId'],

  async create({ call, properties, made }) {
    const created = await call('ec2', 'CreateInternetGateway', tagSpecifications('internet-gateway', properties['Tags']));
    const id: string = created.InternetGateway.InternetGatewayId;
    await made(id);
    return id;
  },

  async update({ call, physicalId, properties, previous }) {
    await retag(call, physicalId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('ec2', 'DeleteInternetGateway', { InternetGatewayId: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { InternetGatewayId: physicalId } }),
};
