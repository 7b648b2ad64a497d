import { pick, type ResourceType } from '../resource-type.ts';
import { properties, tags, text } from '../schema.ts';
import { targetsOf } from './operation.ts';
import { retag } from './tags.ts';

function namespaceType(noun: 'HttpNamespace' | 'PrivateDnsNamespace', own: readonly string[]): ResourceType {
  return {
    name: `AWS::ServiceDiscovery::${noun}`,
    nameProperty: 'Name',
    properties: properties({ replace: { 'Name!': text, ...Object.fromEntries(own.map((name) => [`${name}!`, text])) }, inPlace: { Description: text, Tags: tags } }),
    attributes: own.length === 0 ? ['Arn', 'Id'] : ['Arn', 'Id', 'HostedZoneId'],

    async create({ call, properties, made }) {
      const { NAMESPACE: id } = await targetsOf(call, await call('servicediscovery', `Create${noun}`, pick(properties, ['Name', 'Description', 'Tags', ...own])));
      await made(id!);
      return id!;
    },

    async update({ call, physicalId, properties, previous, changed, attributes }) {
      if (changed.has('Description')) await targetsOf(call, await call('servicediscovery', `Update${noun}`, { Id: physicalId, Namespace: { Description: properties['Description'] ?? '' } }));
      if (changed.has('Tags')) await retag(call, String(attributes['Arn']), { previous: previous['Tags'], next: properties['Tags'] });
    },

    async delete({ call, physicalId }) {
      await targetsOf(call, await call('servicediscovery', 'DeleteNamespace', { Id: physicalId }));
    },

    async read({ call, physicalId }) {
      const { Namespace } = await call('servicediscovery', 'GetNamespace', { Id: physicalId });
      const zone = Namespace.Properties?.DnsProperties?.HostedZoneId;
      return { ref: physicalId, attributes: { Arn: Namespace.Arn, Id: physicalId, ...(own.length === 0 ? {} : { HostedZoneId: zone ?? '' }) } };
    },
  };
}

export const httpNamespace = namespaceType('HttpNamespace', []);
export const privateDnsNamespace = namespaceType('PrivateDnsNamespace', ['Vpc']);
