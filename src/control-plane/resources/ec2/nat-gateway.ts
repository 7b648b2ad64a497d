import type { Resource, Tag } from '../resource.ts';
import type { ClientToken } from './client-token.ts';

/** `parent` is the subnet. Nothing is translated here: it is a name that routes can lead to, with its interface and addresses. */
export interface NatGateway extends Resource {
  readonly parent: string;
  readonly vpcId: string;
  readonly connectivity: 'public' | 'private';
  readonly networkInterfaceId: string;
  readonly privateIp: string;
  /** Of a public one. */
  readonly allocationId: string | null;
  readonly clientToken: ClientToken | null;
  readonly tags: readonly Tag[];
}
