import { AwsError } from '../../../aws/index.ts';
import { loadBalancerLabel, type LoadBalancer } from '../../resources/elbv2/index.ts';
import type { Transaction } from '../../store/index.ts';
import { createManagedInterface, deleteManagedInterfaces } from '../ec2/index.ts';
import type { Environment } from '../environment.ts';

/** The network interfaces of a load balancer: one a subnet, by which EC2 knows that subnet and security groups are in use. */

/** How AWS describes them; Terraform looks for exactly this before it believes that a balancer is gone. */
function description(balancer: LoadBalancer): string {
  return `ELB ${loadBalancerLabel(balancer.id)}`;
}

export function joinNetwork(transaction: Transaction, balancer: LoadBalancer, environment: Environment): void {
  for (const zone of balancer.zones) {
    try {
      createManagedInterface(transaction, {
        subnetId: zone.subnetId,
        securityGroupIds: balancer.securityGroups,
        description: description(balancer),
        requesterId: 'amazon-elb',
        interfaceType: 'interface',
        isPublic: balancer.scheme === 'internet-facing' && balancer.ipAddressType !== 'dualstack-without-public-ipv4',
        hasIpv6: balancer.ipAddressType !== 'ipv4',
        createdAt: environment.clock.now(),
        random: environment.random,
      });
    } catch (error) {
      if (error instanceof AwsError && error.code === 'InsufficientFreeAddressesInSubnet') {
        throw new AwsError('InvalidSubnet', `Not enough IP space available in ${zone.subnetId}. ELB requires at least one free IP address in each subnet.`);
      }
      throw error;
    }
  }
}

export function leaveNetwork(transaction: Transaction, balancer: LoadBalancer): void {
  deleteManagedInterfaces(transaction, { account: balancer.account, region: balancer.region, description: description(balancer) });
}
