import type { Binding, Certificate, Diagnostic } from '../../../snapshot/index.ts';
import { socketOf } from '../../../snapshot/index.ts';
import { boundPort, type Installation } from '../installation.ts';
import type { ListenerPart } from './listener.ts';

/** A listener that wants sockets. */
export interface Claimant {
  readonly part: ListenerPart;
  readonly certificates: readonly Certificate[];
}

export interface Bound {
  /** By listener ARN; every claimant has an entry, empty where it is bound nowhere. */
  readonly bindings: ReadonlyMap<string, readonly Binding[]>;
  readonly diagnostics: readonly Diagnostic[];
}

/** One address and port, with those that want it, oldest first. */
interface Socket {
  readonly address: string;
  readonly port: number;
  readonly claimants: Claimant[];
}

/** What became of a claimant on a socket. */
type Outcome =
  | { readonly kind: 'hosts'; readonly hosts: readonly string[]; readonly lost: ReadonlyMap<string, Claimant> }
  /** Its protocol is not that of the socket, or all of its hosts are another's. */
  | { readonly kind: 'refused'; readonly by: Claimant; readonly because: 'protocol' | 'port' };

const EVERYTHING_ELSE = ['*'];

/**
 * Divides addresses and ports among listeners. Each balancer is served on the addresses that all share and, with an address pool, on its own.
 * The oldest listener on a socket sets its protocol and gets whatever nobody claims; a younger one gets the requests for its balancer's DNS name,
 * the exact names in its rules' host conditions and those of its certificates, unless an older one has them.
 */
export function bindListeners(claimants: readonly Claimant[], installation: Installation): Bound {
  const bindings = new Map<string, Binding[]>();
  const diagnostics: Diagnostic[] = [];
  const losses = new Map<Claimant, Loss[]>();
  for (const socket of socketsOf(claimants, installation)) {
    for (const [claimant, outcome] of divided(socket)) {
      const { id } = claimant.part.node;
      if (outcome.kind === 'hosts') {
        const binding = { address: socket.address, port: socket.port, advertisedPort: claimant.part.port, hosts: outcome.hosts };
        bindings.set(id, [...(bindings.get(id) ?? []), binding]);
      }
      losses.set(claimant, [...(losses.get(claimant) ?? []), { socket, outcome }]);
    }
  }
  for (const claimant of claimants) {
    const { id } = claimant.part.node;
    const own = bindings.get(id) ?? [];
    bindings.set(id, own);
    diagnostics.push(...lossesTold(claimant, own, losses.get(claimant) ?? []));
    if (!losses.has(claimant)) diagnostics.push(unbound(claimant));
  }
  return { bindings, diagnostics };
}

/** In order of the first claimant. A listener without a certificate cannot be bound: no handshake could succeed. */
function socketsOf(claimants: readonly Claimant[], installation: Installation): Iterable<Socket> {
  const sockets = new Map<string, Socket>();
  for (const claimant of claimants) {
    if (!isServable(claimant)) continue;
    const port = boundPort(claimant.part.port, installation);
    for (const address of addressesOf(claimant.part, installation)) {
      const key = socketOf({ address, port });
      const socket = sockets.get(key);
      if (socket) socket.claimants.push(claimant);
      else sockets.set(key, { address, port, claimants: [claimant] });
    }
  }
  return sockets.values();
}

function isServable({ part }: Claimant): boolean {
  return part.node.tls === null || part.node.tls.certificates.length > 0;
}

/** The operator says what is bound. A balancer's IP address type does not narrow that (parity says so too); one with IPv6 addresses is served on those beside it. */
function addressesOf({ balancer }: ListenerPart, installation: Installation): ReadonlySet<string> {
  const given = balancer.scheme === 'internal' ? installation.internalAddresses : installation.addresses;
  const common = balancer.ipAddressType === 'ipv4' ? given : given.flatMap((address) => [address, installation.ipv6Counterparts[address] ?? address]);
  return new Set(installation.addressPool && balancer.address !== null ? [...common, balancer.address] : common);
}

function divided({ claimants }: Socket): ReadonlyMap<Claimant, Outcome> {
  const outcomes = new Map<Claimant, Outcome>();
  const first = claimants[0]!;
  if (claimants.length === 1) return outcomes.set(first, { kind: 'hosts', hosts: EVERYTHING_ELSE, lost: new Map() });
  const isAlike = (claimant: Claimant): boolean => claimant.part.node.protocol === first.part.node.protocol;
  const owners = hostOwners(claimants.filter(isAlike));
  const hosts = new Map<Claimant, string[]>();
  for (const [host, owner] of owners) {
    const own = hosts.get(owner);
    if (own) own.push(host);
    else hosts.set(owner, [host]);
  }
  for (const claimant of claimants) {
    if (claimant === first) {
      outcomes.set(claimant, { kind: 'hosts', hosts: EVERYTHING_ELSE, lost: new Map() });
    } else if (!isAlike(claimant)) {
      outcomes.set(claimant, { kind: 'refused', by: first, because: 'protocol' });
    } else {
      const own = hosts.get(claimant);
      const lost = new Map(claimant.part.exactHosts.flatMap((host) => (owners.get(host) === claimant ? [] : [[host, owners.get(host)!]])));
      outcomes.set(claimant, own ? { kind: 'hosts', hosts: own, lost } : { kind: 'refused', by: owners.get(claimant.part.balancer.dnsName)!, because: 'port' });
    }
  }
  return outcomes;
}

