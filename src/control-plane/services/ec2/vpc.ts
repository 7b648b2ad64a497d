import type {
  AssociateVpcCidrBlockCommandInput, AssociateVpcCidrBlockResult, CreateDefaultVpcResult, CreateVpcCommandInput, CreateVpcResult, DeleteVpcCommandInput,
  DescribeVpcAttributeCommandInput, DescribeVpcAttributeResult, DescribeVpcsCommandInput, DescribeVpcsResult, DisassociateVpcCidrBlockCommandInput,
  DisassociateVpcCidrBlockResult, ModifyVpcAttributeCommandInput, ModifyVpcTenancyCommandInput, ModifyVpcTenancyResult, Vpc as ApiVpc,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import { contains, defaultId, formatCidr, overlaps, parseCidr, type Vpc } from '../../resources/ec2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { createDefaults, defaultVpc, putVpcParts } from './defaults.ts';
import { filtered, type FilterTable } from './filters.ts';
import { find, findAll, invalidValue, required } from './lookup.ts';
import { page } from './pages.ts';
import { addLocalRoutes, removeLocalRoutes } from './local-route.ts';
import { removeSecurityGroup } from './security-group-store.ts';
import { shownTags, specifiedTags } from './tags.ts';
import { addVpcIpv6Block, checkBorderGroup, IPV6_POOL, removeVpcIpv6Block, shownVpcIpv6 } from './vpc-ipv6.ts';

const FILTERS: FilterTable<Vpc> = {
  cidr: (vpc) => vpc.cidrBlock,
  'cidr-block': (vpc) => vpc.cidrBlock,
  'cidr-block-association.cidr-block': (vpc) => vpc.cidrAssociations.map((each) => each.cidrBlock),
  'cidr-block-association.association-id': (vpc) => vpc.cidrAssociations.map((each) => each.associationId),
  'cidr-block-association.state': () => 'associated',
  'ipv6-cidr-block-association.association-id': (vpc) => vpc.ipv6Associations.map((each) => each.associationId),
  'ipv6-cidr-block-association.ipv6-cidr-block': (vpc) => vpc.ipv6Associations.map((each) => each.ipv6CidrBlock),
  'ipv6-cidr-block-association.ipv6-pool': (vpc) => vpc.ipv6Associations.map(() => IPV6_POOL),
  'ipv6-cidr-block-association.state': (vpc) => vpc.ipv6Associations.map(() => 'associated'),
  'dhcp-options-id': (vpc) => vpc.dhcpOptionsId,
  'is-default': (vpc) => vpc.isDefault,
  'instance-tenancy': (vpc) => vpc.instanceTenancy,
  'owner-id': (vpc) => vpc.account,
  state: () => 'available',
  'vpc-id': (vpc) => vpc.id,
};

export function vpcOperations({ store, clock, random, limits }: Environment) {
  return {
    async CreateVpc(input: CreateVpcCommandInput, call: Call): Promise<CreateVpcResult> {
      const cidrBlock = checkedBlock(required(input.CidrBlock, 'cidrBlock'));
      checkBorderGroup(input, call);
      const tags = specifiedTags(input.TagSpecifications, 'vpc');
      const vpc = await store.transact((tx) => {
        const most = limits.value('vpcs-per-region', 5);
        // AWS counts the default VPC in the five.
        if (tx.list('ec2/vpc', call).length >= most) throw new AwsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
        const id = `vpc-${hexId(random, 17)}`;
        const created: Vpc = {
          id,
          account: call.account,
          region: call.region,
          parent: null,
          createdAt: clock.now(),
          cidrBlock,
          cidrAssociations: [{ associationId: `vpc-cidr-assoc-${hexId(random, 17)}`, cidrBlock }],
          ipv6Associations: [],
          isDefault: false,
          instanceTenancy: input.InstanceTenancy ?? 'default',
          dhcpOptionsId: defaultId('dopt', call.account, call.region, 'default'),
          enableDnsSupport: true,
          enableDnsHostnames: false,
          enableNetworkAddressUsageMetrics: false,
          tags,
        };
        tx.put('ec2/vpc', created);
        putVpcParts(tx, created, {
          routeTable: `rtb-${hexId(random, 17)}`,
          association: `rtbassoc-${hexId(random, 17)}`,
          networkAcl: `acl-${hexId(random, 17)}`,
          securityGroup: `sg-${hexId(random, 17)}`,
          rule: () => `sgr-${hexId(random, 17)}`,
          gateway: null,
        });
        return input.AmazonProvidedIpv6CidrBlock ? addVpcIpv6Block(tx, created, random) : created;
      });
      return { Vpc: { ...shown(vpc), Ipv6CidrBlockAssociationSet: vpc.ipv6Associations.map((each) => shownVpcIpv6(vpc, each, 'associating')) } };
    },

    async CreateDefaultVpc(_input: unknown, call: Call): Promise<CreateDefaultVpcResult> {
      const vpc = await store.transact((tx) => {
        if (defaultVpc(tx, call)) throw new AwsError('DefaultVpcAlreadyExists', `A Default VPC already exists for this account in this region.`);
        return createDefaults(tx, call, clock.now());
      });
      return { Vpc: shown(vpc) };
    },

    DescribeVpcs(input: DescribeVpcsCommandInput, call: Call): DescribeVpcsResult {
      const world = store.world;
      const own = input.VpcIds?.length ? findAll(world, call, ['ec2/vpc', input.VpcIds]) : world.list('ec2/vpc', call);
      const { items, nextToken } = page(filtered(own, input.Filters, FILTERS), input);
      return { Vpcs: items.map(shown), NextToken: nextToken };
    },

    async DeleteVpc(input: DeleteVpcCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const vpc = find(tx, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
        if (hasDependants(tx, vpc)) throw new AwsError('DependencyViolation', `The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
        for (const table of tx.children('ec2/route-table', vpc.id)) tx.delete('ec2/route-table', table.id);
        for (const acl of tx.children('ec2/network-acl', vpc.id)) tx.delete('ec2/network-acl', acl.id);
        for (const group of tx.children('ec2/security-group', vpc.id)) removeSecurityGroup(tx, group);
        tx.delete('ec2/vpc', vpc.id);
      });
    },

    DescribeVpcAttribute(input: DescribeVpcAttributeCommandInput, call: Call): DescribeVpcAttributeResult {
      const vpc = find(store.world, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
      switch (input.Attribute) {
        case 'enableDnsSupport':
          return { VpcId: vpc.id, EnableDnsSupport: { Value: vpc.enableDnsSupport } };
        case 'enableDnsHostnames':
          return { VpcId: vpc.id, EnableDnsHostnames: { Value: vpc.enableDnsHostnames } };
        case 'enableNetworkAddressUsageMetrics':
          return { VpcId: vpc.id, EnableNetworkAddressUsageMetrics: { Value: vpc.enableNetworkAddressUsageMetrics } };
        default:
          throw invalidValue(input.Attribute ?? '', 'attribute', 'Unknown attribute.');
      }
    },

    async ModifyVpcAttribute(input: ModifyVpcAttributeCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const vpc = find(tx, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
        tx.put('ec2/vpc', {
          ...vpc,
          enableDnsSupport: input.EnableDnsSupport?.Value ?? vpc.enableDnsSupport,
          enableDnsHostnames: input.EnableDnsHostnames?.Value ?? vpc.enableDnsHostnames,
          enableNetworkAddressUsageMetrics: input.EnableNetworkAddressUsageMetrics?.Value ?? vpc.enableNetworkAddressUsageMetrics,
        });
      });
    },

    async ModifyVpcTenancy(input: ModifyVpcTenancyCommandInput, call: Call): Promise<ModifyVpcTenancyResult> {
      await store.transact((tx) => {
        const vpc = find(tx, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
        tx.put('ec2/vpc', { ...vpc, instanceTenancy: 'default' });
      });
      return { ReturnValue: true };
    },

    async AssociateVpcCidrBlock(input: AssociateVpcCidrBlockCommandInput, call: Call): Promise<AssociateVpcCidrBlockResult> {
      checkBorderGroup(input, call);
      if (input.AmazonProvidedIpv6CidrBlock) {
        if (input.CidrBlock) throw new AwsError('InvalidParameterCombination', 'Only one of CidrBlock and AmazonProvidedIpv6CidrBlock can be given.');
        return store.transact((tx) => {
          const before = find(tx, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
          if (before.ipv6Associations.length >= limits.value('ipv6-cidr-blocks-per-vpc', 5)) throw tooManyBlocks();
          const vpc = addVpcIpv6Block(tx, before, random);
          return { VpcId: vpc.id, Ipv6CidrBlockAssociation: shownVpcIpv6(vpc, vpc.ipv6Associations.at(-1)!, 'associating') };
        });
      }
      const cidrBlock = checkedBlock(required(input.CidrBlock, 'cidrBlock'));
      const associationId = `vpc-cidr-assoc-${hexId(random, 17)}`;
      const id = required(input.VpcId, 'vpcId');
      await store.transact((tx) => {
        const vpc = find(tx, call, ['ec2/vpc', id]);
        const other = vpc.cidrAssociations.find((each) => overlaps(parseCidr(each.cidrBlock)!, parseCidr(cidrBlock)!));
        if (other) throw new AwsError('CidrConflict', `CIDR range conflicts with ${other.cidrBlock} with association ID ${other.associationId}`);
        if (vpc.cidrAssociations.length >= limits.value('ipv4-cidr-blocks-per-vpc', 5)) {
          throw tooManyBlocks();
        }
        tx.put('ec2/vpc', { ...vpc, cidrAssociations: [...vpc.cidrAssociations, { associationId, cidrBlock }] });
        addLocalRoutes(tx, vpc, { kind: 'ipv4', cidr: cidrBlock });
      });
      return { VpcId: id, CidrBlockAssociation: { AssociationId: associationId, CidrBlock: cidrBlock, CidrBlockState: { State: 'associating' } } };
    },

    async DisassociateVpcCidrBlock(input: DisassociateVpcCidrBlockCommandInput, call: Call): Promise<DisassociateVpcCidrBlockResult> {
      const id = required(input.AssociationId, 'associationId');
      return store.transact((tx) => {
        const withIpv6 = tx.list('ec2/vpc', call).find((each) => each.ipv6Associations.some((association) => association.associationId === id));
        if (withIpv6) return { VpcId: withIpv6.id, Ipv6CidrBlockAssociation: removeVpcIpv6Block(tx, withIpv6, id) };
        const vpc = tx.list('ec2/vpc', call).find((each) => each.cidrAssociations.some((association) => association.associationId === id));
        const association = vpc?.cidrAssociations.find((each) => each.associationId === id);
        if (!vpc || !association) throw new AwsError('InvalidCidrBlockAssociationID.NotFound', `The vpc CIDR block association ID '${id}' does not exist`);
        if (association.cidrBlock === vpc.cidrBlock) {
          throw new AwsError('OperationNotPermitted', `The vpc CIDR block with association ID ${id} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`);
        }
        const block = parseCidr(association.cidrBlock)!;
        if (tx.children('ec2/subnet', vpc.id).some((subnet) => contains(block, parseCidr(subnet.cidrBlock)!))) {
          throw new AwsError('DependencyViolation', `The CIDR block ${association.cidrBlock} still has subnets.`);
        }
        tx.put('ec2/vpc', { ...vpc, cidrAssociations: vpc.cidrAssociations.filter((each) => each !== association) });
        removeLocalRoutes(tx, vpc, { kind: 'ipv4', cidr: association.cidrBlock });
        return { VpcId: vpc.id, CidrBlockAssociation: { AssociationId: id, CidrBlock: association.cidrBlock, CidrBlockState: { State: 'disassociating' as const } } };
      });
    },
  };
}

function tooManyBlocks(): AwsError {
  return new AwsError('CidrBlockLimitExceeded', 'This network has met its maximum number of allowed CIDR blocks.');
}

/** This network, loopback, link-local, multicast; others are taken, those of shared addresses and class E too (observed). */
const RESERVED = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4'].map((range) => parseCidr(range)!);

/** A VPC's block in its canonical form: between /16 and /28. */
function checkedBlock(text: string): string {
  const cidr = parseCidr(text);
  if (!cidr) throw invalidValue(text, 'cidrBlock', 'This is not a valid CIDR block.');
  if (cidr.prefix < 16 || cidr.prefix > 28 || RESERVED.some((range) => overlaps(range, cidr))) throw new AwsError('InvalidVpc.Range', `The CIDR '${text}' is invalid.`);
  return formatCidr(cidr);
}

/** Everything that a person has made in it; what came with the VPC itself goes with it. */
function hasDependants(world: World | Transaction, vpc: Vpc): boolean {
  return (
    world.children('ec2/subnet', vpc.id).length > 0 ||
    world.children('ec2/internet-gateway', vpc.id).length > 0 ||
    world.children('ec2/egress-only-gateway', vpc.id).length > 0 ||
    world.children('ec2/security-group', vpc.id).some((group) => group.name !== 'default') ||
    world.children('ec2/route-table', vpc.id).some((table) => !table.associations.some((association) => association.main)) ||
    world.children('ec2/network-acl', vpc.id).some((acl) => !acl.isDefault)
  );
}

function shown(vpc: Vpc): ApiVpc {
  return {
    VpcId: vpc.id,
    OwnerId: vpc.account,
    State: 'available',
    CidrBlock: vpc.cidrBlock,
    CidrBlockAssociationSet: vpc.cidrAssociations.map((each) => ({
      AssociationId: each.associationId,
      CidrBlock: each.cidrBlock,
      CidrBlockState: { State: 'associated' },
    })),
    // AWS leaves the member out of the description of a VPC without
    Ipv6CidrBlockAssociationSet: vpc.ipv6Associations.length === 0 ? undefined : vpc.ipv6Associations.map((each) => shownVpcIpv6(vpc, each, 'associated')),
    DhcpOptionsId: vpc.dhcpOptionsId,
    InstanceTenancy: vpc.instanceTenancy as ApiVpc['InstanceTenancy'],
    IsDefault: vpc.isDefault,
    Tags: shownTags(vpc.tags),
  };
}
