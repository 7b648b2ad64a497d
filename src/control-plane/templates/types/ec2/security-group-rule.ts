import type { ResourceType } from '../resource-type.ts';
import { properties, text, type Rule } from '../schema.ts';
import { egressFields, ingressFields, permission } from './permission.ts';

/** `AWS::EC2::SecurityGroupIngress` and `...Egress`: one rule, as a resource of its own. The physical id is the rule's. */
function securityGroupRule(direction: 'Ingress' | 'Egress', fields: Readonly<Record<string, Rule>>): ResourceType {
  const { Description, ...identity } = fields as { readonly Description: Rule };
  return {
    name: `AWS::EC2::SecurityGroup${direction}`,
    nameProperty: null,
    properties: properties({ replace: { ...identity, 'GroupId!': text }, inPlace: { Description } }),
    attributes: ['Id'],

    async create({ call, properties, made }) {
      const GroupId: string = properties['GroupId'];
      const created = await call('ec2', `AuthorizeSecurityGroup${direction}`, { GroupId, IpPermissions: [permission(properties)] });
      const id: string = created.SecurityGroupRules[0].SecurityGroupRuleId;
      await made(id);
      return id;
    },

    async update({ call, properties }) {
      await call('ec2', `UpdateSecurityGroupRuleDescriptions${direction}`, { GroupId: properties['GroupId'], IpPermissions: [permission(properties)] });
    },

    async delete({ call, physicalId, properties }) {
      await call('ec2', `RevokeSecurityGroup${direction}`, { GroupId: properties['GroupId'], SecurityGroupRuleIds: [physicalId] });
    },

    read: async ({ physicalId }) => ({ ref: physicalId, attributes: { Id: physicalId } }),
  };
}

export const securityGroupIngress = securityGroupRule('Ingress', ingressFields);
export const securityGroupEgress = securityGroupRule('Egress', egressFields);
