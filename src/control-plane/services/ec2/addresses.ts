import { AwsError } from '../../../aws/index.ts';
import type { Random } from '../../../kernel/index.ts';
import { cidrSize, formatAddress, formatIpv6Address, hasAddress, parseAddress, parseCidr, parseIpv6Cidr, RESERVED_AT_END, RESERVED_AT_START, type Subnet } from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';

/** The address that was asked for, checked, or the first free one of the subnet. */
export function takeAddress(world: World, subnet: Subnet, wanted: string | undefined): string {
  const cidr = parseCidr(subnet.cidrBlock)!;
  const first = cidr.base + RESERVED_AT_START;
  const last = cidr.base + cidrSize(cidr) - 1 - RESERVED_AT_END;
  const taken = new Set<string>();
  for (const each of world.children('ec2/network-interface', subnet.id)) {
    taken.add(each.privateIpAddress);
    for (const address of each.secondaryPrivateIpAddresses) taken.add(address);
  }
  if (wanted !== undefined) {
    const address = parseAddress(wanted);
    if (address === null) throw new AwsError('InvalidParameterValue', `Value (${wanted}) for parameter privateIpAddress is invalid. This is not a valid IPv4 address.`);
    if (!hasAddress(cidr, address)) throw new AwsError('InvalidParameterValue', 'Address does not fall within the subnet\'s address range');
    if (address < first || address > last) throw new AwsError('InvalidParameterValue', 'Address is in subnet\'s reserved address range');
    if (taken.has(wanted)) throw new AwsError('InvalidIPAddress.InUse', `Address ${wanted} is in use.`);
    return wanted;
  }
  for (let address = first; address <= last; address++) {
    const text = formatAddress(address);
    if (!taken.has(text)) return text;
  }
  throw new AwsError('InsufficientFreeAddressesInSubnet', `Subnet '${subnet.id}' does not have enough free addresses to satisfy the request.`);
}

/** A free IPv6 address of the subnet, which AWS chooses at random as well; the first four and the last are not given out. */
export function takeIpv6Address(world: World, subnet: Subnet, random: Random): string {
  const block = subnet.ipv6Associations[0];
  if (!block) throw new AwsError('InvalidParameterValue', `The subnet '${subnet.id}' does not have an IPv6 CIDR block.`);
  const { base } = parseIpv6Cidr(block.ipv6CidrBlock)!;
  const taken = new Set(world.children('ec2/network-interface', subnet.id).flatMap((each) => each.ipv6Addresses));
  for (;;) {
    // every block has 64 bits at least: an address that is taken is next to impossible
    const address = formatIpv6Address(base + BigInt(RESERVED_AT_START) + (random.bytes(8).readBigUInt64BE() >> 1n));
    if (!taken.has(address)) return address;
  }
}

/**
 * A public address for show: nothing listens on it. Of 198.18.0.0/15, which RFC 2544 keeps out of the internet, so that it never is somebody
 * else's by accident.
 */
export function publicAddress(world: World, random: Random): string {
  const taken = new Set<string>();
  for (const each of world.list('ec2/network-interface')) if (each.publicIp !== null) taken.add(each.publicIp);
  for (const each of world.list('ec2/elastic-ip')) taken.add(each.publicIp);
  const base = parseAddress('198.18.0.0')!;
  const start = random.bytes(4).readUInt32BE() % 131_072;
  for (let step = 0; step < 131_072; step++) {
    const address = formatAddress(base + ((start + step) % 131_072));
    if (!taken.has(address)) return address;
  }
  throw new AwsError('InsufficientAddressCapacity', 'Not enough public addresses are left.');
}

export function macAddress(random: Random): string {
  // 02: locally administered (IEEE 802), as EC2's own are.
  return ['02', ...Array.from(random.bytes(5), (byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

export function privateDnsName(address: string, region: string): string {
  const name = `ip-${address.replaceAll('.', '-')}`;
  return region === 'us-east-1' ? `${name}.ec2.internal` : `${name}.${region}.compute.internal`;
}

export function publicDnsName(address: string, region: string): string {
  const name = `ec2-${address.replaceAll('.', '-')}`;
  return region === 'us-east-1' ? `${name}.compute-1.amazonaws.com` : `${name}.${region}.compute.amazonaws.com`;
}
