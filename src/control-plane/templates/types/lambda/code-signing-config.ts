import { pick, tagChanges, type ResourceType, type Tag } from '../resource-type.ts';
import { oneOf, properties, record, tags, text, texts } from '../schema.ts';

/** Whose code is trusted. The physical id is its ARN. */
export const codeSigningConfig: ResourceType = {
  name: 'AWS::Lambda::CodeSigningConfig',
  nameProperty: null,
  properties: properties({
    replace: {},
    inPlace: {
      'AllowedPublishers!': record({ 'SigningProfileVersionArns!': texts }),
      CodeSigningPolicies: record({ 'UntrustedArtifactOnDeployment!': oneOf('Warn', 'Enforce') }),
      Description: text,
      Tags: tags,
    },
  }),
  attributes: ['CodeSigningConfigArn', 'CodeSigningConfigId'],

  async create({ call, properties, made }) {
    const given: readonly Tag[] = properties['Tags'] ?? [];
    const created = await call('lambda', 'CreateCodeSigningConfig', {
      ...pick(properties, ['AllowedPublishers', 'CodeSigningPolicies', 'Description']), ...(given.length > 0 ? { Tags: Object.fromEntries(given.map(({ Key, Value }) => [Key, Value])) } : {}),
    });
    const arn: string = created.CodeSigningConfig.CodeSigningConfigArn;
    await made(arn);
    return arn;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    await call('lambda', 'UpdateCodeSigningConfig', {
      CodeSigningConfigArn: physicalId, AllowedPublishers: properties['AllowedPublishers'], Description: properties['Description'] ?? '',
      CodeSigningPolicies: properties['CodeSigningPolicies'] ?? { UntrustedArtifactOnDeployment: 'Warn' },
    });
    if (!changed.has('Tags')) return;
    const { removed, added } = tagChanges(previous['Tags'], properties['Tags']);
    if (removed.length > 0) await call('lambda', 'UntagResource', { Resource: physicalId, TagKeys: removed });
    if (added.length > 0) await call('lambda', 'TagResource', { Resource: physicalId, Tags: Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) });
  },

  async delete({ call, physicalId }) {
    await call('lambda', 'DeleteCodeSigningConfig', { CodeSigningConfigArn: physicalId });
  },

  async read({ call, physicalId }) {
    const { CodeSigningConfig: found } = await call('lambda', 'GetCodeSigningConfig', { CodeSigningConfigArn: physicalId });
    return { ref: physicalId, attributes: { CodeSigningConfigArn: found.CodeSigningConfigArn, CodeSigningConfigId: found.CodeSigningConfigId } };
  },
};
