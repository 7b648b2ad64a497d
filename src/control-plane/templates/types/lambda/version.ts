import { pick, type ResourceType } from '../resource-type.ts';
import { number, properties, record, text } from '../schema.ts';

/** A published version of a function. Publishing unchanged code gives the version that is there, as Lambda does. */
export const version: ResourceType = {
  name: 'AWS::Lambda::Version',
  nameProperty: null,
  properties: properties({
    replace: { CodeSha256: text, Description: text, 'FunctionName!': text },
    inPlace: { ProvisionedConcurrencyConfig: record({ 'ProvisionedConcurrentExecutions!': number }) },
  }),
  attributes: ['FunctionArn', 'Version'],

  async create({ call, properties, made }) {
    const published = await call('lambda', 'PublishVersion', pick(properties, ['CodeSha256', 'Description', 'FunctionName']));
    const arn: string = published.FunctionArn;
    await made(arn);
    if (properties['ProvisionedConcurrencyConfig'] !== undefined) {
      await call('lambda', 'PutProvisionedConcurrencyConfig', { FunctionName: properties['FunctionName'], Qualifier: published.Version, ...properties['ProvisionedConcurrencyConfig'] });
    }
    return arn;
  },

  async update({ call, physicalId, properties }) {
    const name = { FunctionName: properties['FunctionName'], Qualifier: physicalId.slice(physicalId.lastIndexOf(':') + 1) };
    if (properties['ProvisionedConcurrencyConfig'] === undefined) await call('lambda', 'DeleteProvisionedConcurrencyConfig', name);
    else await call('lambda', 'PutProvisionedConcurrencyConfig', { ...name, ...properties['ProvisionedConcurrencyConfig'] });
  },

  async delete({ call, physicalId }) {
    await call('lambda', 'DeleteFunction', { FunctionName: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { FunctionArn: physicalId, Version: physicalId.slice(physicalId.lastIndexOf(':') + 1) } }),
};
