import { pick, type ResourceType } from '../resource-type.ts';
import { flag, keyValues, listOf, number, oneOf, properties, record, tags, text, texts } from '../schema.ts';
import { retag } from './tags.ts';

const mapping = record({ 'SubnetId!': text, AllocationId: text, IPv6Address: text, PrivateIPv4Address: text, SourceNatIpv6Prefix: text });

export const loadBalancer: ResourceType = {
  name: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  nameProperty: 'Name',
  properties: properties({
    replace: { Name: text, Scheme: oneOf('internet-facing', 'internal'), Type: oneOf('application', 'network', 'gateway') },
    inPlace: {
      EnableCapacityReservationProvisionStabilize: flag,
      EnablePrefixForIpv6SourceNat: oneOf('on', 'off'),
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: oneOf('on', 'off'),
      IpAddressType: oneOf('ipv4', 'dualstack', 'dualstack-without-public-ipv4'),
      Ipv4IpamPoolId: text,
      LoadBalancerAttributes: keyValues,
      MinimumLoadBalancerCapacity: record({ 'CapacityUnits!': number }),
      SecurityGroups: texts,
      SubnetMappings: listOf(mapping),
      Subnets: texts,
      Tags: tags,
    },
  }),
  attributes: ['CanonicalHostedZoneID', 'DNSName', 'LoadBalancerArn', 'LoadBalancerFullName', 'LoadBalancerName', 'SecurityGroups'],

  async create({ call, properties, generatedName, made, until }) {
    const created = await call('elbv2', 'CreateLoadBalancer', {
      Name: properties['Name'] ?? generatedName(32),
      ...pick(properties, ['EnablePrefixForIpv6SourceNat', 'IpAddressType', 'Scheme', 'SecurityGroups', 'SubnetMappings', 'Subnets', 'Tags', 'Type']),
      ...(properties['Ipv4IpamPoolId'] === undefined ? {} : { IpamPools: { Ipv4IpamPoolId: properties['Ipv4IpamPoolId'] } }),
    });
    const arn: string = created.LoadBalancers[0].LoadBalancerArn;
    await made(arn);
    if (properties['EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic'] !== undefined) {
      await call('elbv2', 'SetSecurityGroups', {
        LoadBalancerArn: arn,
        SecurityGroups: properties['SecurityGroups'] ?? [],
        ...pick(properties, ['EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic']),
      });
    }
    if (properties['LoadBalancerAttributes']?.length > 0) {
      await call('elbv2', 'ModifyLoadBalancerAttributes', { LoadBalancerArn: arn, Attributes: properties['LoadBalancerAttributes'] });
    }
    if (properties['MinimumLoadBalancerCapacity'] !== undefined) {
      await call('elbv2', 'ModifyCapacityReservation', { LoadBalancerArn: arn, ...pick(properties, ['MinimumLoadBalancerCapacity']) });
    }
    await until(`${arn} to be active`, async () => {
      const state = (await call('elbv2', 'DescribeLoadBalancers', { LoadBalancerArns: [arn] })).LoadBalancers[0].State?.Code;
      if (state === 'failed') throw new Error(`${arn} came into the state failed`);
      return state === 'active' || state === 'active_impaired' ? true : undefined;
    });
    return arn;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    const LoadBalancerArn = physicalId;
    if (changed.has('Subnets') || changed.has('SubnetMappings') || changed.has('IpAddressType') || changed.has('EnablePrefixForIpv6SourceNat')) {
      if (changed.has('Subnets') || changed.has('SubnetMappings') || changed.has('EnablePrefixForIpv6SourceNat')) {
        await call('elbv2', 'SetSubnets', { LoadBalancerArn, ...pick(properties, ['Subnets', 'SubnetMappings', 'IpAddressType', 'EnablePrefixForIpv6SourceNat']) });
      } else {
        await call('elbv2', 'SetIpAddressType', { LoadBalancerArn, IpAddressType: properties['IpAddressType'] ?? 'ipv4' });
      }
    }
    if (changed.has('Ipv4IpamPoolId')) {
      const pool = properties['Ipv4IpamPoolId'];
      await call('elbv2', 'ModifyIpPools', { LoadBalancerArn, ...(pool === undefined ? { RemoveIpamPools: ['ipv4'] } : { IpamPools: { Ipv4IpamPoolId: pool } }) });
    }
    if (changed.has('SecurityGroups') || changed.has('EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic')) {
      await call('elbv2', 'SetSecurityGroups', {
        LoadBalancerArn,
        SecurityGroups: properties['SecurityGroups'] ?? [],
        ...pick(properties, ['EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic']),
      });
    }
    // An attribute that leaves the template keeps its value, as in CloudFormation: ELB has no call that resets one.
    if (changed.has('LoadBalancerAttributes') && properties['LoadBalancerAttributes']?.length > 0) {
      await call('elbv2', 'ModifyLoadBalancerAttributes', { LoadBalancerArn, Attributes: properties['LoadBalancerAttributes'] });
    }
    if (changed.has('MinimumLoadBalancerCapacity')) {
      const capacity = properties['MinimumLoadBalancerCapacity'];
      await call('elbv2', 'ModifyCapacityReservation', { LoadBalancerArn, ...(capacity === undefined ? { ResetCapacityReservation: true } : { MinimumLoadBalancerCapacity: capacity }) });
    }
    if (changed.has('Tags')) await retag(call, physicalId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('elbv2', 'DeleteLoadBalancer', { LoadBalancerArn: physicalId });
  },

  async read({ call, physicalId }) {
    const balancer = (await call('elbv2', 'DescribeLoadBalancers', { LoadBalancerArns: [physicalId] })).LoadBalancers[0];
    return {
      ref: physicalId,
      attributes: {
        CanonicalHostedZoneID: balancer.CanonicalHostedZoneId ?? '',
        DNSName: balancer.DNSName ?? '',
        LoadBalancerArn: physicalId,
        LoadBalancerFullName: physicalId.slice(physicalId.indexOf('loadbalancer/') + 'loadbalancer/'.length),
        LoadBalancerName: balancer.LoadBalancerName,
        SecurityGroups: balancer.SecurityGroups ?? [],
      },
    };
  },
};
