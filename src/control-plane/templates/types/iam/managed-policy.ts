import { documentText, isGone, pick, type ResourceType } from '../resource-type.ts';
import { document, properties, text, texts } from '../schema.ts';
import { principalChanges } from './policy-document.ts';

export const managedPolicy: ResourceType = {
  name: 'AWS::IAM::ManagedPolicy',
  nameProperty: 'ManagedPolicyName',
  properties: properties({
    replace: { Description: text, ManagedPolicyName: text, Path: text },
    inPlace: { Groups: texts, 'PolicyDocument!': document, Roles: texts, Users: texts },
  }),
  attributes: ['AttachmentCount', 'CreateDate', 'DefaultVersionId', 'IsAttachable', 'PermissionsBoundaryUsageCount', 'PolicyArn', 'PolicyId', 'UpdateDate'],

  async create({ call, properties, generatedName, made }) {
    const created = await call('iam', 'CreatePolicy', {
      PolicyName: properties['ManagedPolicyName'] ?? generatedName(128),
      PolicyDocument: documentText(properties['PolicyDocument']),
      ...pick(properties, ['Description', 'Path']),
    });
    const arn: string = created.Policy.Arn;
    await made(arn);
    for (const { principal, after } of principalChanges({}, properties)) {
      for (const name of after) await call('iam', `Attach${principal}Policy`, { [`${principal}Name`]: name, PolicyArn: arn });
    }
    return arn;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    if (changed.has('PolicyDocument')) {
      // A policy has five versions at most; CloudFormation removes the one that it replaces.
      const replaced = (await call('iam', 'GetPolicy', { PolicyArn: physicalId })).Policy.DefaultVersionId;
      await call('iam', 'CreatePolicyVersion', { PolicyArn: physicalId, PolicyDocument: documentText(properties['PolicyDocument']), SetAsDefault: true });
      await call('iam', 'DeletePolicyVersion', { PolicyArn: physicalId, VersionId: replaced });
    }
    for (const { principal, before, after } of principalChanges(previous, properties)) {
      for (const name of after) if (!before.includes(name)) await call('iam', `Attach${principal}Policy`, { [`${principal}Name`]: name, PolicyArn: physicalId });
      for (const name of before) if (!after.includes(name)) await call('iam', `Detach${principal}Policy`, { [`${principal}Name`]: name, PolicyArn: physicalId });
    }
  },

  async delete({ call, physicalId, properties }) {
    for (const { principal, before } of principalChanges(properties, {})) {
      for (const name of before) {
        await call('iam', `Detach${principal}Policy`, { [`${principal}Name`]: name, PolicyArn: physicalId }).catch((error: unknown) => {
          if (!isGone(error)) throw error;
        });
      }
    }
    await call('iam', 'DeletePolicy', { PolicyArn: physicalId });
  },

  async read({ call, physicalId }) {
    const { Policy } = await call('iam', 'GetPolicy', { PolicyArn: physicalId });
    const date = (value: unknown): string => (value instanceof Date ? value.toISOString() : '');
    return {
      ref: physicalId,
      attributes: {
        AttachmentCount: Policy.AttachmentCount ?? 0,
        CreateDate: date(Policy.CreateDate),
        DefaultVersionId: Policy.DefaultVersionId ?? '',
        IsAttachable: Policy.IsAttachable ?? true,
        PermissionsBoundaryUsageCount: Policy.PermissionsBoundaryUsageCount ?? 0,
        PolicyArn: physicalId,
        PolicyId: Policy.PolicyId ?? '',
        UpdateDate: date(Policy.UpdateDate),
      },
    };
  },
};
