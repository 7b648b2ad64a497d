import { AwsError, type Call } from '../../../aws/index.ts';
import type { Ec2Resources } from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';

export type Ec2Kind = Exclude<keyof Ec2Resources, 'ec2/region-defaults'>;

interface Identity {
  /** What the noun's ids begin with. */
  readonly prefix: string;
  /** The name in tag specifications and DescribeTags. */
  readonly resourceType: string;
  readonly notFound: string;
  readonly sentence: (ids: string) => string;
  /** Set for the nouns whose malformed ids AWS tells apart from unknown ones. */
  readonly malformed?: { readonly code: string; readonly form: RegExp; readonly sentence: (id: string) => string };
}

const the = (noun: string) => (ids: string) => (ids.includes(',') ? `The ${noun} IDs '${ids}' do not exist` : `The ${noun} ID '${ids}' does not exist`);

/** How each noun's ids look and what AWS says when there is none: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
export const IDENTITIES: Readonly<Record<Ec2Kind, Identity>> = {
  'ec2/vpc': { prefix: 'vpc', resourceType: 'vpc', notFound: 'InvalidVpcID.NotFound', sentence: the('vpc') },
  'ec2/subnet': { prefix: 'subnet', resourceType: 'subnet', notFound: 'InvalidSubnetID.NotFound', sentence: the('subnet') },
  'ec2/internet-gateway': { prefix: 'igw', resourceType: 'internet-gateway', notFound: 'InvalidInternetGatewayID.NotFound', sentence: the('internetGateway') },
  'ec2/egress-only-gateway': { prefix: 'eigw', resourceType: 'egress-only-internet-gateway', notFound: 'InvalidGatewayID.NotFound', sentence: the('eigw') },
  'ec2/security-group': {
    prefix: 'sg',
    resourceType: 'security-group',
    notFound: 'InvalidGroup.NotFound',
    sentence: (ids) => `The security group '${ids}' does not exist`,
    malformed: { code: 'InvalidGroupId.Malformed', form: /^sg-/, sentence: (id) => `Invalid id: "${id}" (expecting "sg-...")` },
  },
  'ec2/security-group-rule': {
    prefix: 'sgr',
    resourceType: 'security-group-rule',
    notFound: 'InvalidSecurityGroupRuleId.NotFound',
    sentence: (ids) => `The security group rule ID '${ids}' does not exist`,
  },
  'ec2/network-interface': {
    prefix: 'eni',
    resourceType: 'network-interface',
    notFound: 'InvalidNetworkInterfaceID.NotFound',
    sentence: the('networkInterface'),
  },
  'ec2/instance': {
    prefix: 'i',
    resourceType: 'instance',
    notFound: 'InvalidInstanceID.NotFound',
    sentence: the('instance'),
    malformed: { code: 'InvalidInstanceID.Malformed', form: /^i-([0-9a-f]{8}|[0-9a-f]{17})$/, sentence: (id) => `Invalid id: "${id}"` },
  },
  'ec2/volume': { prefix: 'vol', resourceType: 'volume', notFound: 'InvalidVolume.NotFound', sentence: (ids) => `The volume '${ids}' does not exist.` },
  'ec2/route-table': { prefix: 'rtb', resourceType: 'route-table', notFound: 'InvalidRouteTableID.NotFound', sentence: the('routeTable') },
  'ec2/network-acl': { prefix: 'acl', resourceType: 'network-acl', notFound: 'InvalidNetworkAclID.NotFound', sentence: the('networkAcl') },
  'ec2/nat-gateway': { prefix: 'nat', resourceType: 'natgateway', notFound: 'NatGatewayNotFound', sentence: (ids) => `NatGateway ${ids} was not found` },
  'ec2/key-pair': { prefix: 'key', resourceType: 'key-pair', notFound: 'InvalidKeyPair.NotFound', sentence: (ids) => `The keyPair ID '${ids}' does not exist` },
  'ec2/elastic-ip': { prefix: 'eipalloc', resourceType: 'elastic-ip', notFound: 'InvalidAllocationID.NotFound', sentence: the('allocation') },
};

export const EC2_KINDS = Object.keys(IDENTITIES) as readonly Ec2Kind[];

/** The caller's noun of that id, else AWS's not-found error. */
export function find<K extends Ec2Kind>(world: World, call: Call, [kind, id]: readonly [K, string]): Ec2Resources[K] {
  return findAll(world, call, [kind, [id]])[0]!;
}

/** The caller's nouns of those ids, in the order given. */
export function findAll<K extends Ec2Kind>(world: World, call: Call, [kind, ids]: readonly [K, readonly string[]]): Ec2Resources[K][] {
  const identity = IDENTITIES[kind];
  const found: Ec2Resources[K][] = [];
  const missing: string[] = [];
  for (const id of ids) {
    if (identity.malformed && !identity.malformed.form.test(id)) throw new AwsError(identity.malformed.code, identity.malformed.sentence(id));
    const noun: Ec2Resources[K] | undefined = world.get(kind, id);
    if (noun && isOwn(noun, call)) found.push(noun);
    else missing.push(id);
  }
  if (missing.length > 0) throw new AwsError(identity.notFound, identity.sentence(missing.join(', ')));
  return found;
}

export function isOwn(noun: { readonly account: string; readonly region: string }, call: Call): boolean {
  return noun.account === call.account && noun.region === call.region;
}

/** The parameter, where AWS requires one that its model leaves open. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined || value === '') throw new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
  return value;
}

export function invalidValue(value: string, parameter: string, reason: string): AwsError {
  return new AwsError('InvalidParameterValue', `Value (${value}) for parameter ${parameter} is invalid. ${reason}`);
}
