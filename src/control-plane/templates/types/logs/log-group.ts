import { tagChanges, type ResourceType, type Tag } from '../resource-type.ts';
import { number, oneOf, properties, tags, text } from '../schema.ts';

export const logGroup: ResourceType = {
  name: 'AWS::Logs::LogGroup',
  nameProperty: 'LogGroupName',
  properties: properties({
    replace: { LogGroupClass: oneOf('STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'), LogGroupName: text },
    inPlace: { KmsKeyId: text, RetentionInDays: number, Tags: tags },
  }),
  attributes: ['Arn'],

  async create({ call, properties, generatedName, made }) {
    const logGroupName: string = properties['LogGroupName'] ?? generatedName(512);
    const given: readonly Tag[] = properties['Tags'] ?? [];
    await call('logs', 'CreateLogGroup', {
      logGroupName,
      ...(properties['LogGroupClass'] === undefined ? {} : { logGroupClass: properties['LogGroupClass'] }),
      ...(properties['KmsKeyId'] === undefined ? {} : { kmsKeyId: properties['KmsKeyId'] }),
      ...(given.length > 0 ? { tags: Object.fromEntries(given.map(({ Key, Value }) => [Key, Value])) } : {}),
    });
    await made(logGroupName);
    if (properties['RetentionInDays'] !== undefined) await call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: properties['RetentionInDays'] });
    return logGroupName;
  },

  async update({ call, physicalId, properties, previous, changed, attributes }) {
    const logGroupName = physicalId;
    if (changed.has('RetentionInDays')) {
      const days = properties['RetentionInDays'];
      if (days === undefined) await call('logs', 'DeleteRetentionPolicy', { logGroupName });
      else await call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: days });
    }
    if (changed.has('KmsKeyId')) {
      const kmsKeyId = properties['KmsKeyId'];
      if (kmsKeyId === undefined) await call('logs', 'DisassociateKmsKey', { logGroupName });
      else await call('logs', 'AssociateKmsKey', { logGroupName, kmsKeyId });
    }
    if (changed.has('Tags')) {
      const resourceArn = String(attributes['Arn']).replace(/:\*$/, '');
      const { removed, added } = tagChanges(previous['Tags'], properties['Tags']);
      if (removed.length > 0) await call('logs', 'UntagResource', { resourceArn, tagKeys: removed });
      if (added.length > 0) await call('logs', 'TagResource', { resourceArn, tags: Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) });
    }
  },

  async delete({ call, physicalId }) {
    await call('logs', 'DeleteLogGroup', { logGroupName: physicalId });
  },

  async read({ call, physicalId }) {
    const found = await call('logs', 'DescribeLogGroups', { logGroupNamePrefix: physicalId });
    const group = (found.logGroups as readonly { readonly logGroupName: string; readonly arn: string }[]).find((one) => one.logGroupName === physicalId);
    return { ref: physicalId, attributes: { Arn: group?.arn ?? '' } };
  },
};
