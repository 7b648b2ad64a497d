import type { CreateRouteCommandInput, CreateRouteResult, DeleteRouteCommandInput, ReplaceRouteCommandInput, Route as ApiRoute } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { canonicalIpv6Cidr, formatCidr, parseCidr, type Route, type RouteDestination, type RouteTable, type RouteTarget } from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { find, required } from './lookup.ts';

const TARGETS = [
  'GatewayId', 'NatGatewayId', 'InstanceId', 'NetworkInterfaceId', 'TransitGatewayId', 'VpcPeeringConnectionId', 'EgressOnlyInternetGatewayId', 'LocalGatewayId',
  'CarrierGatewayId', 'CoreNetworkArn',
] as const satisfies readonly RouteTarget['kind'][];

export function routeOperations({ store }: Environment) {
  return {
    async CreateRoute(input: CreateRouteCommandInput, call: Call): Promise<CreateRouteResult> {
      await store.transact((tx) => {
        const table = find(tx, call, ['ec2/route-table', required(input.RouteTableId, 'routeTableId')]);
        const destination = destinationOf(input);
        const target = targetOf(tx, call, { table, destination, input });
        const present = table.routes.find((route) => isSame(route.destination, destination));
        if (present) {
          if (present.target.kind === target.kind && present.target.id === target.id) return;
          throw new AwsError('RouteAlreadyExists', `The route identified by ${text(destination)} already exists.`);
        }
        if (table.routes.length >= 500) throw new AwsError('RouteLimitExceeded', 'The maximum number of routes has been reached.');
        tx.put('ec2/route-table', { ...table, routes: [...table.routes, { destination, target, origin: 'CreateRoute' }] });
      });
      return { Return: true };
    },

    async ReplaceRoute(input: ReplaceRouteCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const table = find(tx, call, ['ec2/route-table', required(input.RouteTableId, 'routeTableId')]);
        const destination = destinationOf(input);
        const present = routeTo(table, destination);
        const target: RouteTarget = input.LocalTarget ? { kind: 'GatewayId', id: 'local' } : targetOf(tx, call, { table, destination, input });
        tx.put('ec2/route-table', { ...table, routes: table.routes.map((route) => (route === present ? { ...route, target } : route)) });
      });
    },

    async DeleteRoute(input: DeleteRouteCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const table = find(tx, call, ['ec2/route-table', required(input.RouteTableId, 'routeTableId')]);
        const present = routeTo(table, destinationOf(input));
        if (present.origin === 'CreateRouteTable') {
          throw new AwsError('InvalidParameterValue', `cannot remove local route ${text(present.destination)} in route table ${table.id}`);
        }
        tx.put('ec2/route-table', { ...table, routes: table.routes.filter((route) => route !== present) });
      });
    },
  };
}

function routeTo(table: RouteTable, destination: RouteDestination): Route {
  const route = table.routes.find((each) => isSame(each.destination, destination));
  if (!route) throw new AwsError('InvalidRoute.NotFound', `no route with destination-cidr-block ${text(destination)} in route table ${table.id}`);
  return route;
}

function destinationOf(input: { DestinationCidrBlock?: string; DestinationIpv6CidrBlock?: string; DestinationPrefixListId?: string }): RouteDestination {
  if (input.DestinationPrefixListId !== undefined) return { kind: 'prefix-list', id: input.DestinationPrefixListId };
  if (input.DestinationIpv6CidrBlock !== undefined) {
    const cidr = canonicalIpv6Cidr(input.DestinationIpv6CidrBlock);
    if (cidr === null) throw malformed(input.DestinationIpv6CidrBlock, 'destinationIpv6CidrBlock');
    return { kind: 'ipv6', cidr };
  }
  const given = required(input.DestinationCidrBlock, 'destinationCidrBlock');
  const cidr = parseCidr(given);
  if (!cidr) throw malformed(given, 'destinationCidrBlock');
  return { kind: 'ipv4', cidr: formatCidr(cidr) };
}

function malformed(value: string, parameter: string): AwsError {
  return new AwsError('InvalidParameterValue', `Value (${value}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`);
}

