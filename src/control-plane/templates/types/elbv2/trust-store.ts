import { pick, type ResourceType } from '../resource-type.ts';
import { properties, tags, text } from '../schema.ts';
import { retag } from './tags.ts';

const BUNDLE = ['CaCertificatesBundleS3Bucket', 'CaCertificatesBundleS3Key', 'CaCertificatesBundleS3ObjectVersion'];

export const trustStore: ResourceType = {
  name: 'AWS::ElasticLoadBalancingV2::TrustStore',
  nameProperty: 'Name',
  properties: properties({
    replace: { Name: text },
    inPlace: { CaCertificatesBundleS3Bucket: text, CaCertificatesBundleS3Key: text, CaCertificatesBundleS3ObjectVersion: text, Tags: tags },
  }),
  attributes: ['NumberOfCaCertificates', 'Status', 'TrustStoreArn'],

  async create({ call, properties, generatedName, made }) {
    const created = await call('elbv2', 'CreateTrustStore', { Name: properties['Name'] ?? generatedName(32), ...pick(properties, [...BUNDLE, 'Tags']) });
    const arn: string = created.TrustStores[0].TrustStoreArn;
    await made(arn);
    return arn;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    if (BUNDLE.some((name) => changed.has(name))) await call('elbv2', 'ModifyTrustStore', { TrustStoreArn: physicalId, ...pick(properties, BUNDLE) });
    if (changed.has('Tags')) await retag(call, physicalId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('elbv2', 'DeleteTrustStore', { TrustStoreArn: physicalId });
  },

  async read({ call, physicalId }) {
    const store = (await call('elbv2', 'DescribeTrustStores', { TrustStoreArns: [physicalId] })).TrustStores[0];
    return { ref: physicalId, attributes: { NumberOfCaCertificates: store.NumberOfCaCertificates, Status: store.Status, TrustStoreArn: physicalId } };
  },
};
