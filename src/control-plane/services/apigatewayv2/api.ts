import type {
  CreateApiRequest, DeleteApiRequest, DeleteCorsConfigurationRequest, GetApiRequest, GetApiResponse, GetApisRequest, GetApisResponse, UpdateApiRequest,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import { type Api, apiHost, DEFAULT_API_KEY_SELECTION, HTTP_ROUTE_SELECTION, KEY_OF_AUTHORIZER, parseSelectionExpression, type ProtocolType } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { removeApi } from './api-removal.ts';
import { checkedCors, corsShape } from './cors.ts';
import { redeploy } from './deployment-document.ts';
import { badRequest, unsupported } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { checkQuota } from './quota.ts';
import { quickCreate, quickUpdate } from './quick-create.ts';
import { checkedTags, tagShape } from './tags.ts';
import { changed, given, present } from './text.ts';

export function apiOperations(environment: Environment) {
  const { store } = environment;
  return {
    async CreateApi(input: CreateApiRequest, call: Call): Promise<GetApiResponse> {
      const { Target: target, RouteKey: routeKey, CredentialsArn: credentialsArn } = input;
      const api = newApi(input, call, environment);
      await store.transact((transaction) => {
        checkApiQuota(transaction, call, environment);
        transaction.put('apigatewayv2/api', api);
        const quick = { target: given(target), routeKey: given(routeKey), credentialsArn: given(credentialsArn) };
        quickCreate(transaction, api, { environment, quick });
      });
      return apiShape(api);
    },

    GetApi: (input: GetApiRequest, call: Call): GetApiResponse => apiShape(lookup.api(store.world, input.ApiId, call)),

    GetApis(input: GetApisRequest, call: Call): GetApisResponse {
      const { items, next } = page(store.world.list('apigatewayv2/api', call), input, 'apis');
      return { Items: items.map((api) => apiShape(api) as GetApiResponse & { Name: string; ProtocolType: ProtocolType; RouteSelectionExpression: string }), ...next };
    },

    async UpdateApi(input: UpdateApiRequest, call: Call): Promise<GetApiResponse> {
      const api = await store.transact((transaction) => {
        const updated = updatedApi(lookup.api(transaction, input.ApiId, call), input);
        transaction.put('apigatewayv2/api', updated);
        quickUpdate(transaction, updated, { target: given(input.Target), routeKey: given(input.RouteKey), credentialsArn: given(input.CredentialsArn) });
        redeploy(transaction, updated.id, environment);
        return updated;
      });
      return apiShape(api);
    },

    async DeleteApi(input: DeleteApiRequest, call: Call): Promise<object> {
      await store.transact((transaction) => removeApi(transaction, lookup.api(transaction, input.ApiId, call)));
      return {};
    },

    async DeleteCorsConfiguration(input: DeleteCorsConfigurationRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        transaction.put('apigatewayv2/api', { ...api, corsConfiguration: null });
        redeploy(transaction, api.id, environment);
      });
      return {};
    },
  };
}

export function checkApiQuota(world: World, call: Call, environment: Environment): void {
  checkQuota(environment, 'regional-apis', world.list('apigatewayv2/api', call).length);
}

/** The settings of a request for a new API, checked; an import makes one of its own from the specification's. */
export type NewApi = Omit<CreateApiRequest, 'Target' | 'RouteKey' | 'CredentialsArn'>;

export function newApi(input: NewApi, call: Call, environment: Environment): Api {
  const protocolType = input.ProtocolType;
  if (protocolType !== 'HTTP' && protocolType !== 'WEBSOCKET') throw badRequest('Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]');
  const id = alphanumericId(environment.random, 10);
  const selection = given(input.RouteSelectionExpression);
  if (protocolType === 'WEBSOCKET' && selection === null) throw badRequest('Invalid routeSelectionExpression');
  checkProtocolMembers(protocolType, input);
  return {
    id,
    account: call.account,
    region: call.region,
    parent: null,
    createdAt: environment.clock.now(),
    protocolType,
    name: checkedName(input.Name),
    description: checkedDescription(given(input.Description)),
    version: checkedVersion(given(input.Version)),
    apiEndpoint: endpointOf({ id, protocolType, region: call.region }, environment),
    routeSelectionExpression: checkedSelection(protocolType, selection ?? HTTP_ROUTE_SELECTION),
    apiKeySelectionExpression: checkedKeySelection(given(input.ApiKeySelectionExpression) ?? DEFAULT_API_KEY_SELECTION),
    corsConfiguration: input.CorsConfiguration === undefined ? null : checkedCors(input.CorsConfiguration),
    disableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? false,
    disableSchemaValidation: input.DisableSchemaValidation ?? false,
    ipAddressType: input.IpAddressType ?? 'ipv4',
    importInfo: [],
    warnings: [],
    tags: checkedTags(input.Tags, environment),
  };
}

