import type {
  DescribeInstancesCommandInput, DescribeInstancesResult, DescribeInstanceStatusCommandInput, DescribeInstanceStatusResult, Instance as ApiInstance,
  InstanceNetworkInterface, InstanceStateChange, Reservation, RunInstancesCommandInput, StartInstancesCommandInput, StartInstancesResult,
  StopInstancesCommandInput, StopInstancesResult, TerminateInstancesCommandInput, TerminateInstancesResult, RebootInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { createHash } from 'node:crypto';
import { AwsError, type Call } from '../../../aws/index.ts';
import { type Instance, type NetworkInterface, TERMINATED_FOR_MS } from '../../resources/ec2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { privateDnsName, publicAddress, publicDnsName } from './addresses.ts';
import { filtered, type FilterTable } from './filters.ts';
import { imageOf } from './image.ts';
import { launch } from './launch.ts';
import { findAll } from './lookup.ts';
import { groupIdentifiers } from './network-interface.ts';
import { page } from './pages.ts';
import { shownTags } from './tags.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
const STATE_CODES = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 } as const;
type StateName = keyof typeof STATE_CODES;

const state = (name: StateName): { Code: number; Name: StateName } => ({ Code: STATE_CODES[name], Name: name });

export function instanceFilters(world: World): FilterTable<Instance> {
  return {
    affinity: () => null,
    architecture: (instance) => imageOf(instance.imageId).architecture,
    'availability-zone': (instance) => instance.availabilityZone,
    'client-token': (instance) => instance.clientToken,
    'dns-name': (instance) => (instance.publicIpAddress === null ? null : publicDnsName(instance.publicIpAddress, instance.region)),
    'group-id': (instance) => instance.securityGroupIds,
    'group-name': (instance) => groupIdentifiers(world, instance.securityGroupIds).map((group) => group.GroupName),
    'iam-instance-profile.arn': (instance) => instance.instanceProfileArn,
    'image-id': (instance) => instance.imageId,
    'instance-id': (instance) => instance.id,
    'instance.group-id': (instance) => instance.securityGroupIds,
    'instance.group-name': (instance) => groupIdentifiers(world, instance.securityGroupIds).map((group) => group.GroupName),
    'instance-state-code': (instance) => STATE_CODES[instance.state],
    'instance-state-name': (instance) => instance.state,
    'instance-type': (instance) => instance.instanceType,
    'ip-address': (instance) => instance.publicIpAddress,
    'key-name': (instance) => instance.keyName,
    'launch-index': (instance) => instance.launchIndex,
    'launch-time': (instance) => new Date(instance.launchedAt).toISOString(),
    'monitoring-state': (instance) => (instance.monitoring ? 'enabled' : 'disabled'),
    'network-interface.network-interface-id': (instance) => instance.interfaceIds,
    'network-interface.subnet-id': (instance) => instance.parent,
    'network-interface.vpc-id': (instance) => instance.vpcId,
    'network-interface.addresses.private-ip-address': (instance) => instance.privateIpAddress,
    'owner-id': (instance) => instance.account,
    'private-dns-name': (instance) => privateDnsName(instance.privateIpAddress, instance.region),
    'private-ip-address': (instance) => instance.privateIpAddress,
    'reservation-id': (instance) => instance.reservationId,
    'root-device-name': (instance) => imageOf(instance.imageId).rootDevice,
    'root-device-type': () => 'ebs',
    'source-dest-check': (instance) => instance.sourceDestCheck,
    'subnet-id': (instance) => instance.parent,
    tenancy: (instance) => instance.tenancy,
    'virtualization-type': () => 'hvm',
    'vpc-id': (instance) => instance.vpcId,
  };
}

