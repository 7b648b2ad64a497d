import type { Resource, Tag } from '../resource.ts';

/** A service of Cloud Map. `id` is `srv-...`; `parent` is its namespace's. */
export interface DiscoveryService extends Resource {
  readonly name: string;
  readonly type: 'HTTP' | 'DNS_HTTP';
  readonly description: string | null;
  readonly creatorRequestId: string | null;
  readonly dns: DnsSettings | null;
  /** Whether those that run its instances tell their health; the threshold that AWS keeps and does not use. */
  readonly customHealth: { readonly failureThreshold: number | null } | null;
  readonly tags: readonly Tag[];
}

export interface DnsSettings {
  readonly routingPolicy: string;
  readonly records: readonly { readonly type: string; readonly ttl: number }[];
}
