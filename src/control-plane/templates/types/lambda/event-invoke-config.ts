import { pick, type ResourceType } from '../resource-type.ts';
import { number, properties, record, text } from '../schema.ts';

const MEMBERS = ['DestinationConfig', 'FunctionName', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts', 'Qualifier'];

/** How a function's asynchronous invocations are retried. The physical id is `FUNCTION|QUALIFIER`. */
export const eventInvokeConfig: ResourceType = {
  name: 'AWS::Lambda::EventInvokeConfig',
  nameProperty: null,
  properties: properties({
    replace: { 'FunctionName!': text, 'Qualifier!': text },
    inPlace: {
      DestinationConfig: record({ OnFailure: record({ 'Destination!': text }), OnSuccess: record({ 'Destination!': text }) }),
      MaximumEventAgeInSeconds: number,
      MaximumRetryAttempts: number,
    },
  }),
  attributes: [],

  async create({ call, properties, made }) {
    await call('lambda', 'PutFunctionEventInvokeConfig', pick(properties, MEMBERS));
    const id = `${properties['FunctionName']}|${properties['Qualifier']}`;
    await made(id);
    return id;
  },

  async update({ call, properties }) {
    await call('lambda', 'PutFunctionEventInvokeConfig', pick(properties, MEMBERS));
  },

  async delete({ call, physicalId }) {
    const [FunctionName, Qualifier] = physicalId.split('|');
    await call('lambda', 'DeleteFunctionEventInvokeConfig', { FunctionName, Qualifier });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: {} }),
};
