import { pick, type CallOperation, type Properties, type ResourceType } from '../resource-type.ts';
import { mapOf, properties, text } from '../schema.ts';
import { targetsOf } from './operation.ts';

/** Registering it again is how it changes. The physical id is the instance's own. */
export const discoveryInstance: ResourceType = {
  name: 'AWS::ServiceDiscovery::Instance',
  nameProperty: 'InstanceId',
  properties: properties({ replace: { InstanceId: text, 'ServiceId!': text }, inPlace: { 'InstanceAttributes!': mapOf(text) } }),
  attributes: [],

  async create({ call, properties, generatedName, made }) {
    const id: string = properties['InstanceId'] ?? generatedName(64);
    await register(call, properties, id);
    await made(id);
    return id;
  },

  update: ({ call, properties, physicalId }) => register(call, properties, physicalId),

  async delete({ call, physicalId, properties }) {
    await targetsOf(call, await call('servicediscovery', 'DeregisterInstance', { ...pick(properties, ['ServiceId']), InstanceId: physicalId }));
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: {} }),
};

async function register(call: CallOperation, properties: Properties, InstanceId: string): Promise<void> {
  await targetsOf(call, await call('servicediscovery', 'RegisterInstance', { ServiceId: properties['ServiceId'], InstanceId, Attributes: properties['InstanceAttributes'] }));
}
