import { pick, type ResourceType } from '../resource-type.ts';
import { listOf, number, oneOf, properties, record, tags, text } from '../schema.ts';
import { targetsOf } from './operation.ts';
import { retag } from './tags.ts';

export const discoveryService: ResourceType = {
  name: 'AWS::ServiceDiscovery::Service',
  nameProperty: 'Name',
  properties: properties({
    replace: { HealthCheckCustomConfig: record({ FailureThreshold: number }), Name: text, NamespaceId: text, Type: oneOf('HTTP') },
    inPlace: { Description: text, DnsConfig: record({ 'DnsRecords!': listOf(record({ 'TTL!': number, 'Type!': text })), NamespaceId: text, RoutingPolicy: oneOf('MULTIVALUE', 'WEIGHTED') }), Tags: tags },
  }),
  attributes: ['Arn', 'Id', 'Name'],

  async create({ call, properties, generatedName, made }) {
    const { Service } = await call('servicediscovery', 'CreateService', { Name: generatedName(64), ...pick(properties, ['Name', 'NamespaceId', 'Type', 'Description', 'DnsConfig', 'HealthCheckCustomConfig', 'Tags']) });
    await made(Service.Id);
    return Service.Id as string;
  },

  async update({ call, physicalId, properties, previous, changed, attributes }) {
    if (changed.has('Description') || changed.has('DnsConfig')) await targetsOf(call, await call('servicediscovery', 'UpdateService', { Id: physicalId, Service: { ...pick(properties, ['Description']), ...(properties['DnsConfig'] === undefined ? {} : { DnsConfig: { DnsRecords: properties['DnsConfig'].DnsRecords } }) } }));
    if (changed.has('Tags')) await retag(call, String(attributes['Arn']), { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('servicediscovery', 'DeleteService', { Id: physicalId });
  },

  async read({ call, physicalId }) {
    const { Service } = await call('servicediscovery', 'GetService', { Id: physicalId });
    return { ref: physicalId, attributes: { Arn: Service.Arn, Id: physicalId, Name: Service.Name } };
  },
};
