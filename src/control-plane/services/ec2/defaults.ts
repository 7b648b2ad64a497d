import type { Call } from '../../../aws/index.ts';
import { ALLOW_ALL, defaultId, type Vpc, zonesOf } from '../../resources/ec2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import { localRoutes } from './local-route.ts';
import { putSecurityGroup } from './security-group-store.ts';

/** The id of the row that says that an account has had its default network in a region. */
export function regionDefaultsId(call: Call): string {
  return `${call.account}/${call.region}`;
}

export function hasDefaults(world: World, call: Call): boolean {
  return world.get('ec2/region-defaults', regionDefaultsId(call)) !== undefined;
}

export function defaultVpc(world: World, call: Call): Vpc | undefined {
  return world.list('ec2/vpc', call).find((vpc) => vpc.isDefault);
}

/**
 * What AWS gives every account in every region: a VPC 172.31.0.0/16 with a /20 subnet in each zone, an internet gateway, a main route table
 * that leads to it, a network ACL and a security group (https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html).
 * The ids depend on account and region only.
 */
export function createDefaults(tx: Transaction, call: Call, now: number): Vpc {
  const { account, region } = call;
  const own = { account, region, createdAt: now };
  const named = (prefix: string, more = 'default'): string => defaultId(prefix, account, region, more);
  tx.put('ec2/region-defaults', { ...own, id: regionDefaultsId(call), parent: null });
  const vpc: Vpc = {
    ...own,
    id: named('vpc'),
    parent: null,
    cidrBlock: '172.31.0.0/16',
    cidrAssociations: [{ associationId: named('vpc-cidr-assoc'), cidrBlock: '172.31.0.0/16' }],
    ipv6Associations: [],
    isDefault: true,
    instanceTenancy: 'default',
    dhcpOptionsId: named('dopt'),
    enableDnsSupport: true,
    enableDnsHostnames: true,
    enableNetworkAddressUsageMetrics: false,
    tags: [],
  };
  tx.put('ec2/vpc', vpc);
  zonesOf(region).forEach((zone, index) => {
    tx.put('ec2/subnet', {
      ...own,
      id: named('subnet', zone.name),
      parent: vpc.id,
      cidrBlock: `172.31.${index * 16}.0/20`,
      availabilityZone: zone.name,
      availabilityZoneId: zone.id,
      defaultForAz: true,
      mapPublicIpOnLaunch: true,
      ...PLAIN_SUBNET,
      tags: [],
    });
  });
  const gateway = named('igw');
  tx.put('ec2/internet-gateway', { ...own, id: gateway, parent: vpc.id, tags: [] });
  putVpcParts(tx, vpc, {
    routeTable: named('rtb'),
    association: named('rtbassoc'),
    networkAcl: named('acl'),
    securityGroup: named('sg'),
    rule: (direction) => named('sgr', direction),
    gateway,
  });
  return vpc;
}

/** What a new subnet does not do unless it is told to. */
export const PLAIN_SUBNET = {
  ipv6Associations: [],
  assignIpv6AddressOnCreation: false,
  enableDns64: false,
  hostnameType: 'ip-name',
  enableResourceNameDnsARecord: false,
  enableResourceNameDnsAAAARecord: false,
} as const;

export interface VpcParts {
  readonly routeTable: string;
  readonly association: string;
  readonly networkAcl: string;
  readonly securityGroup: string;
  readonly rule: (direction: 'ingress' | 'egress') => string;
  /** The internet gateway that the main route table leads to. */
  readonly gateway: string | null;
}

/** What comes with every VPC: main route table, network ACL and the security group `default`. */
export function putVpcParts(tx: Transaction, vpc: Vpc, parts: VpcParts): void {
  const own = { account: vpc.account, region: vpc.region, parent: vpc.id, createdAt: vpc.createdAt, tags: [] };
  tx.put('ec2/route-table', {
    ...own,
    id: parts.routeTable,
    routes: [
      ...localRoutes(vpc),
      ...(parts.gateway === null
        ? []
        : [{ destination: { kind: 'ipv4', cidr: '0.0.0.0/0' }, target: { kind: 'GatewayId', id: parts.gateway }, origin: 'CreateRoute' } as const]),
    ],
    associations: [{ associationId: parts.association, main: true, subnetId: null, gatewayId: null }],
    clientToken: null,
  });
  tx.put('ec2/network-acl', { ...own, id: parts.networkAcl, isDefault: true, entries: ALLOW_ALL, subnetIds: [], clientToken: null });
  putSecurityGroup(tx, { ...own, id: parts.securityGroup, name: 'default', description: 'default VPC security group' }, parts.rule('egress'));
  tx.put('ec2/security-group-rule', {
    ...own,
    id: parts.rule('ingress'),
    parent: parts.securityGroup,
    direction: 'ingress',
    protocol: '-1',
    fromPort: -1,
    toPort: -1,
    peer: { kind: 'group', groupId: parts.securityGroup, account: vpc.account },
    description: null,
  });
}
