import type { Resource, Tag } from '../resource.ts';

/** `parent` is the VPC. */
export interface SecurityGroup extends Resource {
  readonly parent: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly Tag[];
}

export type Direction = 'ingress' | 'egress';

/** One permission with one peer. `parent` is the security group. */
export interface SecurityGroupRule extends Resource {
  readonly parent: string;
  readonly direction: Direction;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for all, else a protocol number. */
  readonly protocol: string;
  /** Ports of TCP and UDP, type and code of ICMP; -1 for all. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly peer: Peer;
  readonly description: string | null;
  readonly tags: readonly Tag[];
}

export type Peer =
  | { readonly kind: 'ipv4'; readonly cidr: string }
  | { readonly kind: 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefix-list'; readonly id: string }
  | { readonly kind: 'group'; readonly groupId: string; readonly account: string };

/** Equal for two rules that allow the same: AWS refuses the second. */
export function ruleIdentity(rule: Pick<SecurityGroupRule, 'direction' | 'protocol' | 'fromPort' | 'toPort' | 'peer'>): string {
  return `${rule.direction} ${rule.protocol} ${rule.fromPort} ${rule.toPort} ${peerName(rule.peer)}`;
}

export function peerName(peer: Peer): string {
  switch (peer.kind) {
    case 'ipv4':
    case 'ipv6':
      return peer.cidr;
    case 'prefix-list':
      return peer.id;
    case 'group':
      return peer.groupId;
  }
}
