import type {
  CreateRouteRequest, DeleteRouteRequest, DeleteRouteRequestParameterRequest, GetRouteRequest, GetRouteResult, GetRoutesRequest, GetRoutesResponse, ParameterConstraints as WireConstraints, UpdateRouteRequest,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import { type Api, type Authorizer, integrationOfTarget, type ParameterConstraints, type Route } from '../../resources/apigatewayv2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { redeploy } from './deployment-document.ts';
import { badRequest, notFound, unsupported } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { checkQuota } from './quota.ts';
import { checkedRouteKey } from './route-key.ts';
import { changed, filled, given, present } from './text.ts';

export function routeOperations(environment: Environment) {
  const { store, clock, random, beyondAws } = environment;
  return {
    async CreateRoute(input: CreateRouteRequest, call: Call): Promise<GetRouteResult> {
      const routeId = alphanumericId(random, 7);
      const route = await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const created = newRoute(transaction, api, { input, routeId, createdAt: clock.now(), beyondAws });
        addRoute(transaction, api, { route: created, environment });
        redeploy(transaction, api.id, environment);
        return created;
      });
      return routeShape(route);
    },

    GetRoute: (input: GetRouteRequest, call: Call): GetRouteResult => routeShape(lookup.route(store.world, lookup.api(store.world, input.ApiId, call), input.RouteId)),

    GetRoutes(input: GetRoutesRequest, call: Call): GetRoutesResponse {
      const api = lookup.api(store.world, input.ApiId, call);
      const { items, next } = page(store.world.children('apigatewayv2/route', api.id), input, `routes of ${api.id}`);
      return { Items: items.map((route) => ({ ...routeShape(route), RouteKey: route.routeKey })), ...next };
    },

    async UpdateRoute(input: UpdateRouteRequest, call: Call): Promise<GetRouteResult> {
      const route = await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const updated = updatedRoute(transaction, api, { input, beyondAws, before: lookup.route(transaction, api, input.RouteId) });
        transaction.put('apigatewayv2/route', updated);
        redeploy(transaction, api.id, environment);
        return updated;
      });
      return routeShape(route);
    },

    async DeleteRoute(input: DeleteRouteRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        removeRoute(transaction, lookup.route(transaction, api, input.RouteId));
        redeploy(transaction, api.id, environment);
      });
      return {};
    },

    async DeleteRouteRequestParameter(input: DeleteRouteRequestParameterRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const route = lookup.route(transaction, api, input.RouteId);
        const key = input.RequestParameterKey!;
        if (route.requestParameters === null || !Object.hasOwn(route.requestParameters, key)) throw notFound(`Invalid request parameter key specified ${key}`);
        const rest = Object.entries(route.requestParameters).filter(([name]) => name !== key);
        transaction.put('apigatewayv2/route', { ...route, requestParameters: filled(Object.fromEntries(rest)) });
        redeploy(transaction, api.id, environment);
      });
      return {};
    },
  };
}

export function addRoute(transaction: Transaction, api: Api, more: { readonly route: Route; readonly environment: Environment }): void {
  checkQuota(more.environment, api.protocolType === 'HTTP' ? 'routes-per-http-api' : 'routes-per-websocket-api', transaction.children('apigatewayv2/route', api.id).length);
  transaction.put('apigatewayv2/route', more.route);
}

function removeRoute(transaction: Transaction, route: Route): void {
  for (const response of transaction.children('apigatewayv2/route-response', route.id)) transaction.delete('apigatewayv2/route-response', response.id);
  transaction.delete('apigatewayv2/route', route.id);
}

