import type { Resource, Tag } from '../resource.ts';
import { isAddress } from './cidr.ts';

/** A name for an address: nothing is started, but targets that name it are reached. `parent` is the subnet. */
export interface Instance extends Resource {
  readonly parent: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly reservationId: string;
  readonly launchIndex: number;
  readonly imageId: string;
  readonly instanceType: string;
  readonly keyName: string | null;
  readonly state: 'running' | 'stopped' | 'terminated';
  /** When the state last changed. */
  readonly stateAt: number;
  readonly launchedAt: number;
  /** What the API shows. */
  readonly privateIpAddress: string;
  /** The caller named the private address: then it is a real one. */
  readonly privateIpGiven: boolean;
  /** Where the instance is reached: see `connectAddress`. */
  readonly connectAddress: string;
  readonly publicIpAddress: string | null;
  readonly securityGroupIds: readonly string[];
  readonly interfaceIds: readonly string[];
  readonly rootVolumeId: string;
  readonly sourceDestCheck: boolean;
  readonly monitoring: boolean;
  readonly ebsOptimized: boolean;
  readonly tenancy: string;
  readonly instanceProfileArn: string | null;
  /** Base64, as it was given. */
  readonly userData: string | null;
  readonly clientToken: string | null;
  readonly disableApiTermination: boolean;
  readonly disableApiStop: boolean;
  readonly shutdownBehavior: string;
  readonly creditSpecification: string;
  readonly metadata: InstanceMetadata;
  readonly tags: readonly Tag[];
}

export interface InstanceMetadata {
  readonly httpTokens: string;
  readonly httpPutResponseHopLimit: number;
  readonly httpEndpoint: string;
  readonly httpProtocolIpv6: string;
  readonly instanceMetadataTags: string;
}

/** The tag that says where an instance is really reached. */
export const ADDRESS_TAG = 'turnpike:address';

/** The tag's address, else the private address if the caller named it, else loopback: in development the service runs beside us. */
export function connectAddress(instance: Pick<Instance, 'tags' | 'privateIpAddress' | 'privateIpGiven'>): string {
  const tagged = instance.tags.find((tag) => tag.key === ADDRESS_TAG)?.value;
  if (tagged !== undefined && isAddress(tagged)) return tagged;
  return instance.privateIpGiven ? instance.privateIpAddress : '127.0.0.1';
}

/** How long a terminated instance can still be described, in milliseconds: about an hour, says AWS. */
export const TERMINATED_FOR_MS = 60 * 60 * 1000;

/** The disk of an instance. `parent` is the instance; null once that has been terminated and the disk was to stay. */
export interface Volume extends Resource {
  readonly parent: string | null;
  readonly availabilityZone: string;
  /** GiB. */
  readonly size: number;
  readonly volumeType: string;
  readonly iops: number;
  readonly throughput: number | null;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | null;
  readonly snapshotId: string;
  readonly deviceName: string;
  readonly deleteOnTermination: boolean;
  readonly attachedAt: number;
  readonly tags: readonly Tag[];
}
