import ipaddr from 'ipaddr.js';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { TargetGroup } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import { validationError } from './error.ts';
import * as lookup from './lookup.ts';

/** Whether a target may be registered, by the type of its group. */

interface Asked {
  readonly world: World;
  readonly group: TargetGroup;
  readonly call: Call;
}

function quoted(ids: readonly string[]): string {
  return ids.map((id) => `'${id}'`).join(', ');
}

/** Instances must exist, run, and be in the VPC of the group. */
export function checkInstances(ids: readonly string[], { world, group, call }: Asked): void {
  const malformed = ids.find((id) => !/^i-[0-9a-f]{8,17}$/.test(id));
  if (malformed !== undefined) throw validationError(`Instance ID '${malformed}' is not valid`);
  const instances = ids.map((id) => {
    const instance = world.get('ec2/instance', id);
    return { id, instance: instance && lookup.isOwn(instance, call) ? instance : undefined };
  });
  const refuse = (which: (typeof instances)[number][], sentence: string): void => {
    if (which.length > 0) throw new AwsError('InvalidTarget', `${sentence}: ${quoted(which.map(({ id }) => id))}`);
  };
  refuse(instances.filter(({ instance }) => instance === undefined), 'The following targets do not exist');
  refuse(instances.filter(({ instance }) => instance?.vpcId !== group.vpcId), `The following targets are not in the target group VPC '${group.vpcId}'`);
  refuse(instances.filter(({ instance }) => instance?.state !== 'running'), 'The following targets are not in a running state and cannot be registered');
}

/**
 * AWS takes private addresses only, and so do we; loopback is added, because a service beside us is reached there. Link-local addresses are
 * refused: 169.254.169.254 is where clouds keep credentials.
 */
const ALLOWED: ReadonlySet<string> = new Set(['private', 'loopback', 'carrierGradeNat', 'uniqueLocal']);

export function checkAddresses(addresses: readonly string[], group: TargetGroup): void {
  for (const address of addresses) {
    const kind = group.ipAddressType;
    const fits = kind === 'ipv6' ? address.includes(':') : /^\d{1,3}(\.\d{1,3}){3}$/.test(address);
    if (!fits || !ipaddr.isValid(address)) throw validationError(`The IP address '${address}' is not a valid ${kind === 'ipv6' ? 'IPv6' : 'IPv4'} address`);
    if (!ALLOWED.has(ipaddr.parse(address).range())) {
      throw validationError(`The IP address '${address}' is not allowed, as it must be an address from a VPC subnet, RFC1918, or RFC6598`);
    }
  }
}

/** An address of the VPC is where its subnet is: `all`, or another zone, is for addresses elsewhere. */
export function checkZone(text: string, zone: string, { world, group }: Omit<Asked, 'call'>): void {
  const address = ipaddr.parse(text);
  const has = (block: string): boolean => {
    const [base, prefix] = ipaddr.parseCIDR(block);
    return base.kind() === address.kind() && address.match(base, prefix);
  };
  const subnets = group.vpcId === null ? [] : world.children('ec2/subnet', group.vpcId);
  const home = subnets.find(({ cidrBlock, ipv6Associations }) => [cidrBlock, ...ipv6Associations.map((each) => each.ipv6CidrBlock)].some(has));
  if (home && home.availabilityZone !== zone) {
    throw validationError(`The IP address '${text}' is within the VPC, and cannot have its Availability Zone overridden to '${zone}' from '${home.availabilityZone}'`);
  }
}
