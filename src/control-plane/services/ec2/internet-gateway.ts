import type {
  AttachInternetGatewayCommandInput, CreateInternetGatewayCommandInput, CreateInternetGatewayResult, DeleteInternetGatewayCommandInput,
  DescribeInternetGatewaysCommandInput, DescribeInternetGatewaysResult, DetachInternetGatewayCommandInput, InternetGateway as ApiInternetGateway,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { InternetGateway } from '../../resources/ec2/index.ts';
import type { Environment } from '../environment.ts';
import { filtered, type FilterTable } from './filters.ts';
import { find, findAll, required } from './lookup.ts';
import { page } from './pages.ts';
import { shownTags, specifiedTags } from './tags.ts';

const FILTERS: FilterTable<InternetGateway> = {
  'attachment.state': (gateway) => (gateway.parent === null ? null : 'available'),
  'attachment.vpc-id': (gateway) => gateway.parent,
  'internet-gateway-id': (gateway) => gateway.id,
  'owner-id': (gateway) => gateway.account,
};

export function internetGatewayOperations({ store, clock, random, limits }: Environment) {
  return {
    async CreateInternetGateway(input: CreateInternetGatewayCommandInput, call: Call): Promise<CreateInternetGatewayResult> {
      const gateway: InternetGateway = {
        id: `igw-${hexId(random, 17)}`,
        account: call.account,
        region: call.region,
        parent: null,
        createdAt: clock.now(),
        tags: specifiedTags(input.TagSpecifications, 'internet-gateway'),
      };
      await store.transact((tx) => {
        // AWS raises the two together.
        const most = limits.value('internet-gateways-per-region', limits.value('vpcs-per-region', 5));
        if (tx.list('ec2/internet-gateway', call).length >= most) throw new AwsError('InternetGatewayLimitExceeded', 'The maximum number of internet gateways has been reached.');
        tx.put('ec2/internet-gateway', gateway);
      });
      return { InternetGateway: shown(gateway) };
    },

    DescribeInternetGateways(input: DescribeInternetGatewaysCommandInput, call: Call): DescribeInternetGatewaysResult {
      const world = store.world;
      const own = input.InternetGatewayIds?.length ? findAll(world, call, ['ec2/internet-gateway', input.InternetGatewayIds]) : world.list('ec2/internet-gateway', call);
      const { items, nextToken } = page(filtered(own, input.Filters, FILTERS), input);
      return { InternetGateways: items.map(shown), NextToken: nextToken };
    },

    async DeleteInternetGateway(input: DeleteInternetGatewayCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const gateway = find(tx, call, ['ec2/internet-gateway', required(input.InternetGatewayId, 'internetGatewayId')]);
        if (gateway.parent !== null) throw new AwsError('DependencyViolation', `The internetGateway '${gateway.id}' has dependencies and cannot be deleted.`);
        tx.delete('ec2/internet-gateway', gateway.id);
      });
    },

    async AttachInternetGateway(input: AttachInternetGatewayCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const gateway = find(tx, call, ['ec2/internet-gateway', required(input.InternetGatewayId, 'internetGatewayId')]);
        const vpc = find(tx, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
        if (gateway.parent !== null) {
          throw new AwsError('Resource.AlreadyAssociated', `resource ${gateway.id} is already attached to network ${gateway.parent}`);
        }
        const other = tx.children('ec2/internet-gateway', vpc.id)[0];
        if (other) throw new AwsError('InvalidParameterValue', `Network ${vpc.id} already has an internet gateway attached`);
        tx.put('ec2/internet-gateway', { ...gateway, parent: vpc.id });
      });
    },

    async DetachInternetGateway(input: DetachInternetGatewayCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const gateway = find(tx, call, ['ec2/internet-gateway', required(input.InternetGatewayId, 'internetGatewayId')]);
        const vpc = find(tx, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
        if (gateway.parent !== vpc.id) throw new AwsError('Gateway.NotAttached', `resource ${gateway.id} is not attached to network ${vpc.id}`);
        // AWS refuses while anything in the VPC has a public address that the gateway maps.
        const mapped = tx.list('ec2/network-interface', call).some((each) => each.vpcId === vpc.id && each.publicIp !== null);
        if (mapped) {
          throw new AwsError('DependencyViolation', `Network ${vpc.id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`);
        }
        tx.put('ec2/internet-gateway', { ...gateway, parent: null });
      });
    },
  };
}

function shown(gateway: InternetGateway): ApiInternetGateway {
  return {
    InternetGatewayId: gateway.id,
    OwnerId: gateway.account,
    // AWS's own word here is "available", which the SDK's list of values does not have.
    Attachments: gateway.parent === null ? [] : [{ VpcId: gateway.parent, State: 'available' as 'attached' }],
    Tags: shownTags(gateway.tags),
  };
}
