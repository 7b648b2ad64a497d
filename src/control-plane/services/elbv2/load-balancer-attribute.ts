import type {
  DescribeLoadBalancerAttributesInput, DescribeLoadBalancerAttributesOutput, ModifyLoadBalancerAttributesInput, ModifyLoadBalancerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from '../../../aws/index.ts';
import type { LoadBalancer } from '../../resources/elbv2/index.ts';
import type { Environment } from '../environment.ts';
import { BOOLEAN, defaults, EXECUTED, kept, listed, modified, refusedUnless, type Attribute } from './attribute.ts';
import { invalidConfiguration, validationError } from './error.ts';
import * as lookup from './lookup.ts';

const BUCKET = { kind: 'text', longest: 63 } as const;
const PREFIX = { kind: 'text', longest: 1024 } as const;

/** Observed, "characters" and all; what is said of a value that is no number is not known. */
function idleTimeout(value: string): string {
  return `The value of 'idle_timeout.timeout_seconds' cannot be ${Number(value) > 4000 ? 'greater than 4000' : 'less than 1'} characters`;
}

/** The attributes of an Application Load Balancer, in the order of AWS's answers (API_LoadBalancerAttribute.html). */
export const LOAD_BALANCER_ATTRIBUTES: readonly Attribute[] = [
  { key: 'access_logs.s3.enabled', default: 'false', values: BOOLEAN, effect: EXECUTED },
  { key: 'access_logs.s3.bucket', default: '', values: BUCKET, effect: EXECUTED },
  { key: 'access_logs.s3.prefix', default: '', values: PREFIX, effect: EXECUTED },
  { key: 'idle_timeout.timeout_seconds', default: '60', values: { kind: 'integer', from: 1, to: 4000 }, wrong: idleTimeout, effect: EXECUTED },
  { key: 'deletion_protection.enabled', default: 'false', values: BOOLEAN, effect: EXECUTED },
  { key: 'routing.http2.enabled', default: 'true', values: BOOLEAN, effect: EXECUTED },
  { key: 'routing.http.drop_invalid_header_fields.enabled', default: 'false', values: BOOLEAN, effect: EXECUTED },
  { key: 'routing.http.xff_client_port.enabled', default: 'false', values: BOOLEAN, effect: EXECUTED },
  { key: 'routing.http.preserve_host_header.enabled', default: 'false', values: BOOLEAN, effect: EXECUTED },
  {
    key: 'routing.http.xff_header_processing.mode', default: 'append', values: { kind: 'one-of', values: ['append', 'preserve', 'remove'] },
    wrong: () => "'routing.http.xff_header_processing.mode' must be set as 'preserve', 'append', or 'remove'", effect: EXECUTED,
  },
  {
    key: 'load_balancing.cross_zone.enabled', default: 'true', values: BOOLEAN,
    wrong: () => "The value for 'load_balancing.cross_zone.enabled' must always be 'true' for an Application Load Balancer",
    effect: refusedUnless(['true'], 'cross-zone load balancing of Application Load Balancers is always on; turn it off in the target group instead.'),
  },
  {
    key: 'routing.http.desync_mitigation_mode', default: 'defensive', values: { kind: 'one-of', values: ['monitor', 'defensive', 'strictest'] },
    wrong: (value) => `'${value}' must be one of [defensive, monitor, strictest]`,
    effect: EXECUTED,
  },
  { key: 'client_keep_alive.seconds', default: '3600', values: { kind: 'integer', from: 60, to: 604800 }, wrong: () => "The value of 'client_keep_alive.seconds' must be an integer between 60 and 604800", effect: EXECUTED },
  { key: 'waf.fail_open.enabled', default: 'false', values: BOOLEAN, effect: kept('no web ACL can be associated yet, so there is nothing that could fail.') },
  { key: 'routing.http.x_amzn_tls_version_and_cipher_suite.enabled', default: 'false', values: BOOLEAN, effect: EXECUTED },
  { key: 'zonal_shift.config.enabled', default: 'false', values: BOOLEAN, effect: kept('there is no zonal shift: all zones are on this machine.') },
  { key: 'connection_logs.s3.enabled', default: 'false', values: BOOLEAN, effect: EXECUTED },
  { key: 'connection_logs.s3.bucket', default: '', values: BUCKET, effect: EXECUTED },
  { key: 'connection_logs.s3.prefix', default: '', values: PREFIX, effect: EXECUTED },
  { key: 'health_check_logs.s3.enabled', default: 'false', values: BOOLEAN, effect: EXECUTED },
  { key: 'health_check_logs.s3.bucket', default: '', values: BUCKET, effect: EXECUTED },
  { key: 'health_check_logs.s3.prefix', default: '', values: PREFIX, effect: EXECUTED },
  { key: 'ipv6.deny_all_igw_traffic', default: 'false', values: BOOLEAN, effect: kept('there is no internet gateway in the path of traffic.') },
];

/** Keys of the other types of load balancer of which AWS says so; others it does not recognize (both observed). */
const ELSEWHERE: readonly string[] = ['dns_record.client_routing_policy', 'secondary_ips.auto_assigned.per_subnet'];

/** API_LoadBalancerAttribute.html: "Array Members: Maximum number of 20 items". */
const AT_ONCE = 20;

const TABLE = {
  noun: 'Load balancer',
  attributes: LOAD_BALANCER_ATTRIBUTES,
  twice: (key: string) => `Attribute key '${key}' has been specified more than once`,
  elsewhere: (key: string) =>
    ELSEWHERE.includes(key) ? `Load balancer attribute key '${key}' is not supported on load balancers with type 'application'` : null,
};

export function newLoadBalancerAttributes(scheme: LoadBalancer['scheme']): Readonly<Record<string, string>> {
  return { ...defaults(LOAD_BALANCER_ATTRIBUTES), 'ipv6.deny_all_igw_traffic': String(scheme === 'internal') };
}

/** As answered: the IPv6 attribute shows on balancers that have IPv6 addresses only. */
function shown(balancer: LoadBalancer) {
  const attributes = listed(balancer.attributes, LOAD_BALANCER_ATTRIBUTES);
  return balancer.ipAddressType === 'ipv4' ? attributes.filter(({ Key }) => Key !== 'ipv6.deny_all_igw_traffic') : attributes;
}

/** AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Segments of printable ASCII, none of them empty, `.` or `..`: bucket and prefix become folders here. */
const KEY_PREFIX = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[!-.0-~]+(?:\/[!-.0-~]+)*\/?$/;

function checkLogs(attributes: Readonly<Record<string, string>>): void {
  for (const kind of ['access_logs', 'connection_logs', 'health_check_logs']) {
    const bucket = attributes[`${kind}.s3.bucket`] ?? '';
    const prefix = attributes[`${kind}.s3.prefix`] ?? '';
    if (attributes[`${kind}.s3.enabled`] === 'true' && bucket === '') {
      throw invalidConfiguration(`The key '${kind}.s3.bucket' must set in order to enable ${kind.replaceAll('_', ' ')}`);
    }
    if (bucket !== '' && !BUCKET_NAME.test(bucket)) throw invalidConfiguration(`'${kind}.s3.bucket' value '${bucket}' is not a valid bucket name`);
    // AWS: "The prefix can't include the string AWSLogs."
    if (prefix !== '' && (!KEY_PREFIX.test(prefix) || prefix.includes('AWSLogs'))) throw invalidConfiguration(`'${kind}.s3.prefix' value '${prefix}' is not a valid prefix`);
    // observed: a prefix is refused without its bucket; the words are chosen
    if (prefix !== '' && bucket === '') throw invalidConfiguration(`The key '${kind}.s3.bucket' must set in order to set '${kind}.s3.prefix'`);
  }
}

export function loadBalancerAttributeOperations(environment: Environment) {
  return {
    DescribeLoadBalancerAttributes(input: DescribeLoadBalancerAttributesInput, call: Call): DescribeLoadBalancerAttributesOutput {
      return { Attributes: shown(lookup.loadBalancer(environment.store.world, input.LoadBalancerArn ?? '', call)) };
    },

    ModifyLoadBalancerAttributes(input: ModifyLoadBalancerAttributesInput, call: Call): Promise<ModifyLoadBalancerAttributesOutput> {
      return environment.store.transact((transaction) => {
        const old = lookup.loadBalancer(transaction, input.LoadBalancerArn ?? '', call);
        if ((input.Attributes?.length ?? 0) > AT_ONCE) throw validationError("1 validation error detected: Value at 'attributes' failed to satisfy constraint: Member must have length less than or equal to 20");
        const attributes = modified(TABLE, old.attributes, input.Attributes);
        checkLogs(attributes);
        const balancer = { ...old, attributes };
        transaction.put('elbv2/load-balancer', balancer);
        return { Attributes: shown(balancer) };
      });
    },
  };
}
