import type {
  Address, AllocateAddressCommandInput, AllocateAddressResult, AssociateAddressCommandInput, AssociateAddressResult, DescribeAddressesAttributeCommandInput, DescribeAddressesAttributeResult,
  DescribeAddressesCommandInput, DescribeAddressesResult, DisassociateAddressCommandInput, ReleaseAddressCommandInput,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { ElasticIp, ElasticIpAssociation, NetworkInterface } from '../../resources/ec2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { publicAddress } from './addresses.ts';
import { filtered, type FilterTable } from './filters.ts';
import { find, findAll, invalidValue } from './lookup.ts';
import { shownTags, specifiedTags } from './tags.ts';

const FILTERS: FilterTable<ElasticIp> = {
  'allocation-id': (address) => address.id,
  'association-id': (address) => address.association?.associationId,
  domain: () => 'vpc',
  'instance-id': (address) => address.association?.instanceId,
  'network-border-group': (address) => address.region,
  'network-interface-id': (address) => address.association?.networkInterfaceId,
  'network-interface-owner-id': (address) => (address.association ? address.account : null),
  'private-ip-address': (address) => address.association?.privateIpAddress,
  'public-ip': (address) => address.publicIp,
};

export function elasticIpOperations({ store, clock, random, limits }: Environment) {
  return {
    async AllocateAddress(input: AllocateAddressCommandInput, call: Call): Promise<AllocateAddressResult> {
      if (input.Address || input.PublicIpv4Pool || input.CustomerOwnedIpv4Pool || input.IpamPoolId) {
        throw new AwsError('UnsupportedOperation', 'Addresses come from one built-in pool here: leave out the address and the pools.');
      }
      if (input.Domain !== undefined && input.Domain !== 'vpc') throw new AwsError('UnsupportedOperation', 'EC2-Classic has gone: the domain is vpc.');
      checkBorder(input.NetworkBorderGroup, call);
      const tags = specifiedTags(input.TagSpecifications, 'elastic-ip');
      const address = await store.transact((tx) => {
        if (tx.list('ec2/elastic-ip', call).length >= limits.value('elastic-ips-per-region', 5)) {
          throw new AwsError('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
        }
        const created: ElasticIp = {
          id: `eipalloc-${hexId(random, 17)}`,
          account: call.account,
          region: call.region,
          parent: null,
          createdAt: clock.now(),
          publicIp: publicAddress(tx, random),
          association: null,
          tags,
        };
        tx.put('ec2/elastic-ip', created);
        return created;
      });
      return { AllocationId: address.id, PublicIp: address.publicIp, Domain: 'vpc', PublicIpv4Pool: 'amazon', NetworkBorderGroup: call.region };
    },

    DescribeAddresses(input: DescribeAddressesCommandInput, call: Call): DescribeAddressesResult {
      const world = store.world;
      let own = input.AllocationIds?.length ? findAll(world, call, ['ec2/elastic-ip', input.AllocationIds]) : world.list('ec2/elastic-ip', call);
      if (input.PublicIps?.length) {
        const missing = input.PublicIps.find((ip) => !own.some((address) => address.publicIp === ip));
        if (missing !== undefined) throw new AwsError('InvalidAddress.NotFound', `Address '${missing}' not found.`);
        own = own.filter((address) => input.PublicIps!.includes(address.publicIp));
      }
      return { Addresses: filtered(own, input.Filters, FILTERS).map(shown) };
    },

    DescribeAddressesAttribute(input: DescribeAddressesAttributeCommandInput, call: Call): DescribeAddressesAttributeResult {
      findAll(store.world, call, ['ec2/elastic-ip', input.AllocationIds ?? []]);
      // The only attribute is a reverse DNS name, and none can be set.
      return { Addresses: [] };
    },

    async ReleaseAddress(input: ReleaseAddressCommandInput, call: Call): Promise<void> {
      checkBorder(input.NetworkBorderGroup, call);
      await store.transact((tx) => {
        const address = addressOf(tx, call, input);
        if (address.association) throw new AwsError('InvalidIPAddress.InUse', `Address ${address.publicIp} is in use.`);
        tx.delete('ec2/elastic-ip', address.id);
      });
    },

    async AssociateAddress(input: AssociateAddressCommandInput, call: Call): Promise<AssociateAddressResult> {
      const associationId = `eipassoc-${hexId(random, 17)}`;
      await store.transact((tx) => {
        if (input.AllocationId && input.PublicIp) throw new AwsError('InvalidParameterCombination', 'You may specify public IP or allocation id, but not both in the same call');
        const address = addressOf(tx, call, input);
        const instance = input.InstanceId === undefined ? undefined : find(tx, call, ['ec2/instance', input.InstanceId]);
        const nicId = input.NetworkInterfaceId ?? instance?.interfaceIds[0];
        if (nicId === undefined) throw new AwsError('MissingParameter', 'Either the instance ID or the network interface ID must be specified');
        if (address.association && input.AllowReassociation === false) {
          throw new AwsError('Resource.AlreadyAssociated', `resource ${address.id} is already associated with associate-id ${address.association.associationId}`);
        }
        takeBack(tx, address);
        const nic = find(tx, call, ['ec2/network-interface', nicId]);
        checkOwn(nic);
        for (const other of tx.children('ec2/elastic-ip', nic.id)) disassociateAddress(tx, other);
        associateAddress(tx, address, { associationId, networkInterfaceId: nic.id, instanceId: nic.attachment?.instanceId ?? null, privateIpAddress: input.PrivateIpAddress ?? nic.privateIpAddress });
      });
      return { AssociationId: associationId };
    },

    async DisassociateAddress(input: DisassociateAddressCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const address = tx
          .list('ec2/elastic-ip', call)
          .find((each) => (input.AssociationId === undefined ? each.publicIp === input.PublicIp : each.association?.associationId === input.AssociationId));
        if (!address?.association) throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${input.AssociationId ?? input.PublicIp ?? ''}' does not exist`);
        takeBack(tx, address);
      });
    },
  };
}

