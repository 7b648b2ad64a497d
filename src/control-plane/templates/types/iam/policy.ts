import { isGone, type ResourceType } from '../resource-type.ts';
import { document, properties, text, texts } from '../schema.ts';
import { deleteInline, principalChanges, putInline } from './policy-document.ts';

/** An inline policy that is put on roles, users and groups. */
export const policy: ResourceType = {
  name: 'AWS::IAM::Policy',
  nameProperty: null,
  properties: properties({ replace: {}, inPlace: { Groups: texts, 'PolicyDocument!': document, 'PolicyName!': text, Roles: texts, Users: texts } }),
  attributes: ['Id'],

  async create({ call, properties, generatedName, made }) {
    const id = generatedName(128);
    await made(id);
    for (const { principal, after } of principalChanges({}, properties)) {
      for (const name of after) await putInline(call, { principal, name }, { name: properties['PolicyName'], document: properties['PolicyDocument'] });
    }
    return id;
  },

  async update({ call, properties, previous }) {
    for (const { principal, before, after } of principalChanges(previous, properties)) {
      for (const name of after) await putInline(call, { principal, name }, { name: properties['PolicyName'], document: properties['PolicyDocument'] });
      const renamed = previous['PolicyName'] !== properties['PolicyName'];
      for (const name of before) if (renamed || !after.includes(name)) await deleteInline(call, { principal, name }, previous['PolicyName']);
    }
  },

  async delete({ call, properties }) {
    for (const { principal, before } of principalChanges(properties, {})) {
      for (const name of before) {
        await deleteInline(call, { principal, name }, properties['PolicyName']).catch((error: unknown) => {
          if (!isGone(error)) throw error;
        });
      }
    }
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { Id: physicalId } }),
};
