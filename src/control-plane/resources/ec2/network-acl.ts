import type { Resource, Tag } from '../resource.ts';
import type { ClientToken } from './client-token.ts';

/** `parent` is the VPC. */
export interface NetworkAcl extends Resource {
  readonly parent: string;
  readonly isDefault: boolean;
  /** What was made after the ACL itself; the last rule of all, which denies, is not among them. */
  readonly entries: readonly NetworkAclEntry[];
  /** Subnets that were given to it; the default one has all others of its VPC. */
  readonly subnetIds: readonly string[];
  readonly clientToken: ClientToken | null;
  readonly tags: readonly Tag[];
}

/** Packets are not filtered here: rules are kept and shown. */
export interface NetworkAclEntry {
  readonly egress: boolean;
  /** 1 to 32,766. */
  readonly ruleNumber: number;
  /** A number of IANA's as text, or `-1` for all. */
  readonly protocol: string;
  readonly action: 'allow' | 'deny';
  readonly cidr: { readonly kind: 'ipv4' | 'ipv6'; readonly text: string };
  /** Of TCP and UDP. */
  readonly ports: { readonly from: number; readonly to: number } | null;
  readonly icmp: { readonly type: number; readonly code: number } | null;
}

/** What every new VPC's default ACL lets through: everything. */
export const ALLOW_ALL: readonly NetworkAclEntry[] = [false, true].map((egress) => ({
  egress, ruleNumber: 100, protocol: '-1', action: 'allow', cidr: { kind: 'ipv4', text: '0.0.0.0/0' }, ports: null, icmp: null,
}));
