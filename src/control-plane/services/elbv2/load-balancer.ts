import type {
  CreateLoadBalancerInput, CreateLoadBalancerOutput, DeleteLoadBalancerInput, DeleteLoadBalancerOutput, DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput, LoadBalancer as WireLoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { hexId } from '../../../kernel/index.ts';
import { AwsError, type Call } from '../../../aws/index.ts';
import { canonicalHostedZoneId, freeAddress, loadBalancerArn, loadBalancerDnsName, type LoadBalancer } from '../../resources/elbv2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { registeredPorts } from './balancer-target.ts';
import { checkIpamPool } from './capacity.ts';
import { loadBalancersNotFound, operationNotPermitted, validationError } from './error.ts';
import { removeListener } from './listener-removal.ts';
import { newLoadBalancerAttributes } from './load-balancer-attribute.ts';
import * as lookup from './lookup.ts';
import { joinNetwork, leaveNetwork } from './network.ts';
import { page } from './page.ts';
import { checkAddressType, placement, securityGroups } from './placement.ts';
import { newTags } from './tag.ts';

/** The sentences with which what cannot be created is refused. */
export const TYPE_REFUSALS: Readonly<Record<'network' | 'gateway', string>> = {
  network: "Load balancers with type 'network' are not served yet: the data plane has no TCP, UDP or TLS listeners. Create one with type 'application'.",
  gateway: "Load balancers with type 'gateway' are not served: there is no GENEVE data plane. Create one with type 'application'.",
};

const DESCRIBED_AT_ONCE = 20;

function checkName(name: string): void {
  if (name.length === 0) throw validationError('A load balancer name must be specified');
  if (name.length > 32) throw validationError(`The load balancer name '${name}' cannot be longer than '32' characters`);
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw validationError(`The load balancer name '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`);
  }
  if (name.startsWith('-') || name.endsWith('-')) throw validationError(`The load balancer name '${name}' cannot begin or end with a hyphen(-)`);
  if (name.startsWith('internal-')) throw validationError(`The load balancer name '${name}' cannot begin with 'internal-'`);
}

export function loadBalancerShape(balancer: LoadBalancer): WireLoadBalancer {
  return {
    LoadBalancerArn: balancer.id,
    DNSName: balancer.dnsName,
    CanonicalHostedZoneId: balancer.canonicalHostedZoneId,
    CreatedTime: new Date(balancer.createdAt),
    LoadBalancerName: balancer.name,
    Scheme: balancer.scheme,
    VpcId: balancer.vpcId,
    State: { Code: balancer.state },
    Type: balancer.type,
    AvailabilityZones: zonesShape(balancer),
    SecurityGroups: [...balancer.securityGroups],
    IpAddressType: balancer.ipAddressType,
    ...((balancer.ipv4IpamPool ?? null) === null ? {} : { IpamPools: { Ipv4IpamPoolId: balancer.ipv4IpamPool! } }),
  };
}

export function zonesShape(balancer: LoadBalancer) {
  return balancer.zones.map((zone) => ({ ZoneName: zone.zoneName, SubnetId: zone.subnetId, LoadBalancerAddresses: [] }));
}

/** What a second creation by the same name must agree in to be the same one. */
function settings(balancer: Omit<LoadBalancer, 'id'>): string {
  const { type, scheme, zones, securityGroups: groups, ipAddressType, tags } = balancer;
  return JSON.stringify([type, scheme, zones.map((zone) => zone.subnetId).sort(), groups.toSorted(), ipAddressType, tags.map((tag) => `${tag.key}=${tag.value}`).sort()]);
}

function sameName(world: World, name: string, call: Call): LoadBalancer | undefined {
  return world.list('elbv2/load-balancer', call).find((balancer) => balancer.name === name);
}

