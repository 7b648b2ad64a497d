import { AF_INET, AF_INET6 } from './system-calls.ts';

/** As Node's handles tell it. */
export interface SocketAddress {
  address?: string;
  port?: number;
}

/** struct sockaddr_in6, the longer of the two. More than 64: it must have an address (`Kernel.addressOf`). */
export const SOCKET_ADDRESS_OCTETS = 128;

/** A struct sockaddr_in or sockaddr_in6, its address as inet_ntop(3) writes it. Empty for any other. */
export function readSocketAddress(octets: Uint8Array, into: SocketAddress = {}): SocketAddress {
  // the family is the machine's order, which on all that are served has the low octet first
  const family = octets[0]! | (octets[1]! << 8);
  if (family !== AF_INET && family !== AF_INET6) return into;
  into.port = (octets[2]! << 8) | octets[3]!;
  into.address = family === AF_INET ? ipv4Text(octets, 4) : ipv6Text(octets, 8);
  return into;
}

/** fe80::/10, whose addresses mean something beside an interface only. */
export function isLinkLocal(octets: Uint8Array): boolean {
  return octets[0] === AF_INET6 && octets[8] === 0xfe && (octets[9]! & 0xc0) === 0x80;
}

function ipv4Text(octets: Uint8Array, at: number): string {
  return `${octets[at]}.${octets[at + 1]}.${octets[at + 2]}.${octets[at + 3]}`;
}

/** The longest run of zeros, of two words at least, is left out, the first of several; what an IPv4 address is mapped to or compatible with ends as one. */
function ipv6Text(octets: Uint8Array, at: number): string {
  const words = Array.from({ length: 8 }, (_, i) => (octets[at + 2 * i]! << 8) | octets[at + 2 * i + 1]!);
  let [best, longest] = [-1, 1];
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && words[to] === 0) to++;
    if (to - from > longest) [best, longest] = [from, to - from];
    if (to > from) from = to;
  }
  const isIpv4 = best === 0 && (longest === 6 || (longest === 5 && words[5] === 0xffff));
  const texts = words.slice(0, isIpv4 ? 6 : 8).map((word) => word.toString(16));
  if (isIpv4) texts.push(ipv4Text(octets, at + 12));
  if (best < 0) return texts.join(':');
  return `${texts.slice(0, best).join(':')}::${texts.slice(best + longest).join(':')}`;
}
