import { pick, type ResourceType } from '../resource-type.ts';
import { listOf, number, properties, record, text } from '../schema.ts';

interface Weight {
  readonly FunctionVersion: string;
  readonly FunctionWeight: number;
}

/** A name for a version of a function. The physical id is its ARN. */
export const alias: ResourceType = {
  name: 'AWS::Lambda::Alias',
  nameProperty: 'Name',
  properties: properties({
    replace: { 'FunctionName!': text, 'Name!': text },
    inPlace: {
      Description: text,
      'FunctionVersion!': text,
      ProvisionedConcurrencyConfig: record({ 'ProvisionedConcurrentExecutions!': number }),
      RoutingConfig: record({ AdditionalVersionWeights: listOf(record({ 'FunctionVersion!': text, 'FunctionWeight!': number })) }),
    },
  }),
  attributes: ['AliasArn'],

  async create({ call, properties, made }) {
    const created = await call('lambda', 'CreateAlias', { ...pick(properties, ['FunctionName', 'Name', 'FunctionVersion', 'Description']), RoutingConfig: routingOf(properties['RoutingConfig']) });
    const arn: string = created.AliasArn;
    await made(arn);
    const provisioned = properties['ProvisionedConcurrencyConfig'];
    if (provisioned !== undefined) await call('lambda', 'PutProvisionedConcurrencyConfig', { FunctionName: properties['FunctionName'], Qualifier: properties['Name'], ...provisioned });
    return arn;
  },

  async update({ call, properties, changed }) {
    const { FunctionName, Name, ProvisionedConcurrencyConfig: provisioned } = properties;
    if (['Description', 'FunctionVersion', 'RoutingConfig'].some((name) => changed.has(name))) {
      await call('lambda', 'UpdateAlias', { FunctionName, Name, FunctionVersion: properties['FunctionVersion'], Description: properties['Description'] ?? '', RoutingConfig: routingOf(properties['RoutingConfig']) });
    }
    if (!changed.has('ProvisionedConcurrencyConfig')) return;
    if (provisioned === undefined) await call('lambda', 'DeleteProvisionedConcurrencyConfig', { FunctionName, Qualifier: Name });
    else await call('lambda', 'PutProvisionedConcurrencyConfig', { FunctionName, Qualifier: Name, ...provisioned });
  },

  async delete({ call, physicalId }) {
    const at = physicalId.lastIndexOf(':');
    await call('lambda', 'DeleteAlias', { FunctionName: physicalId.slice(0, at), Name: physicalId.slice(at + 1) });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { AliasArn: physicalId } }),
};

function routingOf(config: { readonly AdditionalVersionWeights?: readonly Weight[] } | undefined): object {
  return { AdditionalVersionWeights: Object.fromEntries((config?.AdditionalVersionWeights ?? []).map(({ FunctionVersion, FunctionWeight }) => [FunctionVersion, FunctionWeight])) };
}
