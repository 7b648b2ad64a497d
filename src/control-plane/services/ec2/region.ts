import type {
  DescribeAccountAttributesCommandInput, DescribeAccountAttributesResult, DescribeAvailabilityZonesCommandInput, DescribeAvailabilityZonesResult,
  DescribeDhcpOptionsCommandInput, DescribeDhcpOptionsResult, DescribeRegionsCommandInput, DescribeRegionsResult,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { defaultId, REGIONS, type Zone, zonesOf } from '../../resources/ec2/index.ts';
import type { Environment } from '../environment.ts';
import { defaultVpc } from './defaults.ts';
import { filtered, type FilterTable } from './filters.ts';

const ZONE_FILTERS: FilterTable<Zone> = {
  'group-name': (zone) => zone.region,
  message: () => [],
  'opt-in-status': () => 'opt-in-not-required',
  'region-name': (zone) => zone.region,
  state: () => 'available',
  'zone-id': (zone) => zone.id,
  'zone-name': (zone) => zone.name,
  'zone-type': () => 'availability-zone',
};

export function regionOperations({ store, limits }: Environment) {
  return {
    DescribeRegions(input: DescribeRegionsCommandInput, call: Call): DescribeRegionsResult {
      const names = new Set([...REGIONS.keys(), call.region]);
      const unknown = (input.RegionNames ?? []).filter((name) => !names.has(name));
      if (unknown.length > 0) throw new AwsError('InvalidParameterValue', `Invalid region '${unknown[0]!}' specified`);
      const own = [...names].filter((name) => !input.RegionNames?.length || input.RegionNames.includes(name)).map((name) => ({ name }));
      const matching = filtered(own, input.Filters, {
        endpoint: ({ name }) => `ec2.${name}.amazonaws.com`,
        'opt-in-status': () => 'opt-in-not-required',
        'region-name': ({ name }) => name,
      });
      return { Regions: matching.map(({ name }) => ({ RegionName: name, Endpoint: `ec2.${name}.amazonaws.com`, OptInStatus: 'opt-in-not-required' })) };
    },

    DescribeAvailabilityZones(input: DescribeAvailabilityZonesCommandInput, call: Call): DescribeAvailabilityZonesResult {
      const zones = zonesOf(call.region);
      const wanted = [...(input.ZoneNames ?? []), ...(input.ZoneIds ?? [])];
      const unknown = wanted.find((name) => !zones.some((zone) => zone.name === name || zone.id === name));
      if (unknown !== undefined) throw new AwsError('InvalidParameterValue', `Invalid availability zone: [${unknown}]`);
      const named = zones.filter((zone) => wanted.length === 0 || wanted.includes(zone.name) || wanted.includes(zone.id));
      return {
        AvailabilityZones: filtered(named, input.Filters, ZONE_FILTERS).map((zone) => ({
          ZoneName: zone.name, ZoneId: zone.id, RegionName: zone.region, GroupName: `${zone.region}-zg-1`, NetworkBorderGroup: zone.region,
          OptInStatus: 'opt-in-not-required', State: 'available', ZoneType: 'availability-zone', Messages: [],
        })),
      };
    },

    DescribeAccountAttributes(input: DescribeAccountAttributesCommandInput, call: Call): DescribeAccountAttributesResult {
      const attributes: Readonly<Record<string, readonly string[]>> = {
        'supported-platforms': ['VPC'],
        'default-vpc': [defaultVpc(store.world, call)?.id ?? 'none'],
        'max-instances': ['1000'],
        'vpc-max-security-groups-per-interface': [String(limits.value('security-groups-per-interface', 5))],
        'max-elastic-ips': [String(limits.value('elastic-ips-per-region', 5))],
        'vpc-max-elastic-ips': [String(limits.value('elastic-ips-per-region', 5))],
      };
      const wanted: readonly string[] = input.AttributeNames?.length ? input.AttributeNames : Object.keys(attributes);
      return {
        AccountAttributes: wanted.map((name) => ({ AttributeName: name, AttributeValues: (attributes[name] ?? []).map((AttributeValue) => ({ AttributeValue })) })),
      };
    },

    DescribeDhcpOptions(input: DescribeDhcpOptionsCommandInput, call: Call): DescribeDhcpOptionsResult {
      const id = defaultId('dopt', call.account, call.region, 'default');
      const unknown = input.DhcpOptionsIds?.find((each) => each !== id);
      if (unknown !== undefined) throw new AwsError('InvalidDhcpOptionID.NotFound', `The dhcpOption ID '${unknown}' does not exist`);
      const domain = call.region === 'us-east-1' ? 'ec2.internal' : `${call.region}.compute.internal`;
      const own = filtered([{ id }], input.Filters, { 'dhcp-options-id': (each) => each.id, key: () => ['domain-name', 'domain-name-servers'], value: () => [domain, 'AmazonProvidedDNS'], 'owner-id': () => call.account });
      return {
        DhcpOptions: own.map(() => ({
          DhcpOptionsId: id,
          OwnerId: call.account,
          DhcpConfigurations: [
            { Key: 'domain-name', Values: [{ Value: domain }] },
            { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
          ],
          Tags: [],
        })),
      };
    },
  };
}
