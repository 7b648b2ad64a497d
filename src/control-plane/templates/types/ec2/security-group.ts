import type { CallOperation, Properties, ResourceType } from '../resource-type.ts';
import { listOf, properties, record, tags, text } from '../schema.ts';
import { DEFAULT_EGRESS, egressFields, ingressFields, permission, ruleKey } from './permission.ts';
import { retag, tagSpecifications } from './tags.ts';

export const securityGroup: ResourceType = {
  name: 'AWS::EC2::SecurityGroup',
  nameProperty: 'GroupName',
  properties: properties({
    replace: { 'GroupDescription!': text, GroupName: text, VpcId: text },
    inPlace: { SecurityGroupEgress: listOf(record(egressFields)), SecurityGroupIngress: listOf(record(ingressFields)), Tags: tags },
  }),
  attributes: ['GroupId', 'Id', 'VpcId'],

  async create({ call, properties, generatedName, made }) {
    const created = await call('ec2', 'CreateSecurityGroup', {
      GroupName: properties['GroupName'] ?? generatedName(255),
      Description: properties['GroupDescription'],
      ...(properties['VpcId'] === undefined ? {} : { VpcId: properties['VpcId'] }),
      ...tagSpecifications('security-group', properties['Tags']),
    });
    const id: string = created.GroupId;
    await made(id);
    await change(call, id, { direction: 'Ingress', from: [], to: properties['SecurityGroupIngress'] ?? [] });
    await change(call, id, { direction: 'Egress', from: [DEFAULT_EGRESS], to: egressOf(properties) });
    return id;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    if (changed.has('SecurityGroupIngress')) {
      await change(call, physicalId, { direction: 'Ingress', from: previous['SecurityGroupIngress'] ?? [], to: properties['SecurityGroupIngress'] ?? [] });
    }
    if (changed.has('SecurityGroupEgress')) await change(call, physicalId, { direction: 'Egress', from: egressOf(previous), to: egressOf(properties) });
    if (changed.has('Tags')) await retag(call, physicalId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('ec2', 'DeleteSecurityGroup', { GroupId: physicalId });
  },

  async read({ call, physicalId }) {
    const group = (await call('ec2', 'DescribeSecurityGroups', { GroupIds: [physicalId] })).SecurityGroups[0];
    return { ref: physicalId, attributes: { GroupId: physicalId, Id: physicalId, VpcId: group.VpcId ?? '' } };
  },
};

/** A group whose template names no egress rules keeps EC2's default one. */
function egressOf(properties: Properties): readonly Properties[] {
  const rules: readonly Properties[] = properties['SecurityGroupEgress'] ?? [];
  return rules.length === 0 ? [DEFAULT_EGRESS] : rules;
}

interface RuleChange {
  readonly direction: 'Ingress' | 'Egress';
  readonly from: readonly Properties[];
  readonly to: readonly Properties[];
}

/** Allows what is new before it revokes what is old, so that traffic which both allow never stops. */
async function change(call: CallOperation, GroupId: string, { direction, from, to }: RuleChange): Promise<void> {
  const before = new Map(from.map((rule) => [ruleKey(rule), rule]));
  const after = new Map(to.map((rule) => [ruleKey(rule), rule]));
  const added = [...after].filter(([key]) => !before.has(key)).map(([, rule]) => permission(rule));
  const removed = [...before].filter(([key]) => !after.has(key)).map(([, rule]) => permission(rule));
  const described = [...after].filter(([key, rule]) => before.has(key) && before.get(key)!['Description'] !== rule['Description']).map(([, rule]) => permission(rule));
  if (added.length > 0) await call('ec2', `AuthorizeSecurityGroup${direction}`, { GroupId, IpPermissions: added });
  if (removed.length > 0) await call('ec2', `RevokeSecurityGroup${direction}`, { GroupId, IpPermissions: removed });
  if (described.length > 0) await call('ec2', `UpdateSecurityGroupRuleDescriptions${direction}`, { GroupId, IpPermissions: described });
}
