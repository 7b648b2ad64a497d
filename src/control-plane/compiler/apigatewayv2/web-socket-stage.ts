import { deployedTo, integrationOfTarget, parseSelectionExpression, type Api, type DeploymentDocument, type Route, type Stage } from '../../resources/apigatewayv2/index.ts';
import type { Authorizer, ExecutionTrace, SelectionPart, WebSocketIntegration, WebSocketModels, WebSocketRoute, WebSocketStage } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';
import { compileAuthorizer } from './authorizer.ts';
import { authorizationOf, keysOf, stageIdentity, throttleOf, type StageSurroundings } from './http-stage.ts';
import { compileWebSocketIntegration } from './web-socket-integration.ts';

/** A stage of a WebSocket API; null where nothing was deployed to it. */
export function compileWebSocketStage(stage: Stage, api: Api, { maker, installation, plans }: StageSurroundings): WebSocketStage | null {
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
    return {
      id: route.routeId, key: route.routeKey, authorization: authorizationOf(route, authorizers, maker), throttle: throttleOf(stage, api, { key: route.routeKey, installation }), integration,
      keyed: route.apiKeyRequired, responds: responds(document, route), operationName: route.operationName,
      metered: stage.routeSettings[route.routeKey]?.detailedMetricsEnabled ?? stage.defaultRouteSettings.detailedMetricsEnabled ?? false,
      trace: traceOf(stage, route.routeKey),
      models: modelsOf(document, route, { stage, maker, proxy: resource === undefined || resource.integrationType.endsWith('_PROXY') }), required: route.routeKey === '$connect' ? requiredOf(route) : [],
    };
  });
  const identity = stageIdentity(stage, api, { maker, installation });
  return {
    kind: 'websocket', ...identity, authorizers, keys: keysOf(document, plans, { stage, maker }), selection: selectionOf(document, stage, maker), integrations, routes, limits: installation.webSocketLimits,
    connectThrottle: { key: `connect ${api.account} ${api.region}`, ...installation.webSocketConnects },
  };
}

/** A route response is enough, with or without the expression that chooses it (observed). */
function responds(document: DeploymentDocument, route: { readonly id: string }): boolean {
  return document.routeResponses.some(({ parent }) => parent === route.id);
}

/**
 * "If provided for non-proxy integration, model validation occurs": the expression, and models to choose from.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
 */
function modelsOf({ api, models }: DeploymentDocument, { routeKey, modelSelectionExpression, requestModels }: Route, more: { readonly stage: Stage; readonly maker: Maker; readonly proxy: boolean }): WebSocketModels | null {
  if (more.proxy || api.disableSchemaValidation || modelSelectionExpression === null || requestModels === null) return null;
  const tell = (message: string): void => more.maker.tell({ severity: 'error', resource: `${more.stage.id} route ${routeKey}`, field: 'RequestModels', message });
  const parsed = parseSelectionExpression(modelSelectionExpression);
  if (parsed.kind === 'wrong') {
    tell(`Messages are held against the model $default: ${modelSelectionExpression} cannot be evaluated, ${parsed.why}.`);
  }
  const library = Object.fromEntries(models.map(({ name, schema }) => [name, schema]));
  const schemas: Record<string, string> = {};
  for (const [key, name] of Object.entries(requestModels)) {
    // a model that is not there fits nothing
    schemas[key] = library[name] ?? '{"not":{}}';
    if (library[name] === undefined) tell(`Messages for the model ${key} are refused: ${name} does not exist.`);
  }
  return { selection: parsed.kind === 'parts' ? parsed.parts : [{ kind: 'text', text: '$default' }], schemas, library };
}

function traceOf({ routeSettings, defaultRouteSettings }: Stage, key: string): ExecutionTrace | null {
  const level = routeSettings[key]?.loggingLevel ?? defaultRouteSettings.loggingLevel ?? 'OFF';
  const data = routeSettings[key]?.dataTraceEnabled ?? defaultRouteSettings.dataTraceEnabled ?? false;
  return level === 'OFF' ? null : { level: level === 'INFO' ? 'info' : 'error', data };
}

/** `route.request.header.Auth: { required: true }` */
function requiredOf({ requestParameters }: Route): WebSocketRoute['required'] {
  return Object.entries(requestParameters ?? {}).flatMap(([key, { required }]) => {
    const [, part, name] = /^route\.request\.(header|querystring)\.(.+)$/.exec(key) ?? [];
    return required && part !== undefined && name !== undefined ? [{ part: part as 'header' | 'querystring', name }] : [];
  });
}

function selectionOf({ api: { routeSelectionExpression } }: DeploymentDocument, stage: Stage, maker: Maker): readonly SelectionPart[] {
  const parsed = parseSelectionExpression(routeSelectionExpression);
  if (parsed.kind === 'parts') return parsed.parts;
  maker.tell({ severity: 'error', resource: stage.id, field: 'RouteSelectionExpression', message: `Every message goes to $default: ${routeSelectionExpression} cannot be evaluated, ${parsed.why}.` });
  return [{ kind: 'text', text: '$default' }];
}
