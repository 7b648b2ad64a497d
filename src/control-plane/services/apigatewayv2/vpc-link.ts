import type {
  CreateVpcLinkRequest, CreateVpcLinkResponse, DeleteVpcLinkRequest, GetVpcLinkRequest, GetVpcLinksRequest, GetVpcLinksResponse, UpdateVpcLinkRequest, VpcLink as WireLink,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import { type VpcLink, vpcLinkRowId } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { badRequest, conflict } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { checkQuota } from './quota.ts';
import { checkedTags, tagShape } from './tags.ts';

export function vpcLinkOperations(environment: Environment) {
  const { store, clock, random } = environment;
  return {
    async CreateVpcLink(input: CreateVpcLinkRequest, call: Call): Promise<CreateVpcLinkResponse> {
      const vpcLinkId = alphanumericId(random, 6);
      const link = await store.transact((transaction) => {
        checkQuota(environment, 'vpc-links', transaction.list('apigatewayv2/vpc-link', call).length);
        const created: VpcLink = {
          id: vpcLinkRowId(call.region, vpcLinkId), account: call.account, region: call.region, parent: null, createdAt: clock.now(), vpcLinkId,
          name: checkedName(input.Name),
          ...network(transaction, { subnetIds: input.SubnetIds ?? [], securityGroupIds: input.SecurityGroupIds ?? [], call }),
          tags: checkedTags(input.Tags, environment),
        };
        transaction.put('apigatewayv2/vpc-link', created);
        return created;
      });
      return linkShape(link);
    },

    GetVpcLink: (input: GetVpcLinkRequest, call: Call): CreateVpcLinkResponse => linkShape(lookup.vpcLink(store.world, input.VpcLinkId, call)),

    GetVpcLinks(input: GetVpcLinksRequest, call: Call): GetVpcLinksResponse {
      const { items, next } = page(store.world.list('apigatewayv2/vpc-link', call), input, 'vpc links');
      return { Items: items.map(linkShape), ...next };
    },

    async UpdateVpcLink(input: UpdateVpcLinkRequest, call: Call): Promise<CreateVpcLinkResponse> {
      const link = await store.transact((transaction) => {
        const before = lookup.vpcLink(transaction, input.VpcLinkId, call);
        const updated: VpcLink = { ...before, name: input.Name === undefined ? before.name : checkedName(input.Name) };
        transaction.put('apigatewayv2/vpc-link', updated);
        return updated;
      });
      return linkShape(link);
    },

    async DeleteVpcLink(input: DeleteVpcLinkRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const link = lookup.vpcLink(transaction, input.VpcLinkId, call);
        const users = transaction.list('apigatewayv2/integration', call).filter(({ connectionId }) => connectionId === link.vpcLinkId);
        if (users.length > 0) throw conflict(`Cannot delete VpcLink because it is referenced by the following Integrations with Ids: [${users.map(({ integrationId }) => integrationId).join(', ')}]`);
        transaction.delete('apigatewayv2/vpc-link', link.id);
      });
      return {};
    },
  };
}

function checkedName(name = ''): string {
  if (name === '' || name.length > 128) throw badRequest('VPC link name must have 1 to 128 characters');
  return name;
}

function network(world: World, more: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[]; readonly call: Call }): Pick<VpcLink, 'subnetIds' | 'securityGroupIds'> {
  const { subnetIds, securityGroupIds, call } = more;
  if (subnetIds.length === 0) throw badRequest('SubnetIds for a vpc link cannot be empty');
  const vpcs = new Set<string>();
  for (const id of subnetIds) {
    const subnet = world.get('ec2/subnet', id);
    if (!subnet || subnet.account !== call.account || subnet.region !== call.region) throw badRequest(`The subnet ID '${id}' does not exist`);
    vpcs.add(subnet.parent);
  }
  if (vpcs.size > 1) throw badRequest('All subnets of a VPC link must be in the same VPC');
  for (const id of securityGroupIds) {
    const group = world.get('ec2/security-group', id);
    if (!group || group.account !== call.account || group.region !== call.region) throw badRequest(`The security group '${id}' does not exist`);
    if (!vpcs.has(group.parent)) throw badRequest(`The security group '${id}' and the subnets must be in the same VPC`);
  }
  return { subnetIds, securityGroupIds };
}

function linkShape(link: VpcLink): WireLink {
  return {
    CreatedDate: new Date(link.createdAt),
    Name: link.name,
    SecurityGroupIds: [...link.securityGroupIds],
    SubnetIds: [...link.subnetIds],
    ...tagShape(link.tags),
    VpcLinkId: link.vpcLinkId,
    VpcLinkStatus: 'AVAILABLE',
    VpcLinkStatusMessage: 'VPC link is ready to route traffic',
    VpcLinkVersion: 'V2',
  };
}
