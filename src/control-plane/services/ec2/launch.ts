import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import { connectAddress, type Instance } from '../../resources/ec2/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { imageOf } from './image.ts';
import { instanceType } from './instance-type.ts';
import { attachInterfaces, LAUNCH_TAGS } from './launch-interface.ts';
import { keyPairNamed, keyPairNotFound } from './key-pair.ts';
import { launchVolumes } from './launch-volume.ts';
import { invalidValue, required } from './lookup.ts';
import { specifiedTags } from './tags.ts';

/** Makes the instances that RunInstances asks for, with their interfaces and disks. */
export function launch(tx: Transaction, call: Call, { input, environment }: { readonly input: RunInstancesCommandInput; readonly environment: Environment }): readonly Instance[] {
  if (input.ClientToken) {
    const earlier = tx.list('ec2/instance', call).filter((instance) => instance.clientToken === input.ClientToken);
    const [first] = earlier;
    if (first) {
      checkSame(input, first);
      return earlier;
    }
  }
  const least = input.MinCount ?? 1;
  const count = input.MaxCount ?? 1;
  if (least < 1) throw invalidValue(String(least), 'minCount', 'Must be at least 1.');
  if (count < least) throw new AwsError('InvalidParameterValue', `Invalid value '${least}' for minCount. Must be less than or equal to maxCount.`);
  if (count > 1000) throw new AwsError('InstanceLimitExceeded', `You have requested more instances (${count}) than your current limit allows for one call (1000).`);
  const reservationId = `r-${hexId(environment.random, 17)}`;
  return Array.from({ length: count }, (_, index) => one(tx, call, { input, environment, index, reservationId }));
}

interface Launch {
  readonly input: RunInstancesCommandInput;
  readonly environment: Environment;
  readonly index: number;
  readonly reservationId: string;
}

function one(tx: Transaction, call: Call, { input, environment, index, reservationId }: Launch): Instance {
  const { clock, random } = environment;
  const now = clock.now();
  const image = imageOf(required(input.ImageId, 'ImageId'));
  const type = instanceType(input.InstanceType ?? 'm1.small');
  const id = `i-${hexId(random, 17)}`;
  const own = { account: call.account, region: call.region, createdAt: now };
  const { all: nics, subnet, addressGiven } = attachInterfaces(tx, call, { input, environment, instanceId: id });
  const [nic] = nics;
  const volumes = launchVolumes(call, {
    mappings: input.BlockDeviceMappings ?? [], image, instanceId: id, availabilityZone: subnet.availabilityZone, environment,
    tags: specifiedTags(input.TagSpecifications, 'volume', LAUNCH_TAGS),
  });
  const named = {
    privateIpAddress: nic.privateIpAddress,
    privateIpGiven: addressGiven,
    tags: specifiedTags(input.TagSpecifications, 'instance', LAUNCH_TAGS),
  };
  const metadata = input.MetadataOptions;
  const instance: Instance = {
    ...own,
    ...named,
    id,
    parent: subnet.id,
    vpcId: subnet.parent,
    availabilityZone: subnet.availabilityZone,
    reservationId,
    launchIndex: index,
    imageId: image.id,
    instanceType: type.id,
    keyName: keyName(tx, call, input),
    state: 'running',
    stateAt: now,
    launchedAt: now,
    connectAddress: connectAddress(named),
    publicIpAddress: nic.publicIp,
    securityGroupIds: nic.groupIds,
    interfaceIds: nics.map((each) => each.id),
    rootVolumeId: volumes[0].id,
    sourceDestCheck: nic.sourceDestCheck,
    monitoring: input.Monitoring?.Enabled ?? false,
    ebsOptimized: input.EbsOptimized ?? false,
    tenancy: input.Placement?.Tenancy || 'default',
    instanceProfileArn: profileArn(tx, call, input),
    userData: checkedUserData(input.UserData || null),
    clientToken: input.ClientToken ?? null,
    disableApiTermination: input.DisableApiTermination ?? false,
    disableApiStop: input.DisableApiStop ?? false,
    shutdownBehavior: input.InstanceInitiatedShutdownBehavior ?? 'stop',
    creditSpecification: input.CreditSpecification?.CpuCredits ?? (type.id.startsWith('t2.') ? 'standard' : 'unlimited'),
    metadata: {
      httpTokens: metadata?.HttpTokens ?? (image.name.startsWith('al2023') ? 'required' : 'optional'),
      httpPutResponseHopLimit: metadata?.HttpPutResponseHopLimit ?? (image.name.startsWith('al2023') ? 2 : 1),
      httpEndpoint: metadata?.HttpEndpoint ?? 'enabled',
      httpProtocolIpv6: metadata?.HttpProtocolIpv6 ?? 'disabled',
      instanceMetadataTags: metadata?.InstanceMetadataTags ?? 'disabled',
    },
  };
  for (const volume of volumes) tx.put('ec2/volume', volume);
  tx.put('ec2/instance', instance);
  return instance;
}

/** What tells requests apart here: of an earlier one no more is known than what it made. */
function checkSame({ ClientToken: token, ImageId, InstanceType, KeyName }: RunInstancesCommandInput, { id, imageId, instanceType: type, keyName: key }: Instance): void {
  if (imageOf(required(ImageId, 'ImageId')).id === imageId && (InstanceType ?? type) === type && (KeyName || null) === key) return;
  throw new AwsError('IdempotentParameterMismatch', `The client token ${token} was used for ${id} with other parameters: give another one, or the parameters of then.`);
}

const LONGEST_USER_DATA = 16_384;

/** In base 64; the limit is of what it encodes. */
export function checkedUserData<T extends string | null | undefined>(encoded: T): T {
  if (encoded && Buffer.byteLength(encoded, 'base64') > LONGEST_USER_DATA) throw new AwsError('InvalidParameterValue', `User data is limited to ${LONGEST_USER_DATA} bytes`);
  return encoded;
}

function keyName(tx: Transaction, call: Call, { KeyName: name }: RunInstancesCommandInput): string | null {
  if (!name) return null;
  if (!keyPairNamed(tx, call, name)) throw keyPairNotFound(name);
  return name;
}

function profileArn(tx: Transaction, call: Call, input: RunInstancesCommandInput): string | null {
  const wanted = input.IamInstanceProfile;
  if (!wanted?.Arn && !wanted?.Name) return null;
  const profile = tx
    .list('iam/instance-profile', { account: call.account, region: 'global' })
    .find((each) => (wanted.Arn ? each.id === wanted.Arn : each.name === wanted.Name));
  if (!profile) {
    const [value, parameter] = wanted.Arn ? [wanted.Arn, 'iamInstanceProfile.arn'] : [wanted.Name!, 'iamInstanceProfile.name'];
    throw invalidValue(value, parameter, 'Invalid IAM Instance Profile' + (parameter.endsWith('arn') ? ' ARN' : ' name'));
  }
  return profile.id;
}
