import { isGone, pick, type ResourceType } from '../resource-type.ts';
import { properties, text, texts } from '../schema.ts';

export const instanceProfile: ResourceType = {
  name: 'AWS::IAM::InstanceProfile',
  nameProperty: 'InstanceProfileName',
  properties: properties({ replace: { InstanceProfileName: text, Path: text }, inPlace: { 'Roles!': texts } }),
  attributes: ['Arn'],

  async create({ call, properties, generatedName, made }) {
    const InstanceProfileName: string = properties['InstanceProfileName'] ?? generatedName(128);
    await call('iam', 'CreateInstanceProfile', { InstanceProfileName, ...pick(properties, ['Path']) });
    await made(InstanceProfileName);
    for (const RoleName of properties['Roles']) await call('iam', 'AddRoleToInstanceProfile', { InstanceProfileName, RoleName });
    return InstanceProfileName;
  },

  async update({ call, physicalId, properties, previous }) {
    const InstanceProfileName = physicalId;
    const before: readonly string[] = previous['Roles'] ?? [];
    const after: readonly string[] = properties['Roles'] ?? [];
    // A profile holds one role: the old one has to go first.
    for (const RoleName of before) if (!after.includes(RoleName)) await call('iam', 'RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName });
    for (const RoleName of after) if (!before.includes(RoleName)) await call('iam', 'AddRoleToInstanceProfile', { InstanceProfileName, RoleName });
  },

  async delete({ call, physicalId, properties }) {
    const InstanceProfileName = physicalId;
    for (const RoleName of properties['Roles'] ?? []) {
      await call('iam', 'RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName }).catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
    }
    await call('iam', 'DeleteInstanceProfile', { InstanceProfileName });
  },

  async read({ call, physicalId }) {
    const { InstanceProfile } = await call('iam', 'GetInstanceProfile', { InstanceProfileName: physicalId });
    return { ref: physicalId, attributes: { Arn: InstanceProfile.Arn } };
  },
};