interface Wanted {
  readonly table: RouteTable;
  readonly destination: RouteDestination;
  readonly input: CreateRouteCommandInput | ReplaceRouteCommandInput;
}

/** The order is AWS's. */
const ONE_TARGET =
  'The request must contain exactly one of gatewayId, localGatewayId, carrierGatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, vpcEndpointId, coreNetworkArn or instanceId';

function targetOf(world: World, call: Call, { table, destination, input }: Wanted): RouteTarget {
  const given = TARGETS.filter((kind) => input[kind] !== undefined);
  const [kind] = given;
  if (given.length !== 1 || !kind) throw new AwsError('InvalidParameterCombination', ONE_TARGET);
  const id = input[kind]!;
  if (kind === 'GatewayId' && id.startsWith('igw-')) {
    const gateway = find(world, call, ['ec2/internet-gateway', id]);
    if (gateway.parent !== table.parent) throw new AwsError('InvalidParameterValue', `route table ${table.id} and network gateway ${id} belong to different networks`);
  } else if (kind === 'NatGatewayId') {
    const gateway = find(world, call, ['ec2/nat-gateway', id]);
    if (gateway.vpcId !== table.parent) throw new AwsError('InvalidParameterValue', `route table ${table.id} and nat gateway ${id} belong to different networks`);
  } else if (kind === 'EgressOnlyInternetGatewayId') {
    const gateway = find(world, call, ['ec2/egress-only-gateway', id]);
    if (gateway.parent !== table.parent) throw new AwsError('InvalidParameterValue', `route table ${table.id} and network gateway ${id} belong to different networks`);
    // AWS: "for use with IPv6 traffic only"
    if (destination.kind === 'ipv4') throw new AwsError('InvalidParameterValue', `The destination ${destination.cidr} of a route to egress-only internet gateway ${id} must be an IPv6 CIDR block`);
  } else if (kind === 'InstanceId') {
    find(world, call, ['ec2/instance', id]);
  } else if (kind === 'NetworkInterfaceId') {
    find(world, call, ['ec2/network-interface', id]);
  } else if (kind === 'GatewayId') {
    throw new AwsError('InvalidGatewayID.NotFound', `The gateway ID '${id}' does not exist`);
  } else {
    // The other targets cannot be made here, so no id of theirs exists.
    throw new AwsError(`Invalid${kind.replace(/(Id|Arn)$/, '')}ID.NotFound`, `The ${kind} '${id}' does not exist`);
  }
  return { kind, id };
}

/** A route whose target has gone, or is attached elsewhere, is a black hole. */
export function routeState(world: World, table: RouteTable, route: Route): 'active' | 'blackhole' {
  const { kind, id } = route.target;
  if (id === 'local') return 'active';
  switch (kind) {
    case 'GatewayId':
      return world.get('ec2/internet-gateway', id)?.parent === table.parent ? 'active' : 'blackhole';
    case 'EgressOnlyInternetGatewayId':
      return world.get('ec2/egress-only-gateway', id) ? 'active' : 'blackhole';
    case 'InstanceId':
      return world.get('ec2/instance', id)?.state === 'running' ? 'active' : 'blackhole';
    case 'NatGatewayId':
      return world.get('ec2/nat-gateway', id) ? 'active' : 'blackhole';
    case 'NetworkInterfaceId':
      return world.get('ec2/network-interface', id)?.attachment ? 'active' : 'blackhole';
    default:
      return 'blackhole';
  }
}

export function shownRoute(route: Route, state: 'active' | 'blackhole'): ApiRoute {
  const { destination } = route;
  return {
    DestinationCidrBlock: destination.kind === 'ipv4' ? destination.cidr : undefined,
    DestinationIpv6CidrBlock: destination.kind === 'ipv6' ? destination.cidr : undefined,
    DestinationPrefixListId: destination.kind === 'prefix-list' ? destination.id : undefined,
    [route.target.kind]: route.target.id,
    Origin: route.origin,
    State: state,
  };
}

function isSame(a: RouteDestination, b: RouteDestination): boolean {
  return a.kind === b.kind && text(a) === text(b);
}

function text(destination: RouteDestination): string {
  return destination.kind === 'prefix-list' ? destination.id : destination.cidr;
}
