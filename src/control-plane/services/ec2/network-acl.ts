import type {
  CreateNetworkAclCommandInput, CreateNetworkAclResult, DeleteNetworkAclCommandInput, DescribeNetworkAclsCommandInput, DescribeNetworkAclsResult, NetworkAcl as ApiNetworkAcl,
  NetworkAclEntry as ApiEntry, ReplaceNetworkAclAssociationCommandInput, ReplaceNetworkAclAssociationResult,
} from '@aws-sdk/client-ec2';
import { createHash } from 'node:crypto';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { NetworkAcl, NetworkAclEntry, Subnet } from '../../resources/ec2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { clientToken, madeBefore } from './client-token.ts';
import { filtered, type FilterTable } from './filters.ts';
import { find, findAll, required } from './lookup.ts';
import { page } from './pages.ts';
import { shownTags, specifiedTags } from './tags.ts';

/** The rule that ends both lists of every ACL. */
const LAST_RULE = 32_767;

function filters(world: World): FilterTable<NetworkAcl> {
  const entries = (read: (entry: ApiEntry) => string | undefined) => (acl: NetworkAcl) => shownEntries(acl).flatMap((entry) => read(entry) ?? []);
  return {
    'association.association-id': (acl) => subnetsOf(acl, world).map((id) => associationId(acl, id)),
    'association.network-acl-id': (acl) => acl.id,
    'association.subnet-id': (acl) => subnetsOf(acl, world),
    default: (acl) => acl.isDefault,
    'entry.cidr': entries((entry) => entry.CidrBlock),
    'entry.ipv6-cidr': entries((entry) => entry.Ipv6CidrBlock),
    'entry.icmp.code': entries((entry) => entry.IcmpTypeCode?.Code?.toString()),
    'entry.icmp.type': entries((entry) => entry.IcmpTypeCode?.Type?.toString()),
    'entry.port-range.from': entries((entry) => entry.PortRange?.From?.toString()),
    'entry.port-range.to': entries((entry) => entry.PortRange?.To?.toString()),
    'entry.protocol': entries((entry) => entry.Protocol),
    'entry.rule-action': entries((entry) => entry.RuleAction),
    'entry.egress': entries((entry) => String(entry.Egress)),
    'entry.rule-number': entries((entry) => String(entry.RuleNumber)),
    'network-acl-id': (acl) => acl.id,
    'owner-id': (acl) => acl.account,
    'vpc-id': (acl) => acl.parent,
  };
}

export function networkAclOperations({ store, clock, random, limits }: Environment) {
  return {
    async CreateNetworkAcl(input: CreateNetworkAclCommandInput, call: Call): Promise<CreateNetworkAclResult> {
      const tags = specifiedTags(input.TagSpecifications, 'network-acl');
      const token = clientToken(input);
      const acl = await store.transact((tx) => {
        const before = madeBefore(tx, call, ['ec2/network-acl', token]);
        if (before) return before;
        const vpc = find(tx, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
        if (tx.children('ec2/network-acl', vpc.id).length >= limits.value('network-acls-per-vpc', 200)) {
          throw new AwsError('NetworkAclLimitExceeded', 'The maximum number of network ACLs has been reached.');
        }
        const created: NetworkAcl = {
          id: `acl-${hexId(random, 17)}`, account: call.account, region: call.region, parent: vpc.id, createdAt: clock.now(), isDefault: false, entries: [], subnetIds: [], clientToken: token, tags,
        };
        tx.put('ec2/network-acl', created);
        return created;
      });
      return { NetworkAcl: shown(acl, store.world), ClientToken: input.ClientToken };
    },

    DescribeNetworkAcls(input: DescribeNetworkAclsCommandInput, call: Call): DescribeNetworkAclsResult {
      const world = store.world;
      const own = input.NetworkAclIds?.length ? findAll(world, call, ['ec2/network-acl', input.NetworkAclIds]) : world.list('ec2/network-acl', call);
      const { items, nextToken } = page(filtered(own, input.Filters, filters(world)), input);
      return { NetworkAcls: items.map((acl) => shown(acl, world)), NextToken: nextToken };
    },

    async DeleteNetworkAcl(input: DeleteNetworkAclCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const acl = find(tx, call, ['ec2/network-acl', required(input.NetworkAclId, 'networkAclId')]);
        if (acl.isDefault) throw new AwsError('InvalidParameterValue', 'The default network ACL cannot be deleted');
        if (acl.subnetIds.length > 0) throw new AwsError('DependencyViolation', `The networkAcl '${acl.id}' has dependencies and cannot be deleted.`);
        tx.delete('ec2/network-acl', acl.id);
      });
    },

    async ReplaceNetworkAclAssociation(input: ReplaceNetworkAclAssociationCommandInput, call: Call): Promise<ReplaceNetworkAclAssociationResult> {
      return store.transact((tx) => {
        const next = find(tx, call, ['ec2/network-acl', required(input.NetworkAclId, 'networkAclId')]);
        const wanted = required(input.AssociationId, 'associationId');
        const subnet = tx.list('ec2/subnet', call).find((each) => associationId(aclOf(tx, each), each.id) === wanted);
        if (!subnet) throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${wanted}' does not exist`);
        if (subnet.parent !== next.parent) throw new AwsError('InvalidParameterValue', `Network ACL ${next.id} and subnet ${subnet.id} belong to different networks`);
        leaveNetworkAcl(tx, subnet);
        const acl = tx.get('ec2/network-acl', next.id)!;
        if (!acl.isDefault) tx.put('ec2/network-acl', { ...acl, subnetIds: [...acl.subnetIds, subnet.id] });
        return { NewAssociationId: associationId(acl, subnet.id) };
      });
    },
  };
}