export function instanceOperations(environment: Environment) {
  const { store, clock, random } = environment;

  /** The caller's instances; those terminated more than an hour ago are gone. */
  function visible(world: World, call: Call, ids: readonly string[] | undefined): readonly Instance[] {
    const seen = (instance: Instance): boolean => !isGone(instance, clock.now());
    if (!ids?.length) return world.list('ec2/instance', call).filter(seen);
    const gone = ids.filter((id) => {
      const instance = world.get('ec2/instance', id);
      return instance !== undefined && !seen(instance);
    });
    if (gone.length > 0) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${gone.join(', ')}' does not exist`);
    return findAll(world, call, ['ec2/instance', ids]);
  }

  /** Changes the state of each; answers with the state before and the one that AWS passes through. */
  async function change(call: Call, ids: readonly string[] | undefined, turn: (tx: Transaction, instance: Instance) => StateName): Promise<InstanceStateChange[]> {
    return store.transact((tx) => {
      sweep(tx, call, clock.now());
      return visible(tx, call, ids ?? []).map((instance) => ({
        InstanceId: instance.id,
        PreviousState: state(instance.state),
        CurrentState: state(turn(tx, instance)),
      }));
    });
  }

  return {
    async RunInstances(input: RunInstancesCommandInput, call: Call): Promise<Reservation> {
      const launched = await store.transact((tx) => {
        sweep(tx, call, clock.now());
        return launch(tx, call, { input, environment });
      });
      // They run at once; AWS's own answer says "pending", and waiters expect to see that first.
      const instances = launched.map((instance) => ({ ...shown(instance, store.world), State: state(instance.state === 'running' ? 'pending' : instance.state) }));
      return { ReservationId: launched[0]!.reservationId, OwnerId: call.account, Groups: [], Instances: instances };
    },

    DescribeInstances(input: DescribeInstancesCommandInput, call: Call): DescribeInstancesResult {
      const world = store.world;
      const { items, nextToken } = page(filtered(visible(world, call, input.InstanceIds), input.Filters, instanceFilters(world)), input);
      const reservations = new Map<string, ApiInstance[]>();
      for (const instance of items) {
        const together = reservations.get(instance.reservationId);
        if (together) together.push(shown(instance, world));
        else reservations.set(instance.reservationId, [shown(instance, world)]);
      }
      return { Reservations: [...reservations].map(([ReservationId, Instances]) => ({ ReservationId, OwnerId: call.account, Groups: [], Instances })), NextToken: nextToken };
    },

    DescribeInstanceStatus(input: DescribeInstanceStatusCommandInput, call: Call): DescribeInstanceStatusResult {
      const world = store.world;
      const own = visible(world, call, input.InstanceIds).filter((instance) => input.IncludeAllInstances || instance.state === 'running');
      const { items, nextToken } = page(filtered(own, input.Filters, { ...instanceFilters(world), 'instance-status.status': statusOf, 'system-status.status': statusOf }), input);
      return {
        InstanceStatuses: items.map((instance) => {
          const status = { Status: statusOf(instance), Details: instance.state === 'running' ? [{ Name: 'reachability' as const, Status: 'passed' as const }] : [] };
          return {
            InstanceId: instance.id, AvailabilityZone: instance.availabilityZone, InstanceState: state(instance.state), InstanceStatus: status, SystemStatus: status, Events: [],
          };
        }),
        NextToken: nextToken,
      };
    },

    async StartInstances(input: StartInstancesCommandInput, call: Call): Promise<StartInstancesResult> {
      const StartingInstances = await change(call, input.InstanceIds, (tx, instance) => {
        if (instance.state === 'terminated') throw incorrectState(instance, 'started');
        if (instance.state === 'running') return 'running';
        const nic = tx.get('ec2/network-interface', instance.interfaceIds[0]!);
        const subnet = tx.get('ec2/subnet', instance.parent);
        const publicIp = nic?.publicIp ?? (subnet?.mapPublicIpOnLaunch ? publicAddress(tx, random) : null);
        if (nic && nic.publicIp !== publicIp) tx.put('ec2/network-interface', { ...nic, publicIp });
        tx.put('ec2/instance', { ...instance, state: 'running', stateAt: clock.now(), launchedAt: clock.now(), publicIpAddress: publicIp });
        return 'pending';
      });
      return { StartingInstances };
    },

    async StopInstances(input: StopInstancesCommandInput, call: Call): Promise<StopInstancesResult> {
      const StoppingInstances = await change(call, input.InstanceIds, (tx, instance) => {
        if (instance.state === 'terminated') throw incorrectState(instance, 'stopped');
        if (instance.state === 'stopped') return 'stopped';
        if (instance.disableApiStop) {
          throw new AwsError('OperationNotPermitted', `The instance '${instance.id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`);
        }
        // A public address that is not an Elastic IP goes back when the instance stops.
        const elastic = tx.children('ec2/elastic-ip', instance.interfaceIds[0]!).length > 0;
        const nic = tx.get('ec2/network-interface', instance.interfaceIds[0]!);
        if (nic && !elastic) tx.put('ec2/network-interface', { ...nic, publicIp: null });
        tx.put('ec2/instance', { ...instance, state: 'stopped', stateAt: clock.now(), publicIpAddress: elastic ? instance.publicIpAddress : null });
        return 'stopping';
      });
      return { StoppingInstances };
    },

    async RebootInstances(input: RebootInstancesCommandInput, call: Call): Promise<void> {
      await change(call, input.InstanceIds, (_tx, instance) => {
        if (instance.state !== 'running') throw incorrectState(instance, 'rebooted');
        return 'running';
      });
    },

    async TerminateInstances(input: TerminateInstancesCommandInput, call: Call): Promise<TerminateInstancesResult> {
      const TerminatingInstances = await change(call, input.InstanceIds, (tx, instance) => {
        if (instance.state === 'terminated') return 'terminated';
        if (instance.disableApiTermination) {
          throw new AwsError('OperationNotPermitted', `The instance '${instance.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`);
        }
        terminate(tx, instance, clock.now());
        return 'shutting-down';
      });
      return { TerminatingInstances };
    },
  };
}

