import { AwsError } from '../../../aws/index.ts';
import { hexId, type Random } from '../../../kernel/index.ts';
import type { NetworkInterface } from '../../resources/ec2/index.ts';
import type { Transaction } from '../../store/index.ts';
import { macAddress, publicAddress, takeAddress, takeIpv6Address } from './addresses.ts';

export interface ManagedInterface {
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  /** How the owner finds it again: `ELB app/NAME/ID`. */
  readonly description: string;
  /** `amazon-elb`, ... */
  readonly requesterId: string;
  /** `interface` for Application and Classic, `network_load_balancer`, `lambda`, ... */
  readonly interfaceType: string;
  /** Whether it shows a public address too. */
  readonly isPublic: boolean;
  /** Whether it has an IPv6 address too: the subnet has a block then. */
  readonly hasIpv6?: boolean;
  /** A private address of the subnet that was asked for; else the first free one. */
  readonly privateIpAddress?: string | undefined;
  readonly createdAt: number;
  readonly random: Random;
}

/**
 * Puts the network interface of another service's resource into a subnet: it takes an address, keeps subnet and groups from being deleted and
 * shows in DescribeNetworkInterfaces. Throws `InvalidSubnetID.NotFound` and what AWS says about addresses.
 */
export function createManagedInterface(tx: Transaction, wanted: ManagedInterface): NetworkInterface {
  const { random } = wanted;
  const subnet = tx.get('ec2/subnet', wanted.subnetId);
  if (!subnet) throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${wanted.subnetId}' does not exist`);
  const created: NetworkInterface = {
    id: `eni-${hexId(random, 17)}`,
    account: subnet.account,
    region: subnet.region,
    parent: subnet.id,
    createdAt: wanted.createdAt,
    vpcId: subnet.parent,
    availabilityZone: subnet.availabilityZone,
    description: wanted.description,
    groupIds: wanted.securityGroupIds,
    privateIpAddress: takeAddress(tx, subnet, wanted.privateIpAddress),
    secondaryPrivateIpAddresses: [],
    ipv6Addresses: wanted.hasIpv6 ? [takeIpv6Address(tx, subnet, random)] : [],
    publicIp: wanted.isPublic ? publicAddress(tx, random) : null,
    macAddress: macAddress(random),
    sourceDestCheck: true,
    interfaceType: wanted.interfaceType,
    requesterId: wanted.requesterId,
    attachment: {
      attachmentId: `ela-attach-${hexId(random, 17)}`,
      instanceId: null,
      instanceOwnerId: wanted.requesterId,
      deviceIndex: 1,
      deleteOnTermination: false,
      attachedAt: wanted.createdAt,
    },
    clientToken: null,
    tags: [],
  };
  tx.put('ec2/network-interface', created);
  return created;
}

/** Removes every managed interface of that account and region with that description; returns how many there were. */
export function deleteManagedInterfaces(tx: Transaction, scope: { readonly account: string; readonly region: string; readonly description: string }): number {
  const mine = managedInterfaces(tx, scope);
  for (const each of mine) tx.delete('ec2/network-interface', each.id);
  return mine.length;
}

/** The managed interfaces with that description, in order of creation. */
export function managedInterfaces(tx: Transaction, scope: { readonly account: string; readonly region: string; readonly description: string }): readonly NetworkInterface[] {
  return tx.list('ec2/network-interface', scope).filter((each) => each.requesterId !== null && each.description === scope.description);
}

/** Gives them other security groups, as SetSecurityGroups does. */
export function setManagedInterfaceGroups(
  tx: Transaction,
  scope: { readonly account: string; readonly region: string; readonly description: string },
  groupIds: readonly string[],
): void {
  for (const each of managedInterfaces(tx, scope)) tx.put('ec2/network-interface', { ...each, groupIds });
}
