import { pick, type ResourceType } from '../resource-type.ts';
import { flag, number, oneOf, properties, record, text, texts } from '../schema.ts';

/** The URL of a function or alias. The physical id is that ARN. */
export const url: ResourceType = {
  name: 'AWS::Lambda::Url',
  nameProperty: null,
  properties: properties({
    replace: { 'TargetFunctionArn!': text, Qualifier: text },
    inPlace: {
      'AuthType!': oneOf('NONE', 'AWS_IAM'),
      Cors: record({ AllowCredentials: flag, AllowHeaders: texts, AllowMethods: texts, AllowOrigins: texts, ExposeHeaders: texts, MaxAge: number }),
      InvokeMode: oneOf('BUFFERED', 'RESPONSE_STREAM'),
    },
  }),
  attributes: ['FunctionArn', 'FunctionUrl'],

  async create({ call, properties, made }) {
    const created = await call('lambda', 'CreateFunctionUrlConfig', { FunctionName: properties['TargetFunctionArn'], ...pick(properties, ['Qualifier', 'AuthType', 'Cors', 'InvokeMode']) });
    const arn: string = created.FunctionArn;
    await made(arn);
    return arn;
  },

  async update({ call, physicalId, properties }) {
    const { AuthType, Cors, InvokeMode } = properties;
    await call('lambda', 'UpdateFunctionUrlConfig', { FunctionName: physicalId, AuthType, Cors: Cors ?? {}, InvokeMode: InvokeMode ?? 'BUFFERED' });
  },

  async delete({ call, physicalId }) {
    await call('lambda', 'DeleteFunctionUrlConfig', { FunctionName: physicalId });
  },

  async read({ call, physicalId }) {
    const found = await call('lambda', 'GetFunctionUrlConfig', { FunctionName: physicalId });
    return { ref: physicalId, attributes: { FunctionArn: found.FunctionArn, FunctionUrl: found.FunctionUrl } };
  },
};
