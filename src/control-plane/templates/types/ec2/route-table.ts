import type { ResourceType } from '../resource-type.ts';
import { properties, tags, text } from '../schema.ts';
import { retag, tagSpecifications } from './tags.ts';

export const routeTable: ResourceType = {
  name: 'AWS::EC2::RouteTable',
  nameProperty: null,
  properties: properties({ replace: { 'VpcId!': text }, inPlace: { Tags: tags } }),
  attributes: ['RouteTableId'],

  async create({ call, properties, made }) {
    const created = await call('ec2', 'CreateRouteTable', { VpcId: properties['VpcId'], ...tagSpecifications('route-table', properties['Tags']) });
    const id: string = created.RouteTable.RouteTableId;
    await made(id);
    return id;
  },

  async update({ call, physicalId, properties, previous }) {
    await retag(call, physicalId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('ec2', 'DeleteRouteTable', { RouteTableId: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { RouteTableId: physicalId } }),
};