/** Local and Wavelength Zones have border groups of their own; here there is the region's. */
function checkBorder(group: string | undefined, call: Call): void {
  if (group && group !== call.region) throw invalidValue(group, 'networkBorderGroup', `The network border group here is ${call.region}.`);
}

function addressOf(world: World, call: Call, input: { AllocationId?: string; PublicIp?: string }): ElasticIp {
  if (input.AllocationId !== undefined) return find(world, call, ['ec2/elastic-ip', input.AllocationId]);
  const address = world.list('ec2/elastic-ip', call).find((each) => each.publicIp === input.PublicIp);
  if (!address) throw new AwsError('InvalidAddress.NotFound', `Address '${input.PublicIp ?? ''}' not found.`);
  return address;
}

/** From whatever has it, but a NAT gateway: that one keeps its address for as long as it lives. */
function takeBack(tx: Transaction, address: ElasticIp): void {
  const nic = address.association && tx.get('ec2/network-interface', address.association.networkInterfaceId);
  if (nic) checkOwn(nic);
  disassociateAddress(tx, address);
}

function checkOwn(nic: NetworkInterface): void {
  if (nic.interfaceType === 'nat_gateway') throw new AwsError('AuthFailure', `The network interface ${nic.id} belongs to a NAT gateway, whose address goes with it: delete the gateway.`);
}

/** Gives an interface a public address, which nothing else has. */
export function associateAddress(tx: Transaction, address: ElasticIp, association: ElasticIpAssociation): void {
  tx.put('ec2/elastic-ip', { ...address, parent: association.networkInterfaceId, association });
  showPublic(tx, association.networkInterfaceId, address.publicIp);
}

export function disassociateAddress(tx: Transaction, address: ElasticIp): void {
  if (address.association) showPublic(tx, address.association.networkInterfaceId, null);
  tx.put('ec2/elastic-ip', { ...address, parent: null, association: null });
}

/** What the interface, and the instance whose first interface it is, show as their public address. */
function showPublic(tx: Transaction, nicId: string, publicIp: string | null): void {
  const nic = tx.get('ec2/network-interface', nicId);
  if (!nic) return;
  tx.put('ec2/network-interface', { ...nic, publicIp });
  const instance = nic.attachment?.instanceId ? tx.get('ec2/instance', nic.attachment.instanceId) : undefined;
  if (instance && instance.interfaceIds[0] === nicId) tx.put('ec2/instance', { ...instance, publicIpAddress: publicIp });
}

function shown(address: ElasticIp): Address {
  const { association } = address;
  return {
    AllocationId: address.id,
    PublicIp: address.publicIp,
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: address.region,
    AssociationId: association?.associationId,
    InstanceId: association?.instanceId ?? undefined,
    NetworkInterfaceId: association?.networkInterfaceId,
    NetworkInterfaceOwnerId: association ? address.account : undefined,
    PrivateIpAddress: association?.privateIpAddress,
    Tags: shownTags(address.tags),
  };
}
