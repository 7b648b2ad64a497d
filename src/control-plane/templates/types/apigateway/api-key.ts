import type { ResourceType } from '../resource-type.ts';
import { flag, properties, tags, text } from '../schema.ts';
import { retag, said, tagMap, type PatchOperation } from './patch.ts';

export const apiKey: ResourceType = {
  name: 'AWS::ApiGateway::ApiKey',
  nameProperty: 'Name',
  properties: properties({
    replace: { GenerateDistinctId: flag, Name: text, Value: text },
    inPlace: { CustomerId: text, Description: text, Enabled: flag, Tags: tags },
  }),
  attributes: ['APIKeyId'],

  async create({ call, properties, generatedName, made }) {
    const { CustomerId: customerId, Description: description, Enabled: enabled = false, GenerateDistinctId: generateDistinctId, Name: name = generatedName(128), Value: value } = properties;
    const { id } = await call('apigateway', 'CreateApiKey', said({ name, description, customerId, enabled, generateDistinctId, value, tags: tagMap(properties['Tags']) }));
    await made(id);
    return id as string;
  },

  async update({ call, physicalId, properties, previous, changed, region, partition }) {
    const paths = [['CustomerId', '/customerId', ''], ['Description', '/description', ''], ['Enabled', '/enabled', false]] as const;
    const patchOperations = paths.filter(([name]) => changed.has(name)).map(([name, path, otherwise]): PatchOperation => ({ op: 'replace', path, value: String(properties[name] ?? otherwise) }));
    if (patchOperations.length > 0) await call('apigateway', 'UpdateApiKey', { apiKey: physicalId, patchOperations });
    if (changed.has('Tags')) await retag(call, `arn:${partition}:apigateway:${region}::/apikeys/${physicalId}`, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('apigateway', 'DeleteApiKey', { apiKey: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { APIKeyId: physicalId } }),
};