/** Who gets which host: a DNS name goes to its balancer, then the names in rules, then those of certificates; among equals the oldest wins. */
function hostOwners(claimants: readonly Claimant[]): ReadonlyMap<string, Claimant> {
  const owners = new Map<string, Claimant>();
  const claim = (claimant: Claimant, hosts: readonly string[]): void => {
    for (const host of hosts) if (!owners.has(host)) owners.set(host, claimant);
  };
  for (const claimant of claimants) claim(claimant, [claimant.part.balancer.dnsName]);
  for (const claimant of claimants) claim(claimant, claimant.part.exactHosts);
  for (const claimant of claimants) claim(claimant, claimant.certificates.flatMap((certificate) => certificate.names.filter((name) => !name.includes('*'))));
  return owners;
}

interface Loss {
  readonly socket: Socket;
  readonly outcome: Outcome;
}

function lossesTold(claimant: Claimant, bindings: readonly Binding[], losses: readonly Loss[]): readonly Diagnostic[] {
  const { id } = claimant.part.node;
  const served = bindings.filter((binding) => binding.hosts.includes('*')).map(socketOf);
  return losses.flatMap(({ socket, outcome }) => {
    const place = socketOf(socket);
    if (outcome.kind === 'refused') return [refusal({ claimant, place, outcome, bindings })];
    const told: Diagnostic[] = [];
    const elsewhere = served.length > 0 ? `They are served on ${served.join(' and ')}` : 'Use another port';
    const [lost] = outcome.lost;
    if (lost) {
      told.push({
        severity: 'warning', resource: id, field: 'Port',
        message: `On ${place}, requests for ${some([...outcome.lost.keys()])} go to ${nameOf(lost[1])}, which is older and has the same host. ${elsewhere}.`,
      });
    }
    if (claimant.part.wildHosts.length > 0 && !outcome.hosts.includes('*')) {
      told.push({
        severity: 'warning', resource: id, field: 'Port',
        message: `On ${place}, which balancers share by exact host names, requests for ${some(claimant.part.wildHosts)} do not reach ${nameOf(claimant)} but ${nameOf(socket.claimants[0]!)}, which is older. ${elsewhere}.`,
      });
    }
    return told;
  });
}

function refusal(loss: { readonly claimant: Claimant; readonly place: string; readonly outcome: Extract<Outcome, { kind: 'refused' }>; readonly bindings: readonly Binding[] }): Diagnostic {
  const { claimant, place, outcome, bindings } = loss;
  const reason =
    outcome.because === 'protocol'
      ? `speaks ${outcome.by.part.node.protocol.toUpperCase()} for ${nameOf(outcome.by)}, so it cannot speak ${claimant.part.node.protocol.toUpperCase()} for ${nameOf(claimant)}`
      : `already serves every host of ${nameOf(claimant)} for ${nameOf(outcome.by)}`;
  const rest = bindings.length > 0 ? `It is served on ${bindings.map(socketOf).join(' and ')} only` : 'It is not served at all: give it another port';
  return { severity: bindings.length > 0 ? 'warning' : 'error', resource: claimant.part.node.id, field: 'Port', message: `${place} ${reason}. ${rest}.` };
}

/** No socket was even tried. */
function unbound(claimant: Claimant): Diagnostic {
  const { id } = claimant.part.node;
  if (!isServable(claimant)) {
    return { severity: 'error', resource: id, field: 'Certificates', message: `None of the certificates of ${nameOf(claimant)} exists, so it is not served: name one that does.` };
  }
  return {
    severity: 'error', resource: id, field: 'LoadBalancerArn',
    message: `This installation has no address for ${nameOf(claimant)} (${claimant.part.balancer.scheme}), so it is not served: add one to its addresses.`,
  };
}

function nameOf({ part }: Claimant): string {
  return `listener ${part.node.protocol.toUpperCase()}:${part.port} of load balancer ${part.balancer.name}`;
}

const SHOWN = 3;

function some(hosts: readonly string[]): string {
  const more = hosts.length - SHOWN;
  return more > 0 ? `${hosts.slice(0, SHOWN).join(', ')} and ${more} more` : hosts.join(', ');
}
