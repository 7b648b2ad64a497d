import { networkInterfaces } from 'node:os';

/** The IPv6 address that means what an IPv4 one does. */
const COUNTERPARTS: Readonly<Record<string, string>> = { '127.0.0.1': '::1', '0.0.0.0': '::' };

/** Where a dualstack balancer is served besides, by IPv4 address of the installation: as far as this machine speaks IPv6, and has the address. */
export function ipv6Counterparts(interfaces = networkInterfaces()): Readonly<Record<string, string>> {
  const own = new Set(Object.values(interfaces).flatMap((each) => each ?? []).filter(({ family }) => family === 'IPv6').map(({ address }) => address));
  return Object.fromEntries(Object.entries(COUNTERPARTS).filter(([, six]) => (six === '::' ? own.size > 0 : own.has(six))));
}
