import type { ResourceType } from '../resource-type.ts';
import { oneOf, properties, text } from '../schema.ts';

export const usagePlanKey: ResourceType = {
  name: 'AWS::ApiGateway::UsagePlanKey',
  nameProperty: null,
  properties: properties({ replace: { 'KeyId!': text, 'KeyType!': oneOf('API_KEY'), 'UsagePlanId!': text }, inPlace: {} }),
  attributes: ['Id'],

  async create({ call, properties, made }) {
    const { KeyId: keyId, KeyType: keyType, UsagePlanId: usagePlanId } = properties;
    await call('apigateway', 'CreateUsagePlanKey', { keyId, keyType, usagePlanId });
    const id = `${keyId}:${usagePlanId}`;
    await made(id);
    return id;
  },

  update: () => Promise.reject(new Error('every property of a usage plan key replaces it')),

  async delete({ call, properties }) {
    await call('apigateway', 'DeleteUsagePlanKey', { keyId: properties['KeyId'], usagePlanId: properties['UsagePlanId'] });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { Id: physicalId } }),
};
