import { formatIpv6Cidr, parseIpv6Cidr } from '../../src/control-plane/resources/ec2/index.ts';

/** The /64 with that number in a block, as `cidrsubnet` of Terraform counts. */
export function ipv6Subnet(block: string, index: number): string {
  return formatIpv6Cidr({ base: parseIpv6Cidr(block)!.base + (BigInt(index) << 64n), prefix: 64 });
}