function updatedApi(before: Api, input: UpdateApiRequest): Api {
  checkProtocolMembers(before.protocolType, input);
  return {
    ...before,
    name: input.Name === undefined ? before.name : checkedName(input.Name),
    description: checkedDescription(changed(input.Description, before.description)),
    version: checkedVersion(changed(input.Version, before.version)),
    routeSelectionExpression: checkedSelection(before.protocolType, given(input.RouteSelectionExpression) ?? before.routeSelectionExpression),
    apiKeySelectionExpression: checkedKeySelection(given(input.ApiKeySelectionExpression) ?? before.apiKeySelectionExpression),
    corsConfiguration: input.CorsConfiguration === undefined ? before.corsConfiguration : checkedCors(input.CorsConfiguration, before.corsConfiguration),
    disableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? before.disableExecuteApiEndpoint,
    disableSchemaValidation: input.DisableSchemaValidation ?? before.disableSchemaValidation,
    ipAddressType: input.IpAddressType ?? before.ipAddressType,
  };
}

/** The port is said only where clients would not come to it by themselves: see docs/decisions. */
function endpointOf(api: { readonly id: string; readonly protocolType: ProtocolType; readonly region: string }, { dnsSuffix, httpsPort }: Environment): string {
  const host = apiHost(api.id, api.region, dnsSuffix);
  return `${api.protocolType === 'HTTP' ? 'https' : 'wss'}://${host}${httpsPort === 443 ? '' : `:${httpsPort}`}`;
}

function checkProtocolMembers(protocol: ProtocolType, input: Pick<CreateApiRequest, 'CorsConfiguration' | 'DisableSchemaValidation'>): void {
  if (protocol === 'WEBSOCKET' && input.CorsConfiguration !== undefined) throw badRequest('Cors is not supported for WEBSOCKET protocolType');
  if (protocol === 'HTTP' && input.DisableSchemaValidation === true) throw unsupported(protocol, 'disabling schema validation');
}

export function checkedName(name: string | undefined): string {
  if (name === undefined || name === '') throw badRequest('Invalid API name specified');
  if (name.length > 128) throw badRequest('API name must have at most 128 characters');
  return name;
}

export function checkedDescription(description: string | null): string | null {
  if (description !== null && description.length > 1024) throw badRequest('Description must have at most 1024 characters');
  return description;
}

export function checkedVersion(version: string | null): string | null {
  if (version !== null && version.length > 64) throw badRequest('Version must have at most 64 characters');
  return version;
}

function checkedSelection(protocol: ProtocolType, expression: string): string {
  if (protocol === 'HTTP') {
    if (expression !== HTTP_ROUTE_SELECTION && expression !== '${request.method} ${request.path}') {
      throw badRequest('Route selection expression is currently limited to "${request.method} ${request.path}"');
    }
    return expression;
  }
  // apigateway/latest/developerguide/websocket-api-develop-routes.html: variables of the message's body, alone or within text
  const parsed = parseSelectionExpression(expression);
  if (parsed.kind === 'wrong') throw badRequest(`Invalid route selection expression specified: ${expression}`);
  return expression;
}

function checkedKeySelection(expression: string): string {
  if (expression !== DEFAULT_API_KEY_SELECTION && expression !== KEY_OF_AUTHORIZER) {
    throw badRequest(`Invalid API key selection expression specified: ${expression}. It must be $request.header.x-api-key or $context.authorizer.usageIdentifierKey`);
  }
  return expression;
}

export function apiShape(api: Api): GetApiResponse {
  return {
    ApiEndpoint: api.apiEndpoint,
    ApiId: api.id,
    ApiKeySelectionExpression: api.apiKeySelectionExpression,
    ...(api.corsConfiguration === null ? {} : { CorsConfiguration: corsShape(api.corsConfiguration) }),
    CreatedDate: new Date(api.createdAt),
    ...present({ Description: api.description, Version: api.version }),
    DisableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    ...(api.protocolType === 'WEBSOCKET' && api.disableSchemaValidation ? { DisableSchemaValidation: true } : {}),
    ...(api.importInfo.length === 0 ? {} : { ImportInfo: [...api.importInfo] }),
    IpAddressType: api.ipAddressType,
    Name: api.name,
    ProtocolType: api.protocolType,
    RouteSelectionExpression: api.routeSelectionExpression,
    ...tagShape(api.tags),
    ...(api.warnings.length === 0 ? {} : { Warnings: [...api.warnings] }),
  };
}
