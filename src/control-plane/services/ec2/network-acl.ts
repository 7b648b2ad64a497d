import type { DescribeNetworkAclsCommandInput, DescribeNetworkAclsResult, NetworkAcl as ApiNetworkAcl } from '@aws-sdk/client-ec2';
import { createHash } from 'node:crypto';
import type { Call } from '../../../aws/index.ts';
import type { NetworkAcl } from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { filtered, type FilterTable } from './filters.ts';
import { findAll } from './lookup.ts';
import { page } from './pages.ts';
import { shownTags } from './tags.ts';

function filters(world: World): FilterTable<NetworkAcl> {
  return {
    'association.association-id': (acl) => subnetsOf(acl, world).map((id) => associationId(acl, id)),
    'association.network-acl-id': (acl) => acl.id,
    'association.subnet-id': (acl) => subnetsOf(acl, world),
    default: (acl) => acl.isDefault,
    'entry.cidr': () => '0.0.0.0/0',
    'entry.protocol': () => '-1',
    'entry.rule-action': () => ['allow', 'deny'],
    'network-acl-id': (acl) => acl.id,
    'owner-id': (acl) => acl.account,
    'vpc-id': (acl) => acl.parent,
  };
}

export function networkAclOperations({ store }: Environment) {
  return {
    DescribeNetworkAcls(input: DescribeNetworkAclsCommandInput, call: Call): DescribeNetworkAclsResult {
      const world = store.world;
      const own = input.NetworkAclIds?.length ? findAll(world, call, ['ec2/network-acl', input.NetworkAclIds]) : world.list('ec2/network-acl', call);
      const { items, nextToken } = page(filtered(own, input.Filters, filters(world)), input);
      return { NetworkAcls: items.map((acl) => shown(acl, world)), NextToken: nextToken };
    },
  };
}

/** The default ACL is that of every subnet of its VPC: others cannot be made yet. */
function subnetsOf(acl: NetworkAcl, world: World): string[] {
  return acl.isDefault ? world.children('ec2/subnet', acl.parent).map((subnet) => subnet.id) : [];
}

function associationId(acl: NetworkAcl, subnetId: string): string {
  return `aclassoc-${createHash('sha256').update(`${acl.id}/${subnetId}`).digest('hex').slice(0, 17)}`;
}

function shown(acl: NetworkAcl, world: World): ApiNetworkAcl {
  const entries = [true, false].flatMap((Egress) => [
    { RuleNumber: 100, Protocol: '-1', RuleAction: 'allow' as const, Egress, CidrBlock: '0.0.0.0/0' },
    { RuleNumber: 32_767, Protocol: '-1', RuleAction: 'deny' as const, Egress, CidrBlock: '0.0.0.0/0' },
  ]);
  return {
    NetworkAclId: acl.id,
    VpcId: acl.parent,
    OwnerId: acl.account,
    IsDefault: acl.isDefault,
    Entries: entries,
    Associations: subnetsOf(acl, world).map((SubnetId) => ({ NetworkAclAssociationId: associationId(acl, SubnetId), NetworkAclId: acl.id, SubnetId })),
    Tags: shownTags(acl.tags),
  };
}
