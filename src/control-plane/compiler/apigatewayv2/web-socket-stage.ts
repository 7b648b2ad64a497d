import { deployedTo, integrationOfTarget, parseSelectionExpression, type Api, type DeploymentDocument, type Stage } from '../../resources/apigatewayv2/index.ts';
import type { Authorizer, SelectionPart, WebSocketIntegration, WebSocketRoute, WebSocketStage } from '../../../snapshot/index.ts';
import type { Installation } from '../installation.ts';
import type { Maker } from '../units.ts';
import { compileAuthorizer } from './authorizer.ts';
import { authorizationOf, stageIdentity, throttleOf } from './http-stage.ts';
import { compileWebSocketIntegration } from './web-socket-integration.ts';

/** A stage of a WebSocket API; null where nothing was deployed to it. */
export function compileWebSocketStage(stage: Stage, api: Api, { maker, installation }: { readonly maker: Maker; readonly installation: Installation }): WebSocketStage | null {
  const deployment = deployedTo(stage, maker);
  if (!deployment) return null;
  const { document } = deployment;
  const authorizers: Record<string, Authorizer> = {};
  for (const authorizer of document.authorizers) authorizers[authorizer.authorizerId] = compileAuthorizer(authorizer, stage, maker);
  const integrations: Record<string, WebSocketIntegration> = {};
  const routes = document.routes.map((route): WebSocketRoute => {
    const id = integrationOfTarget(route.target);
    const resource = id === null ? undefined : document.integrations.find(({ integrationId }) => integrationId === id);
    let integration: string | null = null;
    if (resource) {
      const responses = document.integrationResponses.filter(({ parent }) => parent === resource.id);
      const compiled = compileWebSocketIntegration(resource, { stage, routeKey: route.routeKey, responses }, maker);
      // where a function may be called for one route and not for another, there are two of it
      integration = compiled.kind === 'lambda' && compiled.function.refused !== null ? `${resource.integrationId} ${route.routeKey}` : resource.integrationId;
      integrations[integration] = compiled;
    } else if (route.target !== null) {
      maker.tell({ severity: 'error', resource: `${stage.id} route ${route.routeKey}`, field: 'Target', message: `Messages are answered with an error: ${route.target} does not exist.` });
    }
    if (route.apiKeyRequired) maker.tell({ severity: 'warning', resource: `${stage.id} route ${route.routeKey}`, field: 'ApiKeyRequired', message: 'Nobody may use the route: it asks for an API key, and there are none here.' });
    if (route.requestModels !== null && !document.api.disableSchemaValidation) maker.tell({ severity: 'warning', resource: `${stage.id} route ${route.routeKey}`, field: 'RequestModels', message: 'Messages are not held against models.' });
    return {
      id: route.routeId, key: route.routeKey, authorization: authorizationOf(route, authorizers, maker), throttle: throttleOf(stage, api, { key: route.routeKey, installation }), integration,
      keyed: route.apiKeyRequired, responds: responds(document, route), operationName: route.operationName,
    };
  });
  const identity = stageIdentity(stage, api, { maker, installation });
  return {
    kind: 'websocket', ...identity, authorizers, selection: selectionOf(document, stage, maker), integrations, routes, limits: installation.webSocketLimits,
    connectThrottle: { key: `connect ${api.account} ${api.region}`, ...installation.webSocketConnects },
  };
}

/** "When defined, it signals to API Gateway that it should return a response": a route response, and the expression that chooses it. */
function responds(document: DeploymentDocument, route: { readonly id: string; readonly routeResponseSelectionExpression: string | null }): boolean {
  return route.routeResponseSelectionExpression !== null && document.routeResponses.some(({ parent }) => parent === route.id);
}

function selectionOf({ api: { routeSelectionExpression } }: DeploymentDocument, stage: Stage, maker: Maker): readonly SelectionPart[] {
  const parsed = parseSelectionExpression(routeSelectionExpression);
  if (parsed.kind === 'parts') return parsed.parts;
  maker.tell({ severity: 'error', resource: stage.id, field: 'RouteSelectionExpression', message: `Every message goes to $default: ${routeSelectionExpression} cannot be evaluated, ${parsed.why}.` });
  return [{ kind: 'text', text: '$default' }];
}
