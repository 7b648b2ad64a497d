import type {
  CreateSecurityGroupCommandInput, CreateSecurityGroupResult, DeleteSecurityGroupCommandInput, DeleteSecurityGroupResult,
  DescribeSecurityGroupReferencesCommandInput, DescribeSecurityGroupReferencesResult, DescribeSecurityGroupsCommandInput, DescribeSecurityGroupsResult,
  DescribeStaleSecurityGroupsCommandInput, DescribeStaleSecurityGroupsResult, IpPermission, SecurityGroup as ApiSecurityGroup,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { Direction, SecurityGroup, SecurityGroupRule } from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { defaultVpc } from './defaults.ts';
import { filtered, type FilterTable } from './filters.ts';
import { find, findAll, required } from './lookup.ts';
import { page } from './pages.ts';
import { isGroupInUse, putSecurityGroup, removeSecurityGroup } from './security-group-store.ts';
import { shownTags, specifiedTags } from './tags.ts';

const TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/;

function filters(world: World): FilterTable<SecurityGroup> {
  const rules = (direction: Direction, read: (rule: SecurityGroupRule) => string | null) => (group: SecurityGroup) =>
    world
      .children('ec2/security-group-rule', group.id)
      .filter((rule) => rule.direction === direction)
      .map(read)
      .filter((value) => value !== null);
  const table: Record<string, (group: SecurityGroup) => string | readonly string[]> = {
    description: (group) => group.description,
    'group-id': (group) => group.id,
    'group-name': (group) => group.name,
    'owner-id': (group) => group.account,
    'vpc-id': (group) => group.parent,
  };
  for (const [prefix, direction] of [['ip-permission', 'ingress'], ['egress.ip-permission', 'egress']] as const) {
    table[`${prefix}.cidr`] = rules(direction, (rule) => (rule.peer.kind === 'ipv4' ? rule.peer.cidr : null));
    table[`${prefix}.ipv6-cidr`] = rules(direction, (rule) => (rule.peer.kind === 'ipv6' ? rule.peer.cidr : null));
    table[`${prefix}.group-id`] = rules(direction, (rule) => (rule.peer.kind === 'group' ? rule.peer.groupId : null));
    table[`${prefix}.prefix-list-id`] = rules(direction, (rule) => (rule.peer.kind === 'prefix-list' ? rule.peer.id : null));
    table[`${prefix}.user-id`] = rules(direction, (rule) => (rule.peer.kind === 'group' ? rule.peer.account : null));
    table[`${prefix}.from-port`] = rules(direction, (rule) => String(rule.fromPort));
    table[`${prefix}.to-port`] = rules(direction, (rule) => String(rule.toPort));
    table[`${prefix}.protocol`] = rules(direction, (rule) => rule.protocol);
    table[`${prefix}.group-name`] = rules(direction, (rule) => (rule.peer.kind === 'group' ? (world.get('ec2/security-group', rule.peer.groupId)?.name ?? null) : null));
  }
  return table;
}

export function securityGroupOperations({ store, clock, random, limits }: Environment) {
  return {
    async CreateSecurityGroup(input: CreateSecurityGroupCommandInput, call: Call): Promise<CreateSecurityGroupResult> {
      const name = checkedName(required(input.GroupName, 'groupName'));
      const description = required(input.Description, 'groupDescription');
      if (description.length > 255 || !TEXT.test(description)) {
        throw new AwsError('InvalidParameterValue', `Value (${description}) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.`);
      }
      const tags = specifiedTags(input.TagSpecifications, 'security-group');
      const group = await store.transact((tx) => {
        const vpcId = input.VpcId === undefined ? defaultVpc(tx, call)?.id : find(tx, call, ['ec2/vpc', input.VpcId]).id;
        if (vpcId === undefined) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
        if (tx.children('ec2/security-group', vpcId).some((each) => each.name === name)) {
          throw new AwsError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`);
        }
        if (tx.list('ec2/security-group', call).length >= limits.value('security-groups-per-region', 2500)) {
          throw new AwsError('SecurityGroupLimitExceeded', 'The maximum number of security groups has been reached.');
        }
        const created: SecurityGroup = {
          id: `sg-${hexId(random, 17)}`,
          account: call.account,
          region: call.region,
          parent: vpcId,
          createdAt: clock.now(),
          name,
          description,
          tags,
        };
        putSecurityGroup(tx, created, `sgr-${hexId(random, 17)}`);
        return created;
      });
      return { GroupId: group.id, Tags: shownTags(group.tags), SecurityGroupArn: arnOf(group) };
    },

    DescribeSecurityGroups(input: DescribeSecurityGroupsCommandInput, call: Call): DescribeSecurityGroupsResult {
      const world = store.world;
      let own = input.GroupIds?.length ? findAll(world, call, ['ec2/security-group', input.GroupIds]) : world.list('ec2/security-group', call);
      if (input.GroupNames?.length) {
        const home = defaultVpc(world, call)?.id;
        const named = own.filter((group) => group.parent === home && input.GroupNames!.includes(group.name));
        const missing = input.GroupNames.find((name) => !named.some((group) => group.name === name));
        if (missing !== undefined) throw new AwsError('InvalidGroup.NotFound', `The security group '${missing}' does not exist in default VPC '${home ?? ''}'`);
        own = named;
      }
      const { items, nextToken } = page(filtered(own, input.Filters, filters(world)), input);
      return { SecurityGroups: items.map((group) => shown(group, world)), NextToken: nextToken };
    },

    async DeleteSecurityGroup(input: DeleteSecurityGroupCommandInput, call: Call): Promise<DeleteSecurityGroupResult> {
      return store.transact((tx) => {
        const group = groupOf(tx, call, input);
        if (group.name === 'default') throw new AwsError('CannotDelete', `the specified group: "${group.id}" name: "default" cannot be deleted by a user`);
        if (isGroupInUse(tx, group)) throw new AwsError('DependencyViolation', `resource ${group.id} has a dependent object`);
        removeSecurityGroup(tx, group);
        return { Return: true, GroupId: group.id };
      });
    },

    DescribeSecurityGroupReferences(input: DescribeSecurityGroupReferencesCommandInput, call: Call): DescribeSecurityGroupReferencesResult {
      const world = store.world;
      const groups = findAll(world, call, ['ec2/security-group', input.GroupId ?? []]);
      // AWS lists the VPCs of others that refer to the group over a peering; there are no peerings here.
      const references = groups.flatMap((group) =>
        world
          .list('ec2/security-group-rule')
          .filter((rule) => rule.peer.kind === 'group' && rule.peer.groupId === group.id)
          .map((rule) => world.get('ec2/security-group', rule.parent)!)
          .filter((other) => other.parent !== group.parent)
          .map((other) => ({ GroupId: group.id, ReferencingVpcId: other.parent })),
      );
      return { SecurityGroupReferenceSet: references };
    },

    DescribeStaleSecurityGroups(input: DescribeStaleSecurityGroupsCommandInput, call: Call): DescribeStaleSecurityGroupsResult {
      find(store.world, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
      // A group becomes stale when a peering goes away, and there are none.
      return { StaleSecurityGroupSet: [] };
    },
  };
}

function checkedName(name: string): string {
  if (name.toLowerCase().startsWith('sg-')) throw new AwsError('InvalidParameterValue', `Value (${name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`);
  if (name === 'default') throw new AwsError('InvalidParameterValue', 'Cannot use reserved security group name: default');
  if (name.length > 255 || !TEXT.test(name)) {
    throw new AwsError('InvalidParameterValue', `Value (${name}) for parameter GroupName is invalid. Character sets beyond ASCII are not supported.`);
  }
  return name;
}

/** The group by id, or by name in the default VPC. */
export function groupOf(world: World, call: Call, input: { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined }): SecurityGroup {
  if (input.GroupId !== undefined) return find(world, call, ['ec2/security-group', input.GroupId]);
  if (input.GroupName === undefined) throw new AwsError('MissingParameter', 'The request must contain the parameter groupName or groupId');
  const home = defaultVpc(world, call);
  const group = home && world.children('ec2/security-group', home.id).find((each) => each.name === input.GroupName);
  if (!group) throw new AwsError('InvalidGroup.NotFound', `The security group '${input.GroupName}' does not exist in default VPC '${home?.id ?? ''}'`);
  return group;
}

export function arnOf(group: SecurityGroup): string {
  return `arn:aws:ec2:${group.region}:${group.account}:security-group/${group.id}`;
}

/** The rules of one direction as permissions: those with the same protocol and ports share one. */
function permissions(rules: readonly SecurityGroupRule[], direction: Direction): IpPermission[] {
  const groups = new Map<string, Required<Pick<IpPermission, 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds' | 'UserIdGroupPairs'>> & IpPermission>();
  for (const rule of rules) {
    if (rule.direction !== direction) continue;
    const key = `${rule.protocol} ${rule.fromPort} ${rule.toPort}`;
    let permission = groups.get(key);
    if (!permission) {
      const ports = /^(tcp|udp|icmp|icmpv6)$/.test(rule.protocol) ? { FromPort: rule.fromPort, ToPort: rule.toPort } : {};
      permission = { IpProtocol: rule.protocol, ...ports, IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] };
      groups.set(key, permission);
    }
    const Description = rule.description ?? undefined;
    switch (rule.peer.kind) {
      case 'ipv4':
        permission.IpRanges.push({ CidrIp: rule.peer.cidr, Description });
        break;
      case 'ipv6':
        permission.Ipv6Ranges.push({ CidrIpv6: rule.peer.cidr, Description });
        break;
      case 'prefix-list':
        permission.PrefixListIds.push({ PrefixListId: rule.peer.id, Description });
        break;
      case 'group':
        permission.UserIdGroupPairs.push({ GroupId: rule.peer.groupId, UserId: rule.peer.account, Description });
        break;
    }
  }
  return [...groups.values()];
}

function shown(group: SecurityGroup, world: World): ApiSecurityGroup {
  const rules = world.children('ec2/security-group-rule', group.id);
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    OwnerId: group.account,
    VpcId: group.parent,
    SecurityGroupArn: arnOf(group),
    IpPermissions: permissions(rules, 'ingress'),
    IpPermissionsEgress: permissions(rules, 'egress'),
    Tags: shownTags(group.tags),
  };
}
