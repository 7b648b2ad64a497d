import type { Resource, Tag } from '../resource.ts';
import type { ClientToken } from './client-token.ts';

/** `parent` is the VPC. */
export interface RouteTable extends Resource {
  readonly parent: string;
  readonly routes: readonly Route[];
  readonly associations: readonly RouteTableAssociation[];
  readonly clientToken: ClientToken | null;
  readonly tags: readonly Tag[];
}

export interface Route {
  readonly destination: RouteDestination;
  readonly target: RouteTarget;
  readonly origin: 'CreateRouteTable' | 'CreateRoute';
}

export type RouteDestination =
  | { readonly kind: 'ipv4'; readonly cidr: string }
  | { readonly kind: 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefix-list'; readonly id: string };

/** `kind` is the member that the API shows the id in. */
export interface RouteTarget {
  readonly kind:
    | 'GatewayId'
    | 'NatGatewayId'
    | 'InstanceId'
    | 'NetworkInterfaceId'
    | 'TransitGatewayId'
    | 'VpcPeeringConnectionId'
    | 'EgressOnlyInternetGatewayId'
    | 'LocalGatewayId'
    | 'CarrierGatewayId'
    | 'CoreNetworkArn';
  readonly id: string;
}

export interface RouteTableAssociation {
  readonly associationId: string;
  readonly main: boolean;
  readonly subnetId: string | null;
  readonly gatewayId: string | null;
}
