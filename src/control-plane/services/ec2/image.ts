import type { DescribeImagesCommandInput, DescribeImagesResult, Image } from '@aws-sdk/client-ec2';
import { createHash } from 'node:crypto';
import { AwsError, type Call } from '../../../aws/index.ts';
import { filtered, type FilterTable } from './filters.ts';
import { page } from './pages.ts';

/** What an image id stands for. Nothing is booted from it, so every well-formed id is an image. */
export interface ImageFacts {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly ownerAlias: string | null;
  readonly architecture: 'x86_64' | 'arm64';
  readonly rootDevice: string;
  readonly createdAt: string;
}

const AMAZON = '137112412989';
const CANONICAL = '099720109477';

/** Public images that data sources commonly look for. */
const CATALOGUE: readonly ImageFacts[] = [
  fact('al2023-ami-2023.9.20260105.0-kernel-6.1-x86_64', 'Amazon Linux 2023 AMI x86_64', ['x86_64', AMAZON, '/dev/xvda']),
  fact('al2023-ami-2023.9.20260105.0-kernel-6.1-arm64', 'Amazon Linux 2023 AMI arm64', ['arm64', AMAZON, '/dev/xvda']),
  fact('amzn2-ami-hvm-2.0.20260105.0-x86_64-gp2', 'Amazon Linux 2 AMI x86_64 HVM gp2', ['x86_64', AMAZON, '/dev/xvda']),
  fact('ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260105', 'Canonical, Ubuntu, 24.04, amd64 noble image', ['x86_64', CANONICAL, '/dev/sda1']),
  fact('ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20260105', 'Canonical, Ubuntu, 22.04, amd64 jammy image', ['x86_64', CANONICAL, '/dev/sda1']),
];

function fact(name: string, description: string, [architecture, owner, rootDevice]: readonly ['x86_64' | 'arm64', string, string]): ImageFacts {
  const id = `ami-${createHash('sha256').update(name).digest('hex').slice(0, 17)}`;
  return { id, name, description, owner, ownerAlias: owner === AMAZON ? 'amazon' : null, architecture, rootDevice, createdAt: '2026-01-05T00:00:00.000Z' };
}

const FILTERS: FilterTable<ImageFacts> = {
  architecture: (image) => image.architecture,
  'block-device-mapping.volume-type': () => 'gp3',
  'creation-date': (image) => image.createdAt,
  description: (image) => image.description,
  'ena-support': () => true,
  'free-tier-eligible': () => true,
  hypervisor: () => 'xen',
  'image-id': (image) => image.id,
  'image-type': () => 'machine',
  'is-public': () => true,
  name: (image) => image.name,
  'owner-alias': (image) => image.ownerAlias,
  'owner-id': (image) => image.owner,
  'root-device-name': (image) => image.rootDevice,
  'root-device-type': () => 'ebs',
  state: () => 'available',
  'virtualization-type': () => 'hvm',
};

/** The image of that id. */
export function imageOf(id: string): ImageFacts {
  if (!/^ami-[0-9a-f]{8}([0-9a-f]{9})?$/.test(id)) throw new AwsError('InvalidAMIID.Malformed', `Invalid id: "${id}"`);
  return (
    CATALOGUE.find((image) => image.id === id) ?? {
      id, name: id, description: 'An image that nothing is booted from', owner: AMAZON, ownerAlias: 'amazon', architecture: 'x86_64', rootDevice: '/dev/xvda',
      createdAt: '2026-01-05T00:00:00.000Z',
    }
  );
}

/** The snapshot that an image's disk is made from. */
export function snapshotOf(image: ImageFacts): string {
  return `snap-${createHash('sha256').update(image.id).digest('hex').slice(0, 17)}`;
}

export function imageOperations() {
  return {
    DescribeImages(input: DescribeImagesCommandInput, call: Call): DescribeImagesResult {
      const named: readonly ImageFacts[] = input.ImageIds?.length ? input.ImageIds.map(imageOf) : CATALOGUE;
      const owners = input.Owners ?? [];
      const own = owners.length === 0 ? named : named.filter((image) => owners.some((owner) => owner === image.owner || owner === image.ownerAlias || (owner === 'self' && image.owner === call.account)));
      // All of them are public; nobody was given one by name.
      const runnable = input.ExecutableUsers?.length && !input.ExecutableUsers.includes('all') ? [] : own;
      const { items, nextToken } = page(filtered(runnable, input.Filters, FILTERS), input);
      return { Images: items.map(shown), NextToken: nextToken };
    },
  };
}

function shown(image: ImageFacts): Image {
  return {
    ImageId: image.id,
    Name: image.name,
    Description: image.description,
    ImageLocation: `${image.ownerAlias ?? image.owner}/${image.name}`,
    ImageType: 'machine',
    OwnerId: image.owner,
    ImageOwnerAlias: image.ownerAlias ?? undefined,
    Architecture: image.architecture,
    CreationDate: image.createdAt,
    State: 'available',
    Public: true,
    RootDeviceName: image.rootDevice,
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    SriovNetSupport: 'simple',
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    BlockDeviceMappings: [
      { DeviceName: image.rootDevice, Ebs: { SnapshotId: snapshotOf(image), VolumeSize: 8, VolumeType: 'gp3', Iops: 3000, Throughput: 125, DeleteOnTermination: true, Encrypted: false } },
    ],
    Tags: [],
  };
}
