import { type ResourceType } from '../resource-type.ts';
import { properties, tags, text } from '../schema.ts';
import { retag, tagSpecifications } from './tags.ts';

/** The public half of a key. AWS puts a private half that it makes itself into Parameter Store, which is not served here: such a one would be lost. */
export const keyPair: ResourceType = {
  name: 'AWS::EC2::KeyPair',
  nameProperty: 'KeyName',
  properties: properties({ replace: { 'KeyName!': text, 'PublicKeyMaterial!': text }, inPlace: { Tags: tags } }),
  attributes: ['KeyFingerprint', 'KeyPairId'],

  async create({ call, properties, made }) {
    const { KeyName, PublicKeyMaterial, Tags } = properties;
    await call('ec2', 'ImportKeyPair', { KeyName, PublicKeyMaterial: Buffer.from(PublicKeyMaterial as string), ...tagSpecifications('key-pair', Tags) });
    await made(KeyName);
    return KeyName as string;
  },

  async update({ call, physicalId, properties, previous }) {
    const [pair] = (await call('ec2', 'DescribeKeyPairs', { KeyNames: [physicalId] })).KeyPairs;
    await retag(call, pair.KeyPairId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('ec2', 'DeleteKeyPair', { KeyName: physicalId });
  },

  async read({ call, physicalId }) {
    const [pair] = (await call('ec2', 'DescribeKeyPairs', { KeyNames: [physicalId] })).KeyPairs;
    return { ref: physicalId, attributes: { KeyFingerprint: pair.KeyFingerprint, KeyPairId: pair.KeyPairId } };
  },
};
