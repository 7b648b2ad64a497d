import type {
  CreateNatGatewayCommandInput, CreateNatGatewayResult, DeleteNatGatewayCommandInput, DeleteNatGatewayResult, DescribeNatGatewaysCommandInput, DescribeNatGatewaysResult, NatGateway as ApiNatGateway,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { NatGateway } from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { clientToken, madeBefore } from './client-token.ts';
import { associateAddress, disassociateAddress } from './elastic-ip.ts';
import { filtered, type FilterTable } from './filters.ts';
import { find, findAll, required } from './lookup.ts';
import { createManagedInterface } from './managed-interface.ts';
import { page } from './pages.ts';
import { shownTags, specifiedTags } from './tags.ts';

const FILTERS: FilterTable<NatGateway> = {
  'nat-gateway-id': (gateway) => gateway.id,
  // those that have been deleted are gone at once
  state: () => 'available',
  'subnet-id': (gateway) => gateway.parent,
  'vpc-id': (gateway) => gateway.vpcId,
};

export function natGatewayOperations({ store, clock, random, limits }: Environment) {
  return {
    async CreateNatGateway(input: CreateNatGatewayCommandInput, call: Call): Promise<CreateNatGatewayResult> {
      const tags = specifiedTags(input.TagSpecifications, 'natgateway');
      const connectivity = input.ConnectivityType ?? 'public';
      const token = clientToken(input);
      const gateway = await store.transact((tx) => {
        const before = madeBefore(tx, call, ['ec2/nat-gateway', token]);
        if (before) return before;
        const subnet = find(tx, call, ['ec2/subnet', required(input.SubnetId, 'subnetId')]);
        const inZone = tx.list('ec2/nat-gateway', call).filter((each) => tx.get('ec2/subnet', each.parent)?.availabilityZone === subnet.availabilityZone);
        if (inZone.length >= limits.value('nat-gateways-per-availability-zone', 5)) throw new AwsError('NatGatewayLimitExceeded', 'The maximum number of NAT Gateways has been reached.');
        const id = `nat-${hexId(random, 17)}`;
        if (connectivity === 'private' && input.AllocationId !== undefined) throw new AwsError('InvalidParameter', 'AllocationId cannot be specified for a NAT Gateway with Connectivity Type private.');
        if (connectivity === 'public' && !input.AllocationId) throw new AwsError('MissingParameter', 'The request must include the AllocationId parameter.');
        const address = connectivity === 'public' ? find(tx, call, ['ec2/elastic-ip', input.AllocationId!]) : null;
        if (address?.association) throw new AwsError('Resource.AlreadyAssociated', `Elastic IP address [${address.id}] is already associated`);
        if (address && tx.children('ec2/internet-gateway', subnet.parent).length === 0) throw new AwsError('Gateway.NotAttached', `Network ${subnet.parent} has no Internet gateway attached`);
        const nic = createManagedInterface(tx, {
          subnetId: subnet.id, securityGroupIds: [], description: `Interface for NAT Gateway ${id}`, requesterId: 'amazon-nat', interfaceType: 'nat_gateway', isPublic: false,
          privateIpAddress: input.PrivateIpAddress, createdAt: clock.now(), random,
        });
        if (address) associateAddress(tx, address, { associationId: `eipassoc-${hexId(random, 17)}`, networkInterfaceId: nic.id, instanceId: null, privateIpAddress: nic.privateIpAddress });
        const created: NatGateway = {
          id, account: call.account, region: call.region, parent: subnet.id, createdAt: clock.now(), vpcId: subnet.parent, connectivity, networkInterfaceId: nic.id, privateIp: nic.privateIpAddress,
          allocationId: address?.id ?? null, clientToken: token, tags,
        };
        tx.put('ec2/nat-gateway', created);
        return created;
      });
      return { ClientToken: input.ClientToken, NatGateway: shown(gateway, store.world) };
    },

    DescribeNatGateways(input: DescribeNatGatewaysCommandInput, call: Call): DescribeNatGatewaysResult {
      const world = store.world;
      const own = input.NatGatewayIds?.length ? findAll(world, call, ['ec2/nat-gateway', input.NatGatewayIds]) : world.list('ec2/nat-gateway', call);
      const { items, nextToken } = page(filtered(own, input.Filter, FILTERS), input);
      return { NatGateways: items.map((gateway) => shown(gateway, world)), NextToken: nextToken };
    },

    async DeleteNatGateway(input: DeleteNatGatewayCommandInput, call: Call): Promise<DeleteNatGatewayResult> {
      return store.transact((tx) => {
        const gateway = find(tx, call, ['ec2/nat-gateway', required(input.NatGatewayId, 'natGatewayId')]);
        for (const address of tx.children('ec2/elastic-ip', gateway.networkInterfaceId)) disassociateAddress(tx, address);
        tx.delete('ec2/network-interface', gateway.networkInterfaceId);
        tx.delete('ec2/nat-gateway', gateway.id);
        return { NatGatewayId: gateway.id };
      });
    },
  };
}

function shown(gateway: NatGateway, world: World): ApiNatGateway {
  const address = gateway.allocationId === null ? undefined : world.get('ec2/elastic-ip', gateway.allocationId);
  return {
    NatGatewayId: gateway.id,
    SubnetId: gateway.parent,
    VpcId: gateway.vpcId,
    State: 'available',
    ConnectivityType: gateway.connectivity,
    AvailabilityMode: 'zonal',
    CreateTime: new Date(gateway.createdAt),
    NatGatewayAddresses: [{
      AllocationId: address?.id,
      AssociationId: address?.association?.associationId,
      IsPrimary: true,
      NetworkInterfaceId: gateway.networkInterfaceId,
      PrivateIp: gateway.privateIp,
      PublicIp: address?.publicIp,
      Status: 'succeeded',
    }],
    Tags: shownTags(gateway.tags),
  };
}