function statusOf(instance: Instance): 'ok' | 'not-applicable' {
  return instance.state === 'running' ? 'ok' : 'not-applicable';
}

function incorrectState(instance: Instance, verb: string): AwsError {
  return new AwsError('IncorrectInstanceState', `The instance '${instance.id}' is not in a state from which it can be ${verb}.`);
}

function isGone(instance: Instance, now: number): boolean {
  return instance.state === 'terminated' && now - instance.stateAt >= TERMINATED_FOR_MS;
}

/** What nobody can be told of any more goes, and so do its registrations, which have drained by then. */
function sweep(tx: Transaction, call: Call, now: number): void {
  const gone = new Set(tx.list('ec2/instance', call).flatMap((instance) => (isGone(instance, now) ? [instance.id] : [])));
  if (gone.size === 0) return;
  for (const id of gone) tx.delete('ec2/instance', id);
  for (const { id, targetId } of tx.list('elbv2/target', call)) if (gone.has(targetId)) tx.delete('elbv2/target', id);
}

/** Gives back what the instance held: interfaces, disks, addresses; target groups let it go. */
function terminate(tx: Transaction, instance: Instance, now: number): void {
  for (const id of instance.interfaceIds) {
    const nic = tx.get('ec2/network-interface', id);
    if (!nic) continue;
    for (const elastic of tx.children('ec2/elastic-ip', id)) tx.put('ec2/elastic-ip', { ...elastic, parent: null, association: null });
    if (nic.attachment?.deleteOnTermination) tx.delete('ec2/network-interface', id);
    else tx.put('ec2/network-interface', { ...nic, attachment: null, publicIp: null });
  }
  for (const volume of tx.children('ec2/volume', instance.id)) {
    if (volume.deleteOnTermination) tx.delete('ec2/volume', volume.id);
    else tx.put('ec2/volume', { ...volume, parent: null });
  }
  // Observed at AWS: a terminated instance drains for as long as it can be described.
  for (const target of tx.list('elbv2/target', instance)) {
    if (target.targetId === instance.id && target.drainingUntil === null) tx.put('elbv2/target', { ...target, drainingUntil: now + TERMINATED_FOR_MS });
  }
  tx.put('ec2/instance', { ...instance, state: 'terminated', stateAt: now, interfaceIds: [], publicIpAddress: null });
}

function shownNic(nic: NetworkInterface, world: World): InstanceNetworkInterface {
  const dns = privateDnsName(nic.privateIpAddress, nic.region);
  const isElastic = world.children('ec2/elastic-ip', nic.id).length > 0;
  const Association =
    nic.publicIp === null ? undefined : { IpOwnerId: isElastic ? nic.account : 'amazon', PublicIp: nic.publicIp, PublicDnsName: publicDnsName(nic.publicIp, nic.region) };
  return {
    NetworkInterfaceId: nic.id,
    OwnerId: nic.account,
    SubnetId: nic.parent,
    VpcId: nic.vpcId,
    Description: nic.description,
    Groups: groupIdentifiers(world, nic.groupIds),
    InterfaceType: nic.interfaceType,
    MacAddress: nic.macAddress,
    PrivateDnsName: dns,
    PrivateIpAddress: nic.privateIpAddress,
    PrivateIpAddresses: [
      { Primary: true, PrivateIpAddress: nic.privateIpAddress, PrivateDnsName: dns, Association },
      ...nic.secondaryPrivateIpAddresses.map((address) => ({ Primary: false, PrivateIpAddress: address, PrivateDnsName: privateDnsName(address, nic.region) })),
    ],
    Ipv6Addresses: nic.ipv6Addresses.map((address) => ({ Ipv6Address: address, IsPrimaryIpv6: false })),
    Association,
    SourceDestCheck: nic.sourceDestCheck,
    Status: 'in-use',
    Attachment: nic.attachment
      ? {
          AttachmentId: nic.attachment.attachmentId, AttachTime: new Date(nic.attachment.attachedAt), DeleteOnTermination: nic.attachment.deleteOnTermination,
          DeviceIndex: nic.attachment.deviceIndex, NetworkCardIndex: 0, Status: 'attached',
        }
      : undefined,
  };
}

