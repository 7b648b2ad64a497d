import type { Route, RouteDestination, Vpc } from '../../resources/ec2/index.ts';
import type { Transaction } from '../../store/index.ts';

function localRoute(destination: RouteDestination): Route {
  return { destination, target: { kind: 'GatewayId', id: 'local' }, origin: 'CreateRouteTable' };
}

/** The routes by which everything in a VPC reaches everything else: one for each of its blocks, in each of its tables. */
export function localRoutes(vpc: Vpc): readonly Route[] {
  return [
    ...vpc.cidrAssociations.map(({ cidrBlock }) => localRoute({ kind: 'ipv4', cidr: cidrBlock })),
    ...vpc.ipv6Associations.map(({ ipv6CidrBlock }) => localRoute({ kind: 'ipv6', cidr: ipv6CidrBlock })),
  ];
}

export function addLocalRoutes(tx: Transaction, vpc: Vpc, block: Block): void {
  for (const table of tx.children('ec2/route-table', vpc.id)) tx.put('ec2/route-table', { ...table, routes: [...table.routes, localRoute(block)] });
}

export function removeLocalRoutes(tx: Transaction, vpc: Vpc, block: Block): void {
  const leads = ({ destination, target }: Route): boolean => target.id === 'local' && destination.kind === block.kind && destination.cidr === block.cidr;
  for (const table of tx.children('ec2/route-table', vpc.id)) tx.put('ec2/route-table', { ...table, routes: table.routes.filter((route) => !leads(route)) });
}

type Block = Exclude<RouteDestination, { readonly kind: 'prefix-list' }>;