export function loadBalancerOperations(environment: Environment) {
  return {
    async CreateLoadBalancer(input: CreateLoadBalancerInput, call: Call): Promise<CreateLoadBalancerOutput> {
      const name = input.Name ?? '';
      const type = input.Type ?? 'application';
      if (type !== 'application') throw operationNotPermitted(TYPE_REFUSALS[type]);
      checkName(name);
      if (input.CustomerOwnedIpv4Pool !== undefined) {
        throw operationNotPermitted('Pools of customer-owned addresses (CustomerOwnedIpv4Pool) are not served: there is no Outpost.');
      }
      const ipamPool = input.IpamPools?.Ipv4IpamPoolId;
      if (input.EnablePrefixForIpv6SourceNat === 'on') {
        throw validationError("'EnablePrefixForIpv6SourceNat' can only be specified for LoadBalancer type 'network'.");
      }
      const tags = newTags(input.Tags, environment);
      const hex = hexId(environment.random, 16);
      const number = 100_000_000 + Math.floor(environment.random.number() * 2_000_000_000);
      const scheme = input.Scheme ?? 'internet-facing';
      // AWS answers so, and "active" to whoever asks next
      let code: 'provisioning' | 'active' = 'provisioning';
      const balancer = await environment.store.transact((transaction) => {
        const { vpcId, zones } = placement(transaction, input, call);
        const ipAddressType = input.IpAddressType ?? 'ipv4';
        checkAddressType(transaction, { scheme, zones }, ipAddressType);
        const wanted: Omit<LoadBalancer, 'address'> = {
          id: loadBalancerArn(call, { type, name, hex }),
          account: call.account,
          region: call.region,
          parent: null,
          createdAt: environment.clock.now(),
          type,
          name,
          scheme,
          vpcId,
          zones,
          securityGroups: securityGroups(transaction, input.SecurityGroups, { vpcId, most: quota(environment, 'security-groups-per-application-load-balancer') }),
          ipAddressType,
          dnsName: loadBalancerDnsName({ name, scheme, region: call.region }, number, environment.dnsSuffix),
          canonicalHostedZoneId: canonicalHostedZoneId(call.region),
          state: 'active',
          attributes: newLoadBalancerAttributes(scheme),
          capacity: null,
          ipv4IpamPool: ipamPool === undefined ? null : checkIpamPool(ipamPool, scheme),
          tags,
        };
        const twin = sameName(transaction, name, call);
        if (twin) {
          code = twin.state;
          if (settings(twin) === settings({ ...wanted, address: null })) return twin;
          throw new AwsError('DuplicateLoadBalancerName', `A load balancer with the same name '${name}' exists, but with different settings`);
        }
        if (transaction.list('elbv2/load-balancer', call).length >= quota(environment, 'application-load-balancers')) {
          throw new AwsError('TooManyLoadBalancers', 'The maximum number of load balancers has been reached');
        }
        const used = new Set(transaction.list('elbv2/load-balancer').flatMap((other) => other.address ?? []));
        const created: LoadBalancer = { ...wanted, address: freeAddress(used) };
        transaction.put('elbv2/load-balancer', created);
        joinNetwork(transaction, created, environment);
        return created;
      });
      return { LoadBalancers: [{ ...loadBalancerShape(balancer), State: { Code: code } }] };
    },

    DescribeLoadBalancers(input: DescribeLoadBalancersInput, call: Call): DescribeLoadBalancersOutput {
      const { items, next } = page(described(environment.store.world, input, call), input, (balancer) => balancer.id);
      return { LoadBalancers: items.map(loadBalancerShape), ...next };
    },

    async DeleteLoadBalancer(input: DeleteLoadBalancerInput, call: Call): Promise<DeleteLoadBalancerOutput> {
      const arn = input.LoadBalancerArn ?? '';
      await environment.store.transact((transaction) => {
        const balancer = lookup.find(transaction, 'elbv2/load-balancer', { arn, call });
        // AWS: "If the load balancer does not exist or has already been deleted, the call succeeds."
        if (!balancer) return;
        if (balancer.attributes['deletion_protection.enabled'] === 'true') {
          throw operationNotPermitted(`Load balancer '${arn}' cannot be deleted because deletion protection is enabled`);
        }
        // "You can't delete an Application Load Balancer that has been registered as a target in a target group": application-load-balancer-target.html
        if (registeredPorts(transaction, arn).size > 0) {
          throw new AwsError('ResourceInUse', `Load balancer '${arn}' cannot be deleted because it is currently associated with another service`);
        }
        removeLoadBalancer(transaction, balancer);
      });
      return {};
    },
  };
}

function removeLoadBalancer(transaction: Transaction, balancer: LoadBalancer): void {
  for (const listener of transaction.children('elbv2/listener', balancer.id)) removeListener(transaction, listener);
  leaveNetwork(transaction, balancer);
  transaction.delete('elbv2/load-balancer', balancer.id);
}

function described(world: World, input: DescribeLoadBalancersInput, call: Call): readonly LoadBalancer[] {
  const { LoadBalancerArns: arns = [], Names: names = [] } = input;
  if (arns.length > 0 && names.length > 0) throw validationError('Load balancer names and load balancer ARNs cannot be specified at the same time');
  if (arns.length > DESCRIBED_AT_ONCE) throw validationError(`Up to ${DESCRIBED_AT_ONCE} load balancer ARNs can be specified in one call, not ${arns.length}`);
  if (arns.length > 0) {
    const found = arns.map((arn) => lookup.find(world, 'elbv2/load-balancer', { arn, call }));
    const missing = arns.filter((_arn, index) => found[index] === undefined);
    if (missing.length > 0) throw loadBalancersNotFound(missing);
    return found.filter((balancer) => balancer !== undefined);
  }
  const own = world.list('elbv2/load-balancer', call);
  if (names.length === 0) return own;
  const missing = names.filter((name) => !own.some((balancer) => balancer.name === name));
  if (missing.length > 0) throw loadBalancersNotFound(missing);
  return own.filter((balancer) => names.includes(balancer.name));
}
