import type { GetApiResponse, ImportApiRequest, ReimportApiRequest } from '@aws-sdk/client-apigatewayv2';
import { AwsError, type Call } from '../../../../aws/index.ts';
import { alphanumericId } from '../../../../kernel/index.ts';
import type { Api } from '../../../resources/apigatewayv2/index.ts';
import { partitionOf } from '../../../resources/elbv2/index.ts';
import type { Transaction } from '../../../store/index.ts';
import type { Environment } from '../../environment.ts';
import { clearApi } from '../api-removal.ts';
import { apiShape, checkApiQuota, checkedDescription, checkedName, checkedVersion, newApi } from '../api.ts';
import { addAuthorizer } from '../authorizer.ts';
import { checkedCors } from '../cors.ts';
import { redeploy } from '../deployment-document.ts';
import { badRequest } from '../error.ts';
import { addIntegration } from '../integration.ts';
import * as lookup from '../lookup.ts';
import { quota } from '../quota.ts';
import { addRoute, newRoute } from '../route.ts';
import { settableRouteKeys } from '../route-settings.ts';
import { checkedTags } from '../tags.ts';
import { readSpecification, type Specification } from './specification.ts';

/** HTTP APIs out of OpenAPI documents: apigateway/latest/developerguide/http-api-open-api.html */
export function importOperations(environment: Environment) {
  const { store } = environment;

  const read = (input: ImportApiRequest, call: Call): Specification => {
    const { Body: body = '', Basepath: basepath, FailOnWarnings: failOnWarnings } = input;
    if (Buffer.byteLength(body) > quota(environment, 'openapi-body-bytes')) throw badRequest(`The API definition must have at most ${quota(environment, 'openapi-body-bytes')} bytes`);
    const partition = partitionOf(call.region);
    const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    const specification = readSpecification(body, { basepath, apiKeys: environment.beyondAws.has('api-keys'), variables: { 'AWS::AccountId': call.account, 'AWS::Partition': partition, 'AWS::Region': call.region, 'AWS::URLSuffix': suffix } });
    if (failOnWarnings === true && specification.warnings.length > 0) throw badRequest(`Warnings found during import:\n\t${specification.warnings.join('\n\t')}`);
    return specification;
  };

  return {
    async ImportApi(input: ImportApiRequest, call: Call): Promise<GetApiResponse> {
      const specification = read(input, call);
      const fresh = newApi({ Name: specification.name, ProtocolType: 'HTTP' }, call, environment);
      const api = await store.transact((transaction) => {
        checkApiQuota(transaction, call, environment);
        const imported = described(fresh, specification, environment);
        transaction.put('apigatewayv2/api', imported);
        fill(transaction, imported, { specification, environment, kept: new Map() });
        return imported;
      });
      return apiShape(api);
    },

    /** The API becomes what the document says; stages stay, and those with auto deploy serve it at once. */
    async ReimportApi(input: ReimportApiRequest, call: Call): Promise<GetApiResponse> {
      const specification = read({ Body: input.Body, Basepath: input.Basepath, FailOnWarnings: input.FailOnWarnings }, call);
      const api = await store.transact((transaction) => {
        const before = lookup.api(transaction, input.ApiId, call);
        if (before.protocolType === 'WEBSOCKET') throw badRequest('Only an API with a protocol type of HTTP can be imported');
        const imported = described(before, specification, environment);
        // Whoever holds the id of a route or authorizer that is still there goes on holding it.
        const kept = new Map<string, string>([
          ...transaction.children('apigatewayv2/route', before.id).map(({ routeKey, routeId }) => [`route ${routeKey}`, routeId] as const),
          ...transaction.children('apigatewayv2/authorizer', before.id).map(({ name, authorizerId }) => [`authorizer ${name}`, authorizerId] as const),
        ]);
        clearApi(transaction, before);
        transaction.put('apigatewayv2/api', imported);
        fill(transaction, imported, { specification, environment, kept });
        forgetRouteSettings(transaction, imported);
        redeploy(transaction, imported.id, environment);
        return imported;
      });
      return apiShape(api);
    },
  };
}

function described(api: Api, specification: Specification, environment: Environment): Api {
  const { name, description, version, cors, tags } = specification;
  return {
    ...api,
    name: checkedName(name),
    description: checkedDescription(description ?? null),
    version: checkedVersion(version ?? null),
    corsConfiguration: cors === undefined ? null : checkedCors(cors),
    disableExecuteApiEndpoint: specification.disableExecuteApiEndpoint ?? false,
    ipAddressType: specification.ipAddressType ?? api.ipAddressType,
    importInfo: specification.infos,
    warnings: specification.warnings,
    apiKeySelectionExpression: specification.keySelection ?? api.apiKeySelectionExpression,
    tags: tags === null ? api.tags : checkedTags(tags, environment),
  };
}

function fill(transaction: Transaction, api: Api, more: { readonly specification: Specification; readonly environment: Environment; readonly kept: ReadonlyMap<string, string> }): void {
  const { specification, environment, kept } = more;
  const { random, clock } = environment;
  const authorizers = new Map<string, string>();
  for (const [name, input] of specification.authorizers) {
    const authorizerId = kept.get(`authorizer ${name}`) ?? alphanumericId(random, 6);
    within(`authorizer of security scheme ${name}`, () => addAuthorizer(transaction, api, { input, authorizerId, environment }));
    authorizers.set(name, authorizerId);
  }
  const shared = new Map<string, string>();
  for (const [name, input] of specification.integrations) {
    const { integrationId } = within(`integration in components (${name})`, () => addIntegration(transaction, api, { input, integrationId: alphanumericId(random, 7), environment }));
    shared.set(name, integrationId);
  }
  for (const route of specification.routes) {
    const { key, integration } = route;
    const integrationId = integration === null ? null
      : integration.kind === 'shared' ? shared.get(integration.name)!
      : within(`integration of ${key}`, () => addIntegration(transaction, api, { input: integration.input, integrationId: alphanumericId(random, 7), environment })).integrationId;
    const input = {
      RouteKey: key, OperationName: route.operationName, AuthorizationType: route.authorizationType, AuthorizerId: route.authorizer === null ? undefined : authorizers.get(route.authorizer),
      ApiKeyRequired: route.keyed, AuthorizationScopes: [...route.scopes], Target: integrationId === null ? undefined : `integrations/${integrationId}`,
    };
    const routeId = kept.get(`route ${key}`) ?? alphanumericId(random, 7);
    within(`route ${key}`, () => addRoute(transaction, api, { route: newRoute(transaction, api, { input, routeId, createdAt: clock.now(), beyondAws: environment.beyondAws }), environment }));
  }
}

/** Says which part of the document an operation's error is about. */
function within<T>(part: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof AwsError && error.code === 'BadRequestException') throw badRequest(`Unable to parse API definition because of a malformed ${part}: ${error.message}`);
    throw error;
  }
}

/** Settings of routes that are gone would keep the stage from being updated. */
function forgetRouteSettings(transaction: Transaction, api: Api): void {
  const keys = settableRouteKeys(transaction, api);
  for (const stage of transaction.children('apigatewayv2/stage', api.id)) {
    const entries = Object.entries(stage.routeSettings);
    const present = entries.filter(([key]) => keys.has(key));
    if (present.length < entries.length) transaction.put('apigatewayv2/stage', { ...stage, routeSettings: Object.fromEntries(present) });
  }
}
