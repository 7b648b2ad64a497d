import type { Call } from '../../../aws/index.ts';
import {
  type Api, type ApiMapping, type Authorizer, type Deployment, type DomainName, domainNameRowId, type Integration, type IntegrationResponse, type Model, type Route, type RouteResponse, type RoutingRule, type Stage,
  type VpcLink, vpcLinkRowId,
} from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import { notFound } from './error.ts';

/** Nouns by the ids of a request; each throws NotFoundException in AWS's words. */

export function api(world: World, apiId: string | undefined, call: Call): Api {
  const found = world.get('apigatewayv2/api', apiId ?? '');
  if (!found || found.account !== call.account || found.region !== call.region) throw notFound(`Invalid API identifier specified ${call.account}:${apiId ?? ''}`);
  return found;
}

export function route(world: World, owner: Api, routeId: string | undefined): Route {
  return found(world.get('apigatewayv2/route', `${owner.id}/${routeId}`), 'Route', routeId);
}

export function routeResponse(world: World, owner: Route, id: string | undefined): RouteResponse {
  return found(world.get('apigatewayv2/route-response', `${owner.id}/${id}`), 'RouteResponse', id);
}

export function integration(world: World, owner: Api, id: string | undefined): Integration {
  return found(world.get('apigatewayv2/integration', `${owner.id}/${id}`), 'Integration', id);
}

export function integrationResponse(world: World, owner: Integration, id: string | undefined): IntegrationResponse {
  return found(world.get('apigatewayv2/integration-response', `${owner.id}/${id}`), 'IntegrationResponse', id);
}

export function authorizer(world: World, owner: Api, id: string | undefined): Authorizer {
  return found(world.get('apigatewayv2/authorizer', `${owner.id}/${id}`), 'Authorizer', id);
}

export function model(world: World, owner: Api, id: string | undefined): Model {
  return found(world.get('apigatewayv2/model', `${owner.id}/${id}`), 'Model', id);
}

export function deployment(world: World, owner: Api, id: string | undefined): Deployment {
  return found(world.get('apigatewayv2/deployment', `${owner.id}/${id}`), 'Deployment', id);
}

export function stage(world: World, owner: Api, name: string | undefined): Stage {
  const stage = world.get('apigatewayv2/stage', `${owner.id}/${name}`);
  if (!stage) throw notFound('Invalid stage identifier specified');
  return stage;
}

export function domainName(world: World, name: string | undefined, call: Call): DomainName {
  const domain = world.get('apigatewayv2/domain-name', domainNameRowId(call.region, (name ?? '').toLowerCase()));
  if (!domain || domain.account !== call.account) throw notFound('Invalid domain name identifier specified');
  return domain;
}

export function apiMapping(world: World, owner: DomainName, id: string | undefined): ApiMapping {
  const mapping = world.get('apigatewayv2/api-mapping', `${owner.id}/${id}`);
  if (!mapping) throw notFound('Invalid mapping identifier specified');
  return mapping;
}

export function routingRule(world: World, owner: DomainName, id: string | undefined): RoutingRule {
  return found(world.get('apigatewayv2/routing-rule', `${owner.id}/${id}`), 'RoutingRule', id);
}

export function vpcLink(world: World, id: string | undefined, call: Call): VpcLink {
  const link = world.get('apigatewayv2/vpc-link', vpcLinkRowId(call.region, id ?? ''));
  return found(link?.account === call.account ? link : undefined, 'VpcLink', id);
}

function found<T>(resource: T | undefined, noun: string, id: string | undefined): T {
  if (resource === undefined) throw notFound(`Invalid ${noun} identifier specified ${id ?? ''}`);
  return resource;
}
