import type {
  AssociateRouteTableCommandInput, AssociateRouteTableResult, CreateRouteTableCommandInput, CreateRouteTableResult, DeleteRouteTableCommandInput,
  DescribeRouteTablesCommandInput, DescribeRouteTablesResult, DisassociateRouteTableCommandInput, ReplaceRouteTableAssociationCommandInput,
  ReplaceRouteTableAssociationResult, RouteTable as ApiRouteTable,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { RouteTable, RouteTableAssociation } from '../../resources/ec2/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { clientToken, madeBefore } from './client-token.ts';
import { filtered, type FilterTable } from './filters.ts';
import { localRoutes } from './local-route.ts';
import { find, findAll, required } from './lookup.ts';
import { page } from './pages.ts';
import { routeState, shownRoute } from './route.ts';
import { shownTags, specifiedTags } from './tags.ts';

const FILTERS: FilterTable<RouteTable> = {
  'association.gateway-id': (table) => table.associations.map((each) => each.gatewayId ?? ''),
  'association.main': (table) => (table.associations.length === 0 ? 'false' : table.associations.map((each) => String(each.main))),
  'association.route-table-association-id': (table) => table.associations.map((each) => each.associationId),
  'association.route-table-id': (table) => (table.associations.length > 0 ? table.id : null),
  'association.subnet-id': (table) => table.associations.map((each) => each.subnetId ?? ''),
  'owner-id': (table) => table.account,
  'route-table-id': (table) => table.id,
  'route.destination-cidr-block': (table) => table.routes.map((route) => (route.destination.kind === 'ipv4' ? route.destination.cidr : '')),
  'route.destination-ipv6-cidr-block': (table) => table.routes.map((route) => (route.destination.kind === 'ipv6' ? route.destination.cidr : '')),
  'route.gateway-id': (table) => table.routes.map((route) => (route.target.kind === 'GatewayId' ? route.target.id : '')),
  'route.instance-id': (table) => table.routes.map((route) => (route.target.kind === 'InstanceId' ? route.target.id : '')),
  'route.nat-gateway-id': (table) => table.routes.map((route) => (route.target.kind === 'NatGatewayId' ? route.target.id : '')),
  'route.origin': (table) => table.routes.map((route) => route.origin),
  'vpc-id': (table) => table.parent,
};

export function routeTableOperations({ store, clock, random, limits }: Environment) {
  return {
    async CreateRouteTable(input: CreateRouteTableCommandInput, call: Call): Promise<CreateRouteTableResult> {
      const tags = specifiedTags(input.TagSpecifications, 'route-table');
      const token = clientToken(input);
      const table = await store.transact((tx) => {
        const before = madeBefore(tx, call, ['ec2/route-table', token]);
        if (before) return before;
        const vpc = find(tx, call, ['ec2/vpc', required(input.VpcId, 'vpcId')]);
        if (tx.children('ec2/route-table', vpc.id).length >= limits.value('route-tables-per-vpc', 200)) {
          throw new AwsError('RouteTableLimitExceeded', 'The maximum number of route tables has been reached.');
        }
        const created: RouteTable = {
          id: `rtb-${hexId(random, 17)}`,
          account: call.account,
          region: call.region,
          parent: vpc.id,
          createdAt: clock.now(),
          routes: localRoutes(vpc),
          associations: [],
          clientToken: token,
          tags,
        };
        tx.put('ec2/route-table', created);
        return created;
      });
      return { RouteTable: shown(table, () => 'active'), ClientToken: input.ClientToken };
    },

    DescribeRouteTables(input: DescribeRouteTablesCommandInput, call: Call): DescribeRouteTablesResult {
      const world = store.world;
      const own = input.RouteTableIds?.length ? findAll(world, call, ['ec2/route-table', input.RouteTableIds]) : world.list('ec2/route-table', call);
      const { items, nextToken } = page(filtered(own, input.Filters, FILTERS), input, [5, 100]);
      return { RouteTables: items.map((table) => shown(table, (route) => routeState(world, table, route))), NextToken: nextToken };
    },

    async DeleteRouteTable(input: DeleteRouteTableCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const table = find(tx, call, ['ec2/route-table', required(input.RouteTableId, 'routeTableId')]);
        if (table.associations.length > 0) throw new AwsError('DependencyViolation', `The routeTable '${table.id}' has dependencies and cannot be deleted.`);
        tx.delete('ec2/route-table', table.id);
      });
    },

    async AssociateRouteTable(input: AssociateRouteTableCommandInput, call: Call): Promise<AssociateRouteTableResult> {
      const associationId = `rtbassoc-${hexId(random, 17)}`;
      return store.transact((tx) => {
        const table = find(tx, call, ['ec2/route-table', required(input.RouteTableId, 'routeTableId')]);
        const place = associationPlace(tx, call, { table, input });
        const present = tx
          .children('ec2/route-table', table.parent)
          .flatMap((each) => each.associations.map((association) => ({ each, association })))
          .find(({ association }) => !association.main && association.subnetId === place.subnetId && association.gatewayId === place.gatewayId);
        if (present) {
          // The same again is no error; another table's is.
          if (present.each.id === table.id) return { AssociationId: present.association.associationId, AssociationState: { State: 'associated' as const } };
          throw new AwsError('Resource.AlreadyAssociated', `the specified association for route table ${table.id} conflicts with an existing association`);
        }
        tx.put('ec2/route-table', { ...table, associations: [...table.associations, { associationId, main: false, ...place }] });
        return { AssociationId: associationId, AssociationState: { State: 'associated' as const } };
      });
    },

    async DisassociateRouteTable(input: DisassociateRouteTableCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const { table, association } = associationOf(tx, call, required(input.AssociationId, 'associationId'));
        if (association.main) throw new AwsError('InvalidParameterValue', `cannot disassociate the main route table association ${association.associationId}`);
        tx.put('ec2/route-table', { ...table, associations: table.associations.filter((each) => each !== association) });
      });
    },

    async ReplaceRouteTableAssociation(input: ReplaceRouteTableAssociationCommandInput, call: Call): Promise<ReplaceRouteTableAssociationResult> {
      const newId = `rtbassoc-${hexId(random, 17)}`;
      await store.transact((tx) => {
        const { table, association } = associationOf(tx, call, required(input.AssociationId, 'associationId'));
        const target = find(tx, call, ['ec2/route-table', required(input.RouteTableId, 'routeTableId')]);
        if (target.parent !== table.parent) throw new AwsError('InvalidParameterValue', `The route table ${target.id} belongs to another VPC than the association.`);
        tx.put('ec2/route-table', { ...table, associations: table.associations.filter((each) => each !== association) });
        const now = tx.get('ec2/route-table', target.id)!;
        tx.put('ec2/route-table', { ...now, associations: [...now.associations, { ...association, associationId: newId }] });
      });
      return { NewAssociationId: newId, AssociationState: { State: 'associated' } };
    },
  };
}

