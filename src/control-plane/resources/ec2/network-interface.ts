import type { Resource, Tag } from '../resource.ts';
import type { ClientToken } from './client-token.ts';

/** `parent` is the subnet. */
export interface NetworkInterface extends Resource {
  readonly parent: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly description: string;
  readonly groupIds: readonly string[];
  readonly privateIpAddress: string;
  readonly secondaryPrivateIpAddresses: readonly string[];
  readonly ipv6Addresses: readonly string[];
  /** The public address, where it has one. */
  readonly publicIp: string | null;
  readonly macAddress: string;
  readonly sourceDestCheck: boolean;
  readonly interfaceType: string;
  /** Who made it, when not the account itself: `amazon-elb`. */
  readonly requesterId: string | null;
  readonly attachment: InterfaceAttachment | null;
  readonly clientToken: ClientToken | null;
  readonly tags: readonly Tag[];
}

export interface InterfaceAttachment {
  readonly attachmentId: string;
  /** Null for those that belong to a managed service. */
  readonly instanceId: string | null;
  readonly instanceOwnerId: string;
  readonly deviceIndex: number;
  readonly deleteOnTermination: boolean;
  readonly attachedAt: number;
}