export function newRoute(world: World, api: Api, more: { readonly input: Omit<CreateRouteRequest, 'ApiId'>; readonly routeId: string; readonly createdAt: number; readonly beyondAws: Environment['beyondAws'] }): Route {
  const { input, routeId, createdAt, beyondAws } = more;
  return checked(world, api, { beyondAws, said: 'null', route: {
    id: `${api.id}/${routeId}`,
    account: api.account,
    region: api.region,
    parent: api.id,
    createdAt,
    routeId,
    routeKey: checkedRouteKey(world, api, { key: input.RouteKey ?? '', routeId }),
    target: given(input.Target),
    authorizationType: input.AuthorizationType ?? 'NONE',
    authorizerId: given(input.AuthorizerId),
    authorizationScopes: input.AuthorizationScopes ?? [],
    apiKeyRequired: input.ApiKeyRequired ?? false,
    operationName: given(input.OperationName),
    modelSelectionExpression: given(input.ModelSelectionExpression),
    requestModels: filled(input.RequestModels),
    requestParameters: constraints(input.RequestParameters),
    routeResponseSelectionExpression: given(input.RouteResponseSelectionExpression),
    apiGatewayManaged: false,
  } });
}

function updatedRoute(world: World, api: Api, more: { readonly input: UpdateRouteRequest; readonly before: Route; readonly beyondAws: Environment['beyondAws'] }): Route {
  const { input, before, beyondAws } = more;
  // Observed, also of routes that have an authorizer: the two are said together.
  if (given(input.AuthorizerId) !== null && input.AuthorizationType === undefined) throw badRequest('Unable to update route. Authorizer type is invalid or null.');
  const authorizationType = input.AuthorizationType ?? before.authorizationType;
  const hasAuthorizer = authorizationType === 'CUSTOM' || authorizationType === 'JWT';
  return checked(world, api, { beyondAws, said: before.routeId, route: {
    ...before,
    routeKey: input.RouteKey === undefined ? before.routeKey : checkedRouteKey(world, api, { key: input.RouteKey, routeId: before.routeId }),
    target: changed(input.Target, before.target),
    authorizationType,
    // An authorizer that the new type has no use for goes with the old type.
    authorizerId: hasAuthorizer || input.AuthorizerId !== undefined ? changed(input.AuthorizerId, before.authorizerId) : null,
    authorizationScopes: input.AuthorizationScopes ?? (authorizationType === 'JWT' ? before.authorizationScopes : []),
    apiKeyRequired: input.ApiKeyRequired ?? before.apiKeyRequired,
    operationName: changed(input.OperationName, before.operationName),
    modelSelectionExpression: changed(input.ModelSelectionExpression, before.modelSelectionExpression),
    requestModels: input.RequestModels === undefined ? before.requestModels : filled(input.RequestModels),
    requestParameters: input.RequestParameters === undefined ? before.requestParameters : { ...before.requestParameters, ...constraints(input.RequestParameters) },
    routeResponseSelectionExpression: changed(input.RouteResponseSelectionExpression, before.routeResponseSelectionExpression),
  } });
}

interface Checked {
  readonly route: Route;
  readonly beyondAws: Environment['beyondAws'];
  /** How sentences name it: a new route is `null` (observed), another its id (chosen). */
  readonly said: string;
}

/** What must hold of a route within its API. */
function checked(world: World, api: Api, asked: Checked): Route {
  const { route } = asked;
  if (route.target !== null) {
    const integrationId = integrationOfTarget(route.target);
    if (integrationId === null) throw badRequest(`Unexpected or malformed target in route ${asked.said}. Correct format should be integrations/<integration_id>.`);
    lookup.integration(world, api, integrationId);
  }
  if (route.operationName !== null && route.operationName.length > 64) throw badRequest('Operation name must have at most 64 characters');
  if (api.protocolType === 'HTTP') checkHttp(world, api, asked);
  else checkWebSocket(route);
  checkAuthorization(world, api, route);
  return route;
}

