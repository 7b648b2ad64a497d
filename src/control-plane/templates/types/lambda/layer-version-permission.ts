import { pick, type ResourceType } from '../resource-type.ts';
import { properties, text } from '../schema.ts';
import { nameOf } from './layer-version.ts';

/** A statement in a layer version's policy. The physical id is the version's ARN, `#` and the statement's id. */
export const layerVersionPermission: ResourceType = {
  name: 'AWS::Lambda::LayerVersionPermission',
  nameProperty: null,
  properties: properties({ replace: { 'Action!': text, 'LayerVersionArn!': text, OrganizationId: text, 'Principal!': text }, inPlace: {} }),
  attributes: ['Id'],

  async create({ call, properties, generatedName, made }) {
    const { LayerVersionArn } = properties;
    const StatementId = generatedName(100);
    await call('lambda', 'AddLayerVersionPermission', { ...nameOf(LayerVersionArn), StatementId, ...pick(properties, ['Action', 'Principal', 'OrganizationId']) });
    const id = `${LayerVersionArn}#${StatementId}`;
    await made(id);
    return id;
  },

  // Every property needs a new statement: there is nothing to change in place.
  update: async () => {},

  async delete({ call, physicalId }) {
    const [arn = '', StatementId = ''] = physicalId.split('#');
    await call('lambda', 'RemoveLayerVersionPermission', { ...nameOf(arn), StatementId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { Id: physicalId } }),
};
