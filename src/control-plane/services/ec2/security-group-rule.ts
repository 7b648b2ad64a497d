import type {
  AuthorizeSecurityGroupEgressCommandInput, AuthorizeSecurityGroupIngressCommandInput, AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRulesCommandInput, DescribeSecurityGroupRulesResult, ModifySecurityGroupRulesCommandInput, ModifySecurityGroupRulesResult,
  RevokeSecurityGroupEgressCommandInput, RevokeSecurityGroupIngressCommandInput, RevokeSecurityGroupIngressResult, SecurityGroupRule as ApiRule,
  SecurityGroupRuleRequest, UpdateSecurityGroupRuleDescriptionsIngressCommandInput, UpdateSecurityGroupRuleDescriptionsIngressResult,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import { type Direction, type Peer, ruleIdentity, type SecurityGroup, type SecurityGroupRule } from '../../resources/ec2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { filtered, type FilterTable } from './filters.ts';
import { find, findAll, required } from './lookup.ts';
import { page } from './pages.ts';
import { checkedDescription, checkedPorts, groupPeer, ipv4Peer, ipv6Peer, type Permission, type PermissionInput, permissionsOf, permissionText } from './permission.ts';
import { groupOf } from './security-group.ts';
import { shownTags, specifiedTags } from './tags.ts';

const FILTERS: FilterTable<SecurityGroupRule> = {
  'group-id': (rule) => rule.parent,
  'security-group-rule-id': (rule) => rule.id,
};

type AuthorizeInput = AuthorizeSecurityGroupIngressCommandInput | AuthorizeSecurityGroupEgressCommandInput;
type RevokeInput = RevokeSecurityGroupIngressCommandInput | RevokeSecurityGroupEgressCommandInput;

export function securityGroupRuleOperations(environment: Environment) {
  const { store, clock, random, limits } = environment;

  async function authorize(input: AuthorizeInput, call: Call, direction: Direction): Promise<AuthorizeSecurityGroupIngressResult> {
    const tags = specifiedTags(input.TagSpecifications, 'security-group-rule');
    const created = await store.transact((tx) => {
      const group = groupOf(tx, call, input);
      const present = new Set(tx.children('ec2/security-group-rule', group.id).map(ruleIdentity));
      const rules: SecurityGroupRule[] = [];
      for (const permission of permissionsOf(tx, call, { group, direction, input })) {
        const identity = ruleIdentity(permission);
        if (present.has(identity)) {
          throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${permissionText(permission)}" already exists`);
        }
        present.add(identity);
        const rule = { ...permission, id: `sgr-${hexId(random, 17)}`, account: call.account, region: call.region, parent: group.id, createdAt: clock.now(), tags };
        tx.put('ec2/security-group-rule', rule);
        rules.push(rule);
      }
      checkCount(tx, group, direction);
      return rules;
    });
    return { Return: true, SecurityGroupRules: created.map((rule) => shown(rule, store.world)) };
  }

  function checkCount(tx: Transaction, group: SecurityGroup, direction: Direction): void {
    const count = tx.children('ec2/security-group-rule', group.id).filter((rule) => rule.direction === direction).length;
    if (count > limits.value('rules-per-security-group', 60)) {
      throw new AwsError('RulesPerSecurityGroupLimitExceeded', 'The maximum number of rules per security group has been reached.');
    }
  }

  async function revoke(input: RevokeInput, call: Call, direction: Direction): Promise<RevokeSecurityGroupIngressResult> {
    const gone = await store.transact((tx) => {
      const group = groupOf(tx, call, input);
      const rules = input.SecurityGroupRuleIds?.length
        ? rulesById(tx, call, { group, ids: input.SecurityGroupRuleIds, direction })
        : rulesLike(tx, group, permissionsOf(tx, call, { group, direction, input: input as PermissionInput }));
      for (const rule of rules) tx.delete('ec2/security-group-rule', rule.id);
      return rules;
    });
    return {
      Return: true,
      RevokedSecurityGroupRules: gone.map((rule) => {
        const { SecurityGroupRuleId, GroupId, IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo, Description } = shown(rule, store.world);
        return { SecurityGroupRuleId, GroupId, IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId: ReferencedGroupInfo?.GroupId, Description };
      }),
    };
  }

  async function describe(input: UpdateSecurityGroupRuleDescriptionsIngressCommandInput, call: Call, direction: Direction): Promise<UpdateSecurityGroupRuleDescriptionsIngressResult> {
    await store.transact((tx) => {
      const group = groupOf(tx, call, input);
      for (const { SecurityGroupRuleId, Description } of input.SecurityGroupRuleDescriptions ?? []) {
        const [rule] = rulesById(tx, call, { group, ids: [required(SecurityGroupRuleId, 'securityGroupRuleId')], direction });
        tx.put('ec2/security-group-rule', { ...rule!, description: checkedDescription(Description) });
      }
      if (!input.IpPermissions?.length) return;
      for (const permission of permissionsOf(tx, call, { group, direction, input })) {
        const [rule] = rulesLike(tx, group, [permission]);
        tx.put('ec2/security-group-rule', { ...rule!, description: permission.description });
      }
    });
    return { Return: true };
  }

  return {
    AuthorizeSecurityGroupIngress: (input: AuthorizeInput, call: Call) => authorize(input, call, 'ingress'),
    AuthorizeSecurityGroupEgress: (input: AuthorizeInput, call: Call) => authorize(input, call, 'egress'),
    RevokeSecurityGroupIngress: (input: RevokeInput, call: Call) => revoke(input, call, 'ingress'),
    RevokeSecurityGroupEgress: (input: RevokeInput, call: Call) => revoke(input, call, 'egress'),
    UpdateSecurityGroupRuleDescriptionsIngress: (input: UpdateSecurityGroupRuleDescriptionsIngressCommandInput, call: Call) => describe(input, call, 'ingress'),
    UpdateSecurityGroupRuleDescriptionsEgress: (input: UpdateSecurityGroupRuleDescriptionsIngressCommandInput, call: Call) => describe(input, call, 'egress'),

    DescribeSecurityGroupRules(input: DescribeSecurityGroupRulesCommandInput, call: Call): DescribeSecurityGroupRulesResult {
      const world = store.world;
      const own = input.SecurityGroupRuleIds?.length
        ? findAll(world, call, ['ec2/security-group-rule', input.SecurityGroupRuleIds])
        : world.list('ec2/security-group-rule', call);
      const { items, nextToken } = page(filtered(own, input.Filters, FILTERS), input);
      return { SecurityGroupRules: items.map((rule) => shown(rule, world)), NextToken: nextToken };
    },

    async ModifySecurityGroupRules(input: ModifySecurityGroupRulesCommandInput, call: Call): Promise<ModifySecurityGroupRulesResult> {
      await store.transact((tx) => {
        const group = find(tx, call, ['ec2/security-group', required(input.GroupId, 'groupId')]);
        for (const update of input.SecurityGroupRules ?? []) {
          const rule = find(tx, call, ['ec2/security-group-rule', required(update.SecurityGroupRuleId, 'securityGroupRuleId')]);
          if (rule.parent !== group.id) throw new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${rule.id}' does not exist`);
          const changed = { ...rule, ...requested(tx, call, { group, request: update.SecurityGroupRule ?? {} }) };
          const twin = tx.children('ec2/security-group-rule', group.id).some((other) => other.id !== rule.id && ruleIdentity(other) === ruleIdentity(changed));
          if (twin) throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${permissionText(changed)}" already exists`);
          tx.put('ec2/security-group-rule', changed);
        }
      });
      return { Return: true };
    },
  };
}

/** What a modification sets: a rule as a whole, with exactly one peer. */
function requested(world: World, call: Call, { group, request }: { group: SecurityGroup; request: SecurityGroupRuleRequest }): Omit<Permission, 'direction'> {
  const peers: Peer[] = [];
  if (request.CidrIpv4 !== undefined) peers.push(ipv4Peer(request.CidrIpv4));
  if (request.CidrIpv6 !== undefined) peers.push(ipv6Peer(request.CidrIpv6));
  if (request.PrefixListId !== undefined) peers.push({ kind: 'prefix-list', id: request.PrefixListId });
  if (request.ReferencedGroupId !== undefined) peers.push(groupPeer(world, call, { group, id: request.ReferencedGroupId }));
  const [peer] = peers;
  if (peers.length !== 1 || !peer) {
    throw new AwsError('InvalidParameterCombination', 'Exactly one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId must be specified.');
  }
  return { ...checkedPorts(request), peer, description: checkedDescription(request.Description) };
}

function rulesById(world: World, call: Call, { group, ids, direction }: { group: SecurityGroup; ids: readonly string[]; direction: Direction }): SecurityGroupRule[] {
  const rules = findAll(world, call, ['ec2/security-group-rule', ids]);
  const stranger = rules.find((rule) => rule.parent !== group.id || rule.direction !== direction);
  if (stranger) throw new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${stranger.id}' does not exist`);
  return rules;
}

function rulesLike(world: World, group: SecurityGroup, permissions: readonly Permission[]): SecurityGroupRule[] {
  const byIdentity = new Map(world.children('ec2/security-group-rule', group.id).map((rule) => [ruleIdentity(rule), rule]));
  return permissions.map((permission) => {
    const rule = byIdentity.get(ruleIdentity(permission));
    if (!rule) throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    return rule;
  });
}

function shown(rule: SecurityGroupRule, world: World): ApiRule {
  const { peer } = rule;
  return {
    SecurityGroupRuleId: rule.id,
    SecurityGroupRuleArn: `arn:aws:ec2:${rule.region}:${rule.account}:security-group-rule/${rule.id}`,
    GroupId: rule.parent,
    GroupOwnerId: rule.account,
    IsEgress: rule.direction === 'egress',
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    CidrIpv4: peer.kind === 'ipv4' ? peer.cidr : undefined,
    CidrIpv6: peer.kind === 'ipv6' ? peer.cidr : undefined,
    PrefixListId: peer.kind === 'prefix-list' ? peer.id : undefined,
    ReferencedGroupInfo:
      peer.kind === 'group' ? { GroupId: peer.groupId, UserId: peer.account, VpcId: world.get('ec2/security-group', peer.groupId)?.parent } : undefined,
    Description: rule.description ?? undefined,
    Tags: shownTags(rule.tags),
  };
}