function associationPlace(tx: Transaction, call: Call, { table, input }: { table: RouteTable; input: AssociateRouteTableCommandInput }): Pick<RouteTableAssociation, 'subnetId' | 'gatewayId'> {
  if (input.GatewayId !== undefined) {
    const gateway = find(tx, call, ['ec2/internet-gateway', input.GatewayId]);
    if (gateway.parent !== table.parent) throw new AwsError('InvalidParameterValue', `route table ${table.id} and gateway ${gateway.id} belong to different networks`);
    return { subnetId: null, gatewayId: gateway.id };
  }
  const subnet = find(tx, call, ['ec2/subnet', required(input.SubnetId, 'subnetId')]);
  if (subnet.parent !== table.parent) throw new AwsError('InvalidParameterValue', `route table ${table.id} and subnet ${subnet.id} belong to different networks`);
  return { subnetId: subnet.id, gatewayId: null };
}

function associationOf(tx: Transaction, call: Call, id: string): { table: RouteTable; association: RouteTableAssociation } {
  for (const table of tx.list('ec2/route-table', call)) {
    const association = table.associations.find((each) => each.associationId === id);
    if (association) return { table, association };
  }
  throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);
}

function shown(table: RouteTable, stateOf: (route: RouteTable['routes'][number]) => 'active' | 'blackhole'): ApiRouteTable {
  return {
    RouteTableId: table.id,
    VpcId: table.parent,
    OwnerId: table.account,
    Routes: table.routes.map((route) => shownRoute(route, stateOf(route))),
    Associations: table.associations.map((each) => ({
      RouteTableAssociationId: each.associationId,
      RouteTableId: table.id,
      Main: each.main,
      SubnetId: each.subnetId ?? undefined,
      GatewayId: each.gatewayId ?? undefined,
      AssociationState: { State: 'associated' },
    })),
    PropagatingVgws: [],
    Tags: shownTags(table.tags),
  };
}
