import type { DeleteVolumeCommandInput, DescribeVolumesCommandInput, DescribeVolumesResult, Volume as ApiVolume } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { Volume } from '../../resources/ec2/index.ts';
import type { Environment } from '../environment.ts';
import { filtered, type FilterTable } from './filters.ts';
import { find, findAll, required } from './lookup.ts';
import { page } from './pages.ts';
import { shownTags } from './tags.ts';

const FILTERS: FilterTable<Volume> = {
  'attachment.delete-on-termination': (volume) => volume.deleteOnTermination,
  'attachment.device': (volume) => volume.deviceName,
  'attachment.instance-id': (volume) => volume.parent,
  'attachment.status': (volume) => (volume.parent === null ? null : 'attached'),
  'availability-zone': (volume) => volume.availabilityZone,
  encrypted: (volume) => volume.encrypted,
  size: (volume) => volume.size,
  'snapshot-id': (volume) => volume.snapshotId,
  status: stateOf,
  'volume-id': (volume) => volume.id,
  'volume-type': (volume) => volume.volumeType,
};

/** The disks of instances. They hold nothing; they are what DescribeVolumes tells of an instance's devices. */
export function volumeOperations({ store }: Environment) {
  return {
    DescribeVolumes(input: DescribeVolumesCommandInput, call: Call): DescribeVolumesResult {
      const world = store.world;
      const own = input.VolumeIds?.length ? findAll(world, call, ['ec2/volume', input.VolumeIds]) : world.list('ec2/volume', call);
      const { items, nextToken } = page(filtered(own, input.Filters, FILTERS), input);
      return { Volumes: items.map(shown), NextToken: nextToken };
    },

    /** For those that outlive their instance. */
    async DeleteVolume(input: DeleteVolumeCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const volume = find(tx, call, ['ec2/volume', required(input.VolumeId, 'volumeId')]);
        if (volume.parent !== null) throw new AwsError('VolumeInUse', `Volume ${volume.id} is currently attached to ${volume.parent}`);
        tx.delete('ec2/volume', volume.id);
      });
    },
  };
}

function stateOf(volume: Volume): 'in-use' | 'available' {
  return volume.parent === null ? 'available' : 'in-use';
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
    State: stateOf(volume),
    CreateTime: new Date(volume.createdAt),
    MultiAttachEnabled: false,
    Attachments:
      volume.parent === null
        ? []
        : [
            {
              VolumeId: volume.id, InstanceId: volume.parent, Device: volume.deviceName, State: 'attached', AttachTime: new Date(volume.attachedAt),
              DeleteOnTermination: volume.deleteOnTermination,
            },
          ],
    Tags: shownTags(volume.tags),
  };
}
