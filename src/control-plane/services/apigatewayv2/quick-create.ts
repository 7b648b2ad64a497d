import { alphanumericId } from '../../../kernel/index.ts';
import type { Api, Integration, Route } from '../../resources/apigatewayv2/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { redeploy } from './deployment-document.ts';
import { badRequest, unsupported } from './error.ts';
import { isFunctionUri, isHttpUri } from './integration-uri.ts';
import { checkedRouteKey } from './route-key.ts';
import { DEFAULT_ROUTE_SETTINGS } from './route-settings.ts';

/** Quick create: a target makes an integration, a catch-all route and a stage that deploys automatically. apigateway/latest/developerguide/http-api-develop.html */
export interface Quick {
  readonly target: string | null;
  readonly routeKey: string | null;
  readonly credentialsArn: string | null;
}

export function quickCreate(transaction: Transaction, api: Api, more: { readonly environment: Environment; readonly quick: Quick }): void {
  const { environment, quick } = more;
  checkProtocol(api, quick);
  if (quick.target === null) {
    if (quick.routeKey !== null || quick.credentialsArn !== null) throw badRequest('Target is a required parameter for quick create');
    return;
  }
  const own = { account: api.account, region: api.region, parent: api.id, createdAt: api.createdAt, apiGatewayManaged: true } as const;
  const integrationId = alphanumericId(environment.random, 7);
  const integration: Integration = {
    ...own, id: `${api.id}/${integrationId}`, integrationId, ...proxyTo(quick.target), integrationSubtype: null, connectionType: 'INTERNET', connectionId: null, credentialsArn: quick.credentialsArn,
    description: null, requestParameters: null, responseParameters: null, timeoutInMillis: 30_000, tlsConfig: null, contentHandlingStrategy: null, passthroughBehavior: null,
    requestTemplates: null, templateSelectionExpression: null, integrationResponseSelectionExpression: null,
  };
  transaction.put('apigatewayv2/integration', integration);
  const routeId = alphanumericId(environment.random, 7);
  const route: Route = {
    ...own, id: `${api.id}/${routeId}`, routeId, routeKey: checkedRouteKey(transaction, api, { key: quick.routeKey ?? '$default', routeId }), target: `integrations/${integrationId}`, authorizationType: 'NONE',
    authorizerId: null, authorizationScopes: [], apiKeyRequired: false, operationName: null, modelSelectionExpression: null, requestModels: null, requestParameters: null, routeResponseSelectionExpression: null,
  };
  transaction.put('apigatewayv2/route', route);
  transaction.put('apigatewayv2/stage', {
    ...own, id: `${api.id}/$default`, stageName: '$default', description: null, deploymentId: null, autoDeploy: true, accessLogSettings: null, defaultRouteSettings: DEFAULT_ROUTE_SETTINGS,
    routeSettings: {}, stageVariables: {}, clientCertificateId: null, lastDeploymentStatusMessage: null, lastUpdatedAt: api.createdAt, authorizersCacheEpoch: 0, tags: [],
  });
  redeploy(transaction, api.id, environment);
}

/** What quick create made follows an UpdateApi with the same members. */
export function quickUpdate(transaction: Transaction, api: Api, quick: Quick): void {
  if (quick.target === null && quick.routeKey === null && quick.credentialsArn === null) return;
  checkProtocol(api, quick);
  const integration = transaction.children('apigatewayv2/integration', api.id).find(({ apiGatewayManaged }) => apiGatewayManaged);
  const route = transaction.children('apigatewayv2/route', api.id).find(({ apiGatewayManaged }) => apiGatewayManaged);
  if (!integration || !route) throw badRequest('Target, RouteKey and CredentialsArn can only be updated for APIs that were created with quick create');
  transaction.put('apigatewayv2/integration', { ...integration, ...(quick.target === null ? {} : proxyTo(quick.target)), credentialsArn: quick.credentialsArn ?? integration.credentialsArn });
  if (quick.routeKey !== null) transaction.put('apigatewayv2/route', { ...route, routeKey: checkedRouteKey(transaction, api, { key: quick.routeKey, routeId: route.routeId }) });
}

function checkProtocol(api: Api, quick: Quick): void {
  if (api.protocolType === 'WEBSOCKET' && (quick.target !== null || quick.routeKey !== null || quick.credentialsArn !== null)) throw unsupported('WEBSOCKET', 'quick create (Target, RouteKey, CredentialsArn)');
}

function proxyTo(target: string): Pick<Integration, 'integrationType' | 'integrationUri' | 'integrationMethod' | 'payloadFormatVersion'> {
  if (isHttpUri(target)) return { integrationType: 'HTTP_PROXY', integrationUri: target, integrationMethod: 'ANY', payloadFormatVersion: '1.0' };
  if (isFunctionUri(target)) return { integrationType: 'AWS_PROXY', integrationUri: target, integrationMethod: 'POST', payloadFormatVersion: '2.0' };
  throw badRequest('Invalid function ARN or invalid uri');
}