function checkHttp(world: World, api: Api, { route, beyondAws, said }: Checked): void {
  if (route.apiKeyRequired && !beyondAws.has('api-keys')) throw badRequest(`ApiKeyRequired is not currently supported for HTTP APIs. Please set ApiKeyRequired to false for route ${said}`);
  if (route.modelSelectionExpression !== null) throw unsupported('HTTP', 'request models');
  if (route.requestModels !== null) {
    if (!beyondAws.has('request-validation')) throw unsupported('HTTP', 'request models');
    const models = new Set(world.children('apigatewayv2/model', api.id).map(({ name }) => name));
    for (const name of Object.values(route.requestModels)) if (!models.has(name)) throw badRequest(`Invalid model name specified: ${name}`);
  }
  if (route.requestParameters !== null) {
    if (!beyondAws.has('request-validation')) throw unsupported('HTTP', 'request parameters of routes');
    for (const key of Object.keys(route.requestParameters)) {
      if (!/^route\.request\.(?:header|querystring|path)\.[A-Za-z0-9_.$-]+$/.test(key)) throw badRequest(`Invalid request parameter specified: ${key}. It is of the form route.request.{header|querystring|path}.{name}`);
    }
  }
  if (route.routeResponseSelectionExpression !== null) throw unsupported('HTTP', 'route responses');
}

function checkWebSocket(route: Route): void {
  if (route.authorizationType === 'JWT') throw unsupported('WEBSOCKET', 'JWT authorization');
  if (route.authorizationType !== 'NONE' && route.routeKey !== '$connect') throw badRequest('Currently, authorization is restricted to the $connect route only');
  const expression = route.routeResponseSelectionExpression;
  if (expression !== null && expression !== '$default') throw badRequest(`Invalid route response selection expression specified: ${expression}. Only $default is supported`);
}

function checkAuthorization(world: World, api: Api, route: Route): void {
  const { authorizationType, authorizerId } = route;
  if (route.authorizationScopes.length > 0 && authorizationType !== 'JWT') throw badRequest('Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types');
  switch (authorizationType) {
    // An authorizer beside these types is kept and without effect, as at AWS: Terraform modules leave one there.
    case 'NONE':
    case 'AWS_IAM':
      return;
    case 'CUSTOM':
      if (authorizerTypeOf(world, api, authorizerId) !== 'REQUEST') throw badRequest('Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.');
      return;
    case 'JWT':
      if (authorizerTypeOf(world, api, authorizerId) !== 'JWT') throw badRequest('Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.');
  }
}

/** None where the API has no such authorizer: AWS says the same of one of another type, and of one of another API. */
function authorizerTypeOf(world: World, api: Api, id: string | null): Authorizer['authorizerType'] | null {
  return world.get('apigatewayv2/authorizer', `${api.id}/${id ?? ''}`)?.authorizerType ?? null;
}

export function constraints(parameters: Readonly<Record<string, WireConstraints>> | undefined): Readonly<Record<string, ParameterConstraints>> | null {
  return filled(Object.fromEntries(Object.entries(parameters ?? {}).map(([name, { Required: required }]) => [name, { required: required ?? false }])));
}

export function constraintsShape(parameters: Readonly<Record<string, ParameterConstraints>>): Record<string, WireConstraints> {
  return Object.fromEntries(Object.entries(parameters).map(([name, { required }]) => [name, { Required: required }]));
}

function routeShape(route: Route): GetRouteResult {
  return {
    ...(route.apiGatewayManaged ? { ApiGatewayManaged: true } : {}),
    ApiKeyRequired: route.apiKeyRequired,
    ...(route.authorizationScopes.length === 0 ? {} : { AuthorizationScopes: [...route.authorizationScopes] }),
    AuthorizationType: route.authorizationType,
    ...present({ AuthorizerId: route.authorizerId, ModelSelectionExpression: route.modelSelectionExpression, OperationName: route.operationName }),
    ...(route.requestModels === null ? {} : { RequestModels: { ...route.requestModels } }),
    ...(route.requestParameters === null ? {} : { RequestParameters: constraintsShape(route.requestParameters) }),
    RouteId: route.routeId,
    RouteKey: route.routeKey,
    ...present({ RouteResponseSelectionExpression: route.routeResponseSelectionExpression, Target: route.target }),
  };
}
