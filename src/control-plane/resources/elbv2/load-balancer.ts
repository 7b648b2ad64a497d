import type { Resource, Tag } from '../resource.ts';
import type { LoadBalancerType } from './arn.ts';

/** A load balancer. `id` is its ARN; `parent` is null. */
export interface LoadBalancer extends Resource {
  readonly type: LoadBalancerType;
  /** Unique within account and region. */
  readonly name: string;
  readonly scheme: 'internet-facing' | 'internal';
  readonly vpcId: string;
  /** One subnet a zone, in order of zone name. */
  readonly zones: readonly Zone[];
  readonly securityGroups: readonly string[];
  readonly ipAddressType: 'ipv4' | 'dualstack' | 'dualstack-without-public-ipv4';
  /** `NAME-NUMBER.REGION.elb.SUFFIX`, with `internal-` before it for internal balancers. */
  readonly dnsName: string;
  readonly canonicalHostedZoneId: string;
  readonly state: 'active';
  /** Address on loopback that is this balancer's own; null when the pool was exhausted. */
  readonly address: string | null;
  /** Every attribute of the type by its AWS key, defaults included. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Null: nothing was ever reserved. */
  readonly capacity: CapacityReservation | null;
  /** Kept as given: addresses come from the installation. */
  readonly ipv4IpamPool: string | null;
  readonly tags: readonly Tag[];
}

export interface CapacityReservation {
  /** Null after a reset. */
  readonly units: number | null;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** When it was decreased in the last day. */
  readonly decreasedAt: readonly number[];
}

export interface Zone {
  readonly zoneName: string;
  readonly subnetId: string;
}

/** Route 53's hosted zone of Application and Classic Load Balancers, by region: general/latest/gr/elb.html. */
const HOSTED_ZONES: Readonly<Record<string, string>> = {
  'us-east-1': 'Z35SXDOTRQ7X7K', 'us-east-2': 'Z3AADJGX6KTTL2', 'us-west-1': 'Z368ELLRRE2KJ0', 'us-west-2': 'Z1H1FL5HABSF5',
  'af-south-1': 'Z268VQBMOI5EKX', 'ap-east-1': 'Z3DQVH9N71FHZ0', 'ap-south-1': 'ZP97RAFLXTNZK', 'ap-south-2': 'Z0173938T07WNTVAEPZN',
  'ap-southeast-1': 'Z1LMS91P8CMLE5', 'ap-southeast-2': 'Z1GM3OXH4ZPM65', 'ap-southeast-3': 'Z08888821HLRG5A9ZRTER', 'ap-southeast-4': 'Z09517862IB2WZLPXG76F',
  'ap-northeast-1': 'Z14GRHDCWA56QT', 'ap-northeast-2': 'ZWKZPGTI48KDX', 'ap-northeast-3': 'Z5LXEXXYW11ES', 'ca-central-1': 'ZQSVJUPU6J1EY',
  'ca-west-1': 'Z06473681N0SF6OS049SD', 'eu-central-1': 'Z215JYRZR1TBD5', 'eu-central-2': 'Z06391101F2ZOEP8P5EB3', 'eu-west-1': 'Z32O12XQLNTSW2',
  'eu-west-2': 'ZHURV8PSTC4K8', 'eu-west-3': 'Z3Q77PNBQS71R4', 'eu-north-1': 'Z23TAZ6LKFMNIO', 'eu-south-1': 'Z3ULH7SSC9OV64',
  'eu-south-2': 'Z0956581394HF5D5LXGAP', 'il-central-1': 'Z09170902867EHPV2DABU', 'me-central-1': 'Z08230872XQRWHG2XF6I', 'me-south-1': 'ZS929ML54UICD',
  'sa-east-1': 'Z2P70J7HTTTPLU', 'us-gov-west-1': 'Z33AYJ8TM3BH4J', 'us-gov-east-1': 'Z166TLBEWOO7G0', 'cn-north-1': 'Z1GDH35T77C1KE', 'cn-northwest-1': 'ZM7IZAIOVVDZF',
};

/** Regions that AWS does not publish a zone for share one of ours, in AWS's form. */
export function canonicalHostedZoneId(region: string): string {
  return HOSTED_ZONES[region] ?? 'Z00TURNPIKE00000000';
}

/** `number` as AWS appends it: nine or ten digits that make the name unguessable and unique. */
export function loadBalancerDnsName(balancer: { readonly name: string; readonly scheme: LoadBalancer['scheme']; readonly region: string }, number: number, suffix: string): string {
  const prefix = balancer.scheme === 'internal' ? 'internal-' : '';
  return `${prefix}${balancer.name}-${number}.${balancer.region}.elb.${suffix}`.toLowerCase();
}

/** The first of 127.0.1.1 to 127.0.1.254 that is not in use; null when none is left. */
export function freeAddress(used: ReadonlySet<string>): string | null {
  for (let last = 1; last <= 254; last++) {
    const address = `127.0.1.${last}`;
    if (!used.has(address)) return address;
  }
  return null;
}
