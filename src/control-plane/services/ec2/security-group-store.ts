import type { SecurityGroup } from '../../resources/ec2/index.ts';
import type { Transaction, World } from '../../store/index.ts';

/** A new group with the rule that AWS begins every group with: everything may go out. */
export function putSecurityGroup(tx: Transaction, group: SecurityGroup, egressRuleId: string): void {
  tx.put('ec2/security-group', group);
  tx.put('ec2/security-group-rule', {
    id: egressRuleId,
    account: group.account,
    region: group.region,
    parent: group.id,
    createdAt: group.createdAt,
    direction: 'egress',
    protocol: '-1',
    fromPort: -1,
    toPort: -1,
    peer: { kind: 'ipv4', cidr: '0.0.0.0/0' },
    description: null,
    tags: [],
  });
}

export function removeSecurityGroup(tx: Transaction, group: SecurityGroup): void {
  for (const rule of tx.children('ec2/security-group-rule', group.id)) tx.delete('ec2/security-group-rule', rule.id);
  tx.delete('ec2/security-group', group.id);
}

/** Whether something other than the group itself needs it: an interface, an instance, a load balancer or another group's rule. */
export function isGroupInUse(world: World, group: SecurityGroup): boolean {
  return (
    world.list('ec2/network-interface', group).some((each) => each.groupIds.includes(group.id)) ||
    world.list('ec2/security-group-rule', group).some((rule) => rule.parent !== group.id && rule.peer.kind === 'group' && rule.peer.groupId === group.id)
  );
}
