import type { BlockDeviceMapping, EbsBlockDevice } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { Volume } from '../../resources/ec2/index.ts';
import type { Environment } from '../environment.ts';
import { snapshotOf, type ImageFacts } from './image.ts';
import { required } from './lookup.ts';
import type { Tag } from '../../resources/index.ts';

interface Wanted {
  readonly mappings: readonly BlockDeviceMapping[];
  readonly image: ImageFacts;
  readonly instanceId: string;
  readonly availabilityZone: string;
  readonly tags: readonly Tag[];
  readonly environment: Environment;
}

/** The disks of a new instance, the root device first. */
export function launchVolumes(call: Call, { mappings, image, instanceId, availabilityZone, tags, environment }: Wanted): readonly [Volume, ...Volume[]] {
  const names = mappings.map((mapping) => required(mapping.DeviceName, 'deviceName'));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new AwsError('InvalidBlockDeviceMapping', `The device '${twice}' is used in more than one block-device mapping`);
  const now = environment.clock.now();
  const volume = (deviceName: string, disk: EbsBlockDevice, whole: Pick<Volume, 'size' | 'snapshotId' | 'deleteOnTermination'>): Volume => {
    // RunInstances makes gp2 unless the image says otherwise; the images here say gp3.
    const volumeType = disk.VolumeType ?? 'gp3';
    return {
      account: call.account,
      region: call.region,
      createdAt: now,
      id: `vol-${hexId(environment.random, 17)}`,
      parent: instanceId,
      availabilityZone,
      volumeType,
      iops: disk.Iops ?? 3000,
      throughput: volumeType === 'gp3' ? (disk.Throughput ?? 125) : null,
      encrypted: disk.Encrypted ?? false,
      kmsKeyId: disk.KmsKeyId ?? null,
      deviceName,
      attachedAt: now,
      tags,
      ...whole,
    };
  };
  const rootDisk = mappings.find((each) => each.DeviceName === image.rootDevice)?.Ebs ?? {};
  const root = volume(image.rootDevice, rootDisk, { size: rootDisk.VolumeSize ?? 8, snapshotId: rootDisk.SnapshotId ?? snapshotOf(image), deleteOnTermination: rootDisk.DeleteOnTermination ?? true });
  const others = mappings.filter((each) => each.DeviceName !== image.rootDevice).map((mapping) => {
    const disk = mapping.Ebs;
    if (disk?.VolumeSize === undefined && disk?.SnapshotId === undefined) throw new AwsError('MissingParameter', 'The request must contain the parameter size or snapshotId');
    return volume(mapping.DeviceName!, disk, { size: disk.VolumeSize ?? 8, snapshotId: disk.SnapshotId ?? '', deleteOnTermination: disk.DeleteOnTermination ?? false });
  });
  return [root, ...others];
}
