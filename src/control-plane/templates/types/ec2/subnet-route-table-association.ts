import type { ResourceType } from '../resource-type.ts';
import { properties, text } from '../schema.ts';

/** Which route table a subnet uses. Another table is set with one call that changes the id: a subnet cannot have two for a moment. */
export const subnetRouteTableAssociation: ResourceType = {
  name: 'AWS::EC2::SubnetRouteTableAssociation',
  nameProperty: null,
  properties: properties({ replace: { 'SubnetId!': text }, inPlace: { 'RouteTableId!': text } }),
  attributes: ['Id'],

  async create({ call, properties, made }) {
    const created = await call('ec2', 'AssociateRouteTable', { RouteTableId: properties['RouteTableId'], SubnetId: properties['SubnetId'] });
    const id: string = created.AssociationId;
    await made(id);
    return id;
  },

  async update({ call, physicalId, properties, made }) {
    const replaced = await call('ec2', 'ReplaceRouteTableAssociation', { AssociationId: physicalId, RouteTableId: properties['RouteTableId'] });
    await made(replaced.NewAssociationId);
  },

  async delete({ call, physicalId }) {
    await call('ec2', 'DisassociateRouteTable', { AssociationId: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { Id: physicalId } }),
};
