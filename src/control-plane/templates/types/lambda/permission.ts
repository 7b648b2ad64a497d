import { pick, type ResourceType } from '../resource-type.ts';
import { flag, properties, text } from '../schema.ts';

const MEMBERS = ['Action', 'EventSourceToken', 'FunctionName', 'FunctionUrlAuthType', 'InvokedViaFunctionUrl', 'Principal', 'PrincipalOrgID', 'SourceAccount', 'SourceArn'];

/** A statement in a function's policy. The physical id is the statement's. */
export const permission: ResourceType = {
  name: 'AWS::Lambda::Permission',
  nameProperty: null,
  properties: properties({
    replace: {
      'Action!': text, EventSourceToken: text, 'FunctionName!': text, FunctionUrlAuthType: text, InvokedViaFunctionUrl: flag, 'Principal!': text, PrincipalOrgID: text,
      SourceAccount: text, SourceArn: text,
    },
    inPlace: {},
  }),
  attributes: ['Id'],

  async create({ call, properties, generatedName, made }) {
    const StatementId = generatedName(100);
    await call('lambda', 'AddPermission', { StatementId, ...pick(properties, MEMBERS) });
    await made(StatementId);
    return StatementId;
  },

  // Every property needs a new statement: there is nothing to change in place.
  update: async () => {},

  async delete({ call, physicalId, properties }) {
    await call('lambda', 'RemovePermission', { FunctionName: properties['FunctionName'], StatementId: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { Id: physicalId } }),
};