/** A subnet goes back to the default ACL of its VPC. */
export function leaveNetworkAcl(tx: Transaction, subnet: Subnet): void {
  const acl = aclOf(tx, subnet);
  if (!acl.isDefault) tx.put('ec2/network-acl', { ...acl, subnetIds: acl.subnetIds.filter((id) => id !== subnet.id) });
}

function aclOf(world: World, subnet: Subnet): NetworkAcl {
  const all = world.children('ec2/network-acl', subnet.parent);
  return all.find((acl) => acl.subnetIds.includes(subnet.id)) ?? all.find((acl) => acl.isDefault)!;
}

function subnetsOf(acl: NetworkAcl, world: World): readonly string[] {
  if (!acl.isDefault) return acl.subnetIds;
  const elsewhere = new Set(world.children('ec2/network-acl', acl.parent).flatMap((each) => each.subnetIds));
  return world.children('ec2/subnet', acl.parent).flatMap((subnet) => (elsewhere.has(subnet.id) ? [] : [subnet.id]));
}

function associationId(acl: NetworkAcl, subnetId: string): string {
  return `aclassoc-${createHash('sha256').update(`${acl.id}/${subnetId}`).digest('hex').slice(0, 17)}`;
}

function shown(acl: NetworkAcl, world: World): ApiNetworkAcl {
  return {
    NetworkAclId: acl.id,
    VpcId: acl.parent,
    OwnerId: acl.account,
    IsDefault: acl.isDefault,
    Entries: shownEntries(acl),
    Associations: subnetsOf(acl, world).map((SubnetId) => ({ NetworkAclAssociationId: associationId(acl, SubnetId), NetworkAclId: acl.id, SubnetId })),
    Tags: shownTags(acl.tags),
  };
}

function shownEntries(acl: NetworkAcl): ApiEntry[] {
  return [true, false].flatMap((egress) => [
    ...acl.entries.filter((entry) => entry.egress === egress).toSorted((a, b) => a.ruleNumber - b.ruleNumber).map(shownEntry),
    { RuleNumber: LAST_RULE, Protocol: '-1', RuleAction: 'deny' as const, Egress: egress, CidrBlock: '0.0.0.0/0' },
  ]);
}

function shownEntry({ egress, ruleNumber, protocol, action, cidr, ports, icmp }: NetworkAclEntry): ApiEntry {
  return {
    Egress: egress,
    RuleNumber: ruleNumber,
    Protocol: protocol,
    RuleAction: action,
    [cidr.kind === 'ipv4' ? 'CidrBlock' : 'Ipv6CidrBlock']: cidr.text,
    PortRange: ports === null ? undefined : { From: ports.from, To: ports.to },
    IcmpTypeCode: icmp === null ? undefined : { Type: icmp.type, Code: icmp.code },
  };
}
