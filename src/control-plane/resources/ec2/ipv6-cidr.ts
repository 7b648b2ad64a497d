import ipaddr from 'ipaddr.js';

/** An IPv6 block: the first address as a number, and the length of the prefix. */
export interface Ipv6Cidr {
  readonly base: bigint;
  readonly prefix: number;
}

/** An IPv6 block of a VPC or a subnet, and the association that it has it by. */
export interface Ipv6Association {
  readonly associationId: string;
  readonly ipv6CidrBlock: string;
}

/** Reads `2001:db8::/56`; host bits are cleared. Null for anything else. */
export function parseIpv6Cidr(text: string): Ipv6Cidr | null {
  if (!text.includes(':') || !ipaddr.IPv6.isValidCIDR(text)) return null;
  const [address, prefix] = ipaddr.IPv6.parseCIDR(text);
  const whole = address.parts.reduce((sum, part) => (sum << 16n) | BigInt(part), 0n);
  const free = BigInt(128 - prefix);
  return { base: (whole >> free) << free, prefix };
}

/** The shortest form of RFC 5952. */
export function formatIpv6Address(address: bigint): string {
  const parts = Array.from({ length: 8 }, (_part, i) => Number((address >> BigInt(16 * (7 - i))) & 0xffffn));
  return new ipaddr.IPv6(parts).toRFC5952String();
}

export function formatIpv6Cidr({ base, prefix }: Ipv6Cidr): string {
  return `${formatIpv6Address(base)}/${prefix}`;
}

/** A block in its shortest form with host bits cleared; null where it is none. */
export function canonicalIpv6Cidr(text: string): string | null {
  const cidr = parseIpv6Cidr(text);
  return cidr && formatIpv6Cidr(cidr);
}

export function containsIpv6(outer: Ipv6Cidr, inner: Ipv6Cidr): boolean {
  const free = BigInt(128 - outer.prefix);
  return inner.prefix >= outer.prefix && inner.base >> free === outer.base >> free;
}

export function overlapsIpv6(a: Ipv6Cidr, b: Ipv6Cidr): boolean {
  return containsIpv6(a, b) || containsIpv6(b, a);
}
