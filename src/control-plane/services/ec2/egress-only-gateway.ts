import type {
  CreateEgressOnlyInternetGatewayCommandInput, CreateEgressOnlyInternetGatewayResult, DeleteEgressOnlyInternetGatewayCommandInput, DeleteEgressOnlyInternetGatewayResult,
  DescribeEgressOnlyInternetGatewaysCommandInput, DescribeEgressOnlyInternetGatewaysResult, EgressOnlyInternetGateway,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { EgressOnlyGateway } from '../../resources/ec2/index.ts';
import type { Environment } from '../environment.ts';
import { clientToken, madeBefore } from './client-token.ts';
import { filtered } from './filters.ts';
import { find, findAll, required } from './lookup.ts';
import { page } from './pages.ts';
import { shownTags, specifiedTags } from './tags.ts';

/** Where IPv6 routes of private subnets lead: https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html */
export function egressOnlyGatewayOperations({ store, clock, random, limits }: Environment) {
  return {
    async CreateEgressOnlyInternetGateway(input: CreateEgressOnlyInternetGatewayCommandInput, call: Call): Promise<CreateEgressOnlyInternetGatewayResult> {
      const tags = specifiedTags(input.TagSpecifications, 'egress-only-internet-gateway');
      const token = clientToken(input);
      const gateway = await store.transact((tx) => {
        const before = madeBefore(tx, call, ['ec2/egress-only-gateway', token]);
        if (before) return before;
        const { id: parent } = find(tx, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
        const most = limits.value('egress-only-internet-gateways-per-region', limits.value('vpcs-per-region', 5));
        // AWS documents the quota, and no code of its own for it.
        if (tx.list('ec2/egress-only-gateway', call).length >= most) throw new AwsError('ResourceLimitExceeded', 'The maximum number of egress-only internet gateways has been reached.');
        const created: EgressOnlyGateway = { id: `eigw-${hexId(random, 17)}`, account: call.account, region: call.region, parent, createdAt: clock.now(), clientToken: token, tags };
        tx.put('ec2/egress-only-gateway', created);
        return created;
      });
      return { ClientToken: input.ClientToken, EgressOnlyInternetGateway: shown(gateway) };
    },

    DescribeEgressOnlyInternetGateways(input: DescribeEgressOnlyInternetGatewaysCommandInput, call: Call): DescribeEgressOnlyInternetGatewaysResult {
      const { world } = store;
      const ids = input.EgressOnlyInternetGatewayIds;
      const own = ids?.length ? findAll(world, call, ['ec2/egress-only-gateway', ids]) : world.list('ec2/egress-only-gateway', call);
      // AWS filters by tags only.
      const { items, nextToken } = page(filtered(own, input.Filters, {}), input);
      return { EgressOnlyInternetGateways: items.map(shown), NextToken: nextToken };
    },

    async DeleteEgressOnlyInternetGateway(input: DeleteEgressOnlyInternetGatewayCommandInput, call: Call): Promise<DeleteEgressOnlyInternetGatewayResult> {
      await store.transact((tx) => {
        tx.delete('ec2/egress-only-gateway', find(tx, call, ['ec2/egress-only-gateway', required(input.EgressOnlyInternetGatewayId, 'egressOnlyInternetGatewayId')]).id);
      });
      return { ReturnCode: true };
    },
  };
}

function shown({ id, parent, tags }: EgressOnlyGateway): EgressOnlyInternetGateway {
  return { EgressOnlyInternetGatewayId: id, Attachments: [{ State: 'attached', VpcId: parent }], Tags: shownTags(tags) };
}
