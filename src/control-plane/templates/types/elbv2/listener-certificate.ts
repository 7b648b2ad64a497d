import { without, type ResourceType } from '../resource-type.ts';
import { listOf, properties, record, text } from '../schema.ts';

interface Certificate {
  readonly CertificateArn: string;
}

/** Certificates that a listener has beside its default one. The physical id is ours: AWS's is undocumented. */
export const listenerCertificate: ResourceType = {
  name: 'AWS::ElasticLoadBalancingV2::ListenerCertificate',
  nameProperty: null,
  properties: properties({ replace: { 'ListenerArn!': text }, inPlace: { 'Certificates!': listOf(record({ 'CertificateArn!': text })) } }),
  attributes: [],

  async create({ call, properties, made, generatedName }) {
    const id = generatedName(64);
    await call('elbv2', 'AddListenerCertificates', { ListenerArn: properties['ListenerArn'], Certificates: properties['Certificates'] });
    await made(id);
    return id;
  },

  async update({ call, properties, previous }) {
    const ListenerArn: string = properties['ListenerArn'];
    const removed = without<Certificate>(previous['Certificates'], properties['Certificates']);
    const added = without<Certificate>(properties['Certificates'], previous['Certificates']);
    if (added.length > 0) await call('elbv2', 'AddListenerCertificates', { ListenerArn, Certificates: added });
    if (removed.length > 0) await call('elbv2', 'RemoveListenerCertificates', { ListenerArn, Certificates: removed });
  },

  async delete({ call, properties }) {
    await call('elbv2', 'RemoveListenerCertificates', { ListenerArn: properties['ListenerArn'], Certificates: properties['Certificates'] });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: {} }),
};
