import { documentText, isGone, pick, tagChanges, type CallOperation, type ResourceType } from '../resource-type.ts';
import { document, listOf, number, properties, record, tags, text, texts } from '../schema.ts';
import { deleteInline, putInline } from './policy-document.ts';

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

export const role: ResourceType = {
  name: 'AWS::IAM::Role',
  nameProperty: 'RoleName',
  properties: properties({
    replace: { Path: text, RoleName: text },
    inPlace: {
      'AssumeRolePolicyDocument!': document,
      Description: text,
      ManagedPolicyArns: texts,
      MaxSessionDuration: number,
      PermissionsBoundary: text,
      Policies: listOf(record({ 'PolicyDocument!': document, 'PolicyName!': text })),
      Tags: tags,
    },
  }),
  attributes: ['Arn', 'RoleId'],

  async create({ call, properties, generatedName, made }) {
    const RoleName: string = properties['RoleName'] ?? generatedName(64);
    await call('iam', 'CreateRole', {
      RoleName,
      AssumeRolePolicyDocument: documentText(properties['AssumeRolePolicyDocument']),
      ...pick(properties, ['Description', 'MaxSessionDuration', 'Path', 'PermissionsBoundary', 'Tags']),
    });
    await made(RoleName);
    for (const PolicyArn of properties['ManagedPolicyArns'] ?? []) await call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
    await putAll(call, RoleName, properties['Policies'] ?? []);
    return RoleName;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    const RoleName = physicalId;
    if (changed.has('AssumeRolePolicyDocument')) {
      await call('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument: documentText(properties['AssumeRolePolicyDocument']) });
    }
    if (changed.has('Description') || changed.has('MaxSessionDuration')) {
      await call('iam', 'UpdateRole', { RoleName, Description: properties['Description'] ?? '', MaxSessionDuration: properties['MaxSessionDuration'] ?? 3600 });
    }
    if (changed.has('PermissionsBoundary')) {
      const PermissionsBoundary = properties['PermissionsBoundary'];
      if (PermissionsBoundary === undefined) await call('iam', 'DeleteRolePermissionsBoundary', { RoleName });
      else await call('iam', 'PutRolePermissionsBoundary', { RoleName, PermissionsBoundary });
    }
    if (changed.has('ManagedPolicyArns')) {
      const before: readonly string[] = previous['ManagedPolicyArns'] ?? [];
      const after: readonly string[] = properties['ManagedPolicyArns'] ?? [];
      for (const PolicyArn of after) if (!before.includes(PolicyArn)) await call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
      for (const PolicyArn of before) if (!after.includes(PolicyArn)) await call('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
    }
    if (changed.has('Policies')) {
      const after: readonly InlinePolicy[] = properties['Policies'] ?? [];
      await putAll(call, RoleName, after);
      for (const { PolicyName } of (previous['Policies'] ?? []) as readonly InlinePolicy[]) {
        if (!after.some((policy) => policy.PolicyName === PolicyName)) await deleteInline(call, { principal: 'Role', name: RoleName }, PolicyName);
      }
    }
    if (changed.has('Tags')) {
      const { removed, added } = tagChanges(previous['Tags'], properties['Tags']);
      if (removed.length > 0) await call('iam', 'UntagRole', { RoleName, TagKeys: removed });
      if (added.length > 0) await call('iam', 'TagRole', { RoleName, Tags: added });
    }
  },

  async delete({ call, physicalId, properties }) {
    const RoleName = physicalId;
    // IAM refuses to delete a role that still has policies (DeleteConflict).
    for (const PolicyArn of properties['ManagedPolicyArns'] ?? []) await call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }).catch(unlessGone);
    for (const { PolicyName } of (properties['Policies'] ?? []) as readonly InlinePolicy[]) {
      await deleteInline(call, { principal: 'Role', name: RoleName }, PolicyName).catch(unlessGone);
    }
    await call('iam', 'DeleteRole', { RoleName });
  },

  async read({ call, physicalId }) {
    const { Role } = await call('iam', 'GetRole', { RoleName: physicalId });
    return { ref: physicalId, attributes: { Arn: Role.Arn, RoleId: Role.RoleId } };
  },
};

async function putAll(call: CallOperation, name: string, policies: readonly InlinePolicy[]): Promise<void> {
  for (const policy of policies) await putInline(call, { principal: 'Role', name }, { name: policy.PolicyName, document: policy.PolicyDocument });
}

function unlessGone(error: unknown): void {
  if (!isGone(error)) throw error;
}