/** The id that AWS shows for a profile: IAM's own, made from the ARN where the profile has gone. */
function profileId(arn: string, world: World): string {
  return world.get('iam/instance-profile', arn)?.uniqueId ?? `AIPA${createHash('sha256').update(arn).digest('hex').slice(0, 17).toUpperCase()}`;
}

function shown(instance: Instance, world: World): ApiInstance {
  const isThere = instance.state !== 'terminated';
  const image = imageOf(instance.imageId);
  const nics = instance.interfaceIds.map((id) => world.get('ec2/network-interface', id)).filter((nic) => nic !== undefined);
  const dnsNames = world.get('ec2/vpc', instance.vpcId)?.enableDnsHostnames ?? false;
  const burstsOrCores = instance.instanceType.startsWith('t2.') ? { CoreCount: 1, ThreadsPerCore: 1 } : { CoreCount: 1, ThreadsPerCore: 2 };
  return {
    InstanceId: instance.id,
    ImageId: instance.imageId,
    InstanceType: instance.instanceType as ApiInstance['InstanceType'],
    State: state(instance.state),
    StateTransitionReason: instance.state === 'running' ? '' : `User initiated (${new Date(instance.stateAt).toISOString().slice(0, 19).replace('T', ' ')} GMT)`,
    StateReason:
      instance.state === 'running'
        ? undefined
        : { Code: 'Client.UserInitiatedShutdown', Message: 'Client.UserInitiatedShutdown: User initiated shutdown' },
    LaunchTime: new Date(instance.launchedAt),
    AmiLaunchIndex: instance.launchIndex,
    KeyName: instance.keyName ?? undefined,
    Placement: { AvailabilityZone: instance.availabilityZone, GroupName: '', Tenancy: instance.tenancy as 'default' },
    Monitoring: { State: instance.monitoring ? 'enabled' : 'disabled' },
    Architecture: image.architecture,
    RootDeviceName: image.rootDevice,
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    EbsOptimized: instance.ebsOptimized,
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    UsageOperationUpdateTime: new Date(instance.createdAt),
    ClientToken: instance.clientToken ?? '',
    ProductCodes: [],
    SubnetId: isThere ? instance.parent : undefined,
    VpcId: isThere ? instance.vpcId : undefined,
    PrivateIpAddress: isThere ? instance.privateIpAddress : undefined,
    PrivateDnsName: isThere ? privateDnsName(instance.privateIpAddress, instance.region) : '',
    PublicIpAddress: instance.publicIpAddress ?? undefined,
    PublicDnsName: instance.publicIpAddress !== null && dnsNames ? publicDnsName(instance.publicIpAddress, instance.region) : '',
    SecurityGroups: isThere ? groupIdentifiers(world, instance.securityGroupIds) : [],
    SourceDestCheck: isThere ? instance.sourceDestCheck : undefined,
    NetworkInterfaces: nics.map((nic) => shownNic(nic, world)),
    BlockDeviceMappings: world.children('ec2/volume', instance.id).map((volume) => ({
      DeviceName: volume.deviceName,
      Ebs: { VolumeId: volume.id, Status: 'attached', AttachTime: new Date(volume.attachedAt), DeleteOnTermination: volume.deleteOnTermination },
    })),
    IamInstanceProfile: instance.instanceProfileArn === null ? undefined : { Arn: instance.instanceProfileArn, Id: profileId(instance.instanceProfileArn, world) },
    CpuOptions: burstsOrCores,
    CapacityReservationSpecification: { CapacityReservationPreference: 'open' },
    HibernationOptions: { Configured: false },
    EnclaveOptions: { Enabled: false },
    MaintenanceOptions: { AutoRecovery: 'default' },
    CurrentInstanceBootMode: 'legacy-bios',
    PrivateDnsNameOptions: { HostnameType: 'ip-name', EnableResourceNameDnsARecord: false, EnableResourceNameDnsAAAARecord: false },
    MetadataOptions: {
      State: 'applied',
      HttpTokens: instance.metadata.httpTokens as 'optional',
      HttpPutResponseHopLimit: instance.metadata.httpPutResponseHopLimit,
      HttpEndpoint: instance.metadata.httpEndpoint as 'enabled',
      HttpProtocolIpv6: instance.metadata.httpProtocolIpv6 as 'disabled',
      InstanceMetadataTags: instance.metadata.instanceMetadataTags as 'disabled',
    },
    Tags: shownTags(instance.tags),
  };
}
