import type {
  SetIpAddressTypeInput, SetIpAddressTypeOutput, SetSecurityGroupsInput, SetSecurityGroupsOutput, SetSubnetsInput, SetSubnetsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from '../../../aws/index.ts';
import type { LoadBalancer } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { targetGroupsUsedBy } from './association.ts';
import { invalidConfiguration, needsIpv6, validationError } from './error.ts';
import { zonesShape } from './load-balancer.ts';
import * as lookup from './lookup.ts';
import { joinNetwork, leaveNetwork } from './network.ts';
import { checkAddressType, placement, securityGroups } from './placement.ts';

/** The settings of a load balancer that have operations of their own. */
export function loadBalancerSettingsOperations(environment: Environment) {
  const change = (arn: string | undefined, call: Call, to: (old: LoadBalancer, world: World) => LoadBalancer): Promise<LoadBalancer> =>
    environment.store.transact((transaction) => {
      const old = lookup.loadBalancer(transaction, arn ?? '', call);
      const balancer = to(old, transaction);
      transaction.put('elbv2/load-balancer', balancer);
      if (balancer.zones !== old.zones || balancer.securityGroups !== old.securityGroups || balancer.ipAddressType !== old.ipAddressType) {
        leaveNetwork(transaction, old);
        joinNetwork(transaction, balancer, environment);
      }
      return balancer;
    });

  return {
    async SetSubnets(input: SetSubnetsInput, call: Call): Promise<SetSubnetsOutput> {
      if (input.EnablePrefixForIpv6SourceNat === 'on') {
        throw validationError("'EnablePrefixForIpv6SourceNat' can only be specified for LoadBalancer type 'network'.");
      }
      const balancer = await change(input.LoadBalancerArn, call, (old, world) => {
        const { vpcId, zones } = placement(world, input, call);
        if (vpcId !== old.vpcId) throw invalidConfiguration(`The specified subnets must belong to the VPC '${old.vpcId}' of the load balancer`);
        const ipAddressType = input.IpAddressType ?? old.ipAddressType;
        checkAddressType(world, { scheme: old.scheme, zones }, ipAddressType);
        checkGroups(world, old, ipAddressType);
        return { ...old, zones, ipAddressType };
      });
      return { AvailabilityZones: zonesShape(balancer), IpAddressType: balancer.ipAddressType };
    },

    async SetSecurityGroups(input: SetSecurityGroupsInput, call: Call): Promise<SetSecurityGroupsOutput> {
      if (!input.SecurityGroups || input.SecurityGroups.length === 0) throw validationError('At least one security group must be specified');
      if (input.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic !== undefined) {
        throw invalidConfiguration('This security group setting for PrivateLink traffic is only available for Network Load Balancers with security groups');
      }
      const most = quota(environment, 'security-groups-per-application-load-balancer');
      const balancer = await change(input.LoadBalancerArn, call, (old, world) => ({
        ...old,
        securityGroups: securityGroups(world, input.SecurityGroups, { vpcId: old.vpcId, most }),
      }));
      return { SecurityGroupIds: [...balancer.securityGroups] };
    },

    async SetIpAddressType(input: SetIpAddressTypeInput, call: Call): Promise<SetIpAddressTypeOutput> {
      const { IpAddressType: ipAddressType } = input;
      if (ipAddressType === undefined) throw validationError('An IP address type must be specified');
      const balancer = await change(input.LoadBalancerArn, call, (old, world) => {
        checkAddressType(world, old, ipAddressType);
        checkGroups(world, old, ipAddressType);
        return { ...old, ipAddressType };
      });
      return { IpAddressType: balancer.ipAddressType };
    },
  };
}

/** A listener takes no group of IPv6 addresses where the load balancer has none, so that it does not lose them under one either (chosen). */
function checkGroups(world: World, balancer: LoadBalancer, type: LoadBalancer['ipAddressType']): void {
  if (type === 'ipv4' && [...targetGroupsUsedBy(world, balancer.id)].some((arn) => world.get('elbv2/target-group', arn)?.ipAddressType === 'ipv6')) throw needsIpv6();
}
