import type {
  DescribeInstanceTypeOfferingsCommandInput, DescribeInstanceTypeOfferingsResult, DescribeInstanceTypesCommandInput, DescribeInstanceTypesResult, InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { zonesOf } from '../../resources/ec2/index.ts';
import { filtered, type FilterTable } from './filters.ts';
import { page } from './pages.ts';

interface Type {
  readonly id: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly architecture: 'x86_64' | 'arm64';
  readonly burstable: boolean;
  readonly processor: string;
}

const SIZES: Readonly<Record<string, readonly [vcpus: number, gibibytes: number]>> = {
  nano: [2, 0.5], micro: [2, 1], small: [2, 2], medium: [2, 4], large: [2, 8], xlarge: [4, 16], '2xlarge': [8, 32], '4xlarge': [16, 64], '8xlarge': [32, 128],
};

const BURSTABLE = ['nano', 'micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'];
const FIXED = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge'];

/** Family -> sizes, gibibytes a virtual CPU (null: as the table of sizes says), processor. */
const FAMILIES: readonly (readonly [family: string, sizes: readonly string[], perCpu: number | null, processor: string])[] = [
  ['m1', ['small', 'medium'], 2, 'Intel'], ['t2', BURSTABLE, null, 'Intel'], ['t3', BURSTABLE, null, 'Intel'], ['t3a', BURSTABLE, null, 'AMD'], ['t4g', BURSTABLE, null, 'AWS'],
  ['m5', FIXED, 4, 'Intel'], ['m6i', FIXED, 4, 'Intel'], ['m6g', FIXED, 4, 'AWS'], ['m7i', FIXED, 4, 'Intel'], ['m7g', FIXED, 4, 'AWS'],
  ['c5', FIXED, 2, 'Intel'], ['c6i', FIXED, 2, 'Intel'], ['c6g', FIXED, 2, 'AWS'], ['c7i', FIXED, 2, 'Intel'], ['c7g', FIXED, 2, 'AWS'],
  ['r5', FIXED, 8, 'Intel'], ['r6i', FIXED, 8, 'Intel'], ['r6g', FIXED, 8, 'AWS'], ['r7g', FIXED, 8, 'AWS'],
];

const TYPES: ReadonlyMap<string, Type> = new Map(
  FAMILIES.flatMap(([family, sizes, perCpu, processor]) =>
    sizes.map((size): [string, Type] => {
      const [listed, gibibytes] = SIZES[size]!;
      // The old families have a single virtual CPU below medium.
      const vcpus = (family === 't2' || family === 'm1') && ['nano', 'micro', 'small'].includes(size) ? 1 : listed;
      const id = `${family}.${size}`;
      const memoryMiB = (perCpu === null ? gibibytes : perCpu * vcpus) * 1024;
      return [id, { id, vcpus, memoryMiB, architecture: processor === 'AWS' ? 'arm64' : 'x86_64', burstable: perCpu === null, processor }];
    }),
  ),
);

const FILTERS: FilterTable<Type> = {
  'bare-metal': () => false,
  'burstable-performance-supported': (type) => type.burstable,
  'current-generation': (type) => !/^(t2|m1)\./.test(type.id),
  'free-tier-eligible': (type) => type.id === 't2.micro' || type.id === 't3.micro',
  'instance-type': (type) => type.id,
  'memory-info.size-in-mib': (type) => type.memoryMiB,
  'processor-info.supported-architecture': (type) => type.architecture,
  'supported-root-device-type': () => 'ebs',
  'supported-usage-class': () => ['on-demand', 'spot'],
  'supported-virtualization-type': () => 'hvm',
  'vcpu-info.default-vcpus': (type) => type.vcpus,
  hypervisor: () => 'nitro',
};

/** The type of that id. Throws `InvalidInstanceType`. */
export function instanceType(id: string): Type {
  const type = TYPES.get(id);
  if (!type) throw new AwsError('InvalidInstanceType', `The following supplied instance types do not exist: [${id}]`);
  return type;
}

export function instanceTypeOperations() {
  return {
    DescribeInstanceTypes(input: DescribeInstanceTypesCommandInput): DescribeInstanceTypesResult {
      const named = input.InstanceTypes?.length ? input.InstanceTypes.map((id) => instanceType(id)) : [...TYPES.values()];
      const { items, nextToken } = page(filtered(named, input.Filters, FILTERS), input, [5, 100]);
      return { InstanceTypes: items.map(shown), NextToken: nextToken };
    },

    DescribeInstanceTypeOfferings(input: DescribeInstanceTypeOfferingsCommandInput, call: Call): DescribeInstanceTypeOfferingsResult {
      const kind = input.LocationType ?? 'region';
      const zones = zonesOf(call.region);
      const locations = kind === 'region' ? [call.region] : zones.map((zone) => (kind === 'availability-zone' ? zone.name : zone.id));
      const offers = [...TYPES.keys()].flatMap((type) => locations.map((location) => ({ id: `${type} ${location}`, type, location })));
      const matching = filtered(offers, input.Filters, { 'instance-type': (offer) => offer.type, location: (offer) => offer.location });
      const { items, nextToken } = page(matching, input);
      return {
        InstanceTypeOfferings: items.map((offer) => ({ InstanceType: offer.type as InstanceTypeInfo['InstanceType'], LocationType: kind, Location: offer.location })),
        NextToken: nextToken,
      };
    },
  };
}

function shown(type: Type): InstanceTypeInfo {
  return {
    InstanceType: type.id as InstanceTypeInfo['InstanceType'],
    CurrentGeneration: !/^(t2|m1)\./.test(type.id),
    FreeTierEligible: type.id === 't2.micro' || type.id === 't3.micro',
    SupportedUsageClasses: ['on-demand', 'spot'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: false,
    Hypervisor: type.id.startsWith('t2.') ? 'xen' : 'nitro',
    ProcessorInfo: { SupportedArchitectures: [type.architecture], Manufacturer: type.processor },
    VCpuInfo: {
      DefaultVCpus: type.vcpus,
      DefaultCores: type.architecture === 'arm64' ? type.vcpus : Math.max(1, type.vcpus / 2),
      DefaultThreadsPerCore: type.architecture === 'arm64' || type.vcpus === 1 ? 1 : 2,
    },
    MemoryInfo: { SizeInMiB: type.memoryMiB },
    InstanceStorageSupported: false,
    EbsInfo: { EbsOptimizedSupport: 'default', EncryptionSupport: 'supported', NvmeSupport: type.id.startsWith('t2.') ? 'unsupported' : 'required' },
    NetworkInfo: {
      NetworkPerformance: 'Up to 5 Gigabit', MaximumNetworkInterfaces: 3, MaximumNetworkCards: 1, DefaultNetworkCardIndex: 0, Ipv4AddressesPerInterface: 10,
      Ipv6AddressesPerInterface: 10, Ipv6Supported: true, EnaSupport: 'supported',
    },
    PlacementGroupInfo: { SupportedStrategies: ['partition', 'spread'] },
    HibernationSupported: false,
    BurstablePerformanceSupported: type.burstable,
    DedicatedHostsSupported: false,
    AutoRecoverySupported: true,
    SupportedBootModes: ['legacy-bios', 'uefi'],
  };
}
