import type { DescribeVolumesCommandInput, DescribeVolumesResult, Volume as ApiVolume } from '@aws-sdk/client-ec2';
import type { Call } from '../../../aws/index.ts';
import type { Volume } from '../../resources/ec2/index.ts';
import type { Environment } from '../environment.ts';
import { filtered, type FilterTable } from './filters.ts';
import { findAll } from './lookup.ts';
import { page } from './pages.ts';
import { shownTags } from './tags.ts';

const FILTERS: FilterTable<Volume> = {
  'attachment.delete-on-termination': (volume) => volume.deleteOnTermination,
  'attachment.device': (volume) => volume.deviceName,
  'attachment.instance-id': (volume) => volume.parent,
  'attachment.status': () => 'attached',
  'availability-zone': (volume) => volume.availabilityZone,
  encrypted: (volume) => volume.encrypted,
  size: (volume) => volume.size,
  'snapshot-id': (volume) => volume.snapshotId,
  status: () => 'in-use',
  'volume-id': (volume) => volume.id,
  'volume-type': (volume) => volume.volumeType,
};

/** The disks of instances. They hold nothing; they are what DescribeVolumes tells of an instance's root device. */
export function volumeOperations({ store }: Environment) {
  return {
    DescribeVolumes(input: DescribeVolumesCommandInput, call: Call): DescribeVolumesResult {
      const world = store.world;
      const own = input.VolumeIds?.length ? findAll(world, call, ['ec2/volume', input.VolumeIds]) : world.list('ec2/volume', call);
      const { items, nextToken } = page(filtered(own, input.Filters, FILTERS), input);
      return { Volumes: items.map(shown), NextToken: nextToken };
    },
  };
}

function shown(volume: Volume): ApiVolume {
  return {
    VolumeId: volume.id,
    Size: volume.size,
    VolumeType: volume.volumeType as ApiVolume['VolumeType'],
    Iops: volume.iops,
    Throughput: volume.throughput ?? undefined,
    Encrypted: volume.encrypted,
    KmsKeyId: volume.kmsKeyId ?? undefined,
    SnapshotId: volume.snapshotId,
    AvailabilityZone: volume.availabilityZone,
    State: 'in-use',
    CreateTime: new Date(volume.createdAt),
    MultiAttachEnabled: false,
    Attachments: [
      {
        VolumeId: volume.id, InstanceId: volume.parent, Device: volume.deviceName, State: 'attached', AttachTime: new Date(volume.attachedAt),
        DeleteOnTermination: volume.deleteOnTermination,
      },
    ],
    Tags: shownTags(volume.tags),
  };
}
