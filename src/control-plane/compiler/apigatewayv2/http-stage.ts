import { DEFAULT_API_KEY_SELECTION, deployedTo, integrationOfTarget, stageArn, type Api, type Cors as CorsResource, type DeploymentDocument, type Model, type Route, type RouteSettings, type Stage } from '../../resources/apigatewayv2/index.ts';
import type { ApiAccessLog, ApiRoute, Authorizer, Cors, HttpStage, Integration, RequestValidation, RouteAuthorization, StageIdentity, StageKeys, Throttle } from '../../../snapshot/index.ts';
import type { Installation } from '../installation.ts';
import type { Maker } from '../units.ts';
import { compileAuthorizer } from './authorizer.ts';
import { compileIntegration } from './integration.ts';
import { compileRouteCache } from './route-cache.ts';

/** What a stage is compiled among. */
export interface StageSurroundings {
  readonly maker: Maker;
  readonly installation: Installation;
  /** Ids of the usage plans that name it. */
  readonly plans: readonly string[];
}

/** A stage of an HTTP API; null where nothing was deployed to it. */
export function compileHttpStage(stage: Stage, api: Api, { maker, installation, plans }: StageSurroundings): HttpStage | null {
  const deployment = deployedTo(stage, maker);
  if (!deployment) return null;
  const { document } = deployment;
  const authorizers: Record<string, Authorizer> = {};
  for (const authorizer of document.authorizers) authorizers[authorizer.authorizerId] = compileAuthorizer(authorizer, stage, maker);
  const integrations: Record<string, Integration> = {};
  const routes = document.routes.map((route): ApiRoute => {
    const id = integrationOfTarget(route.target);
    const resource = id === null ? undefined : document.integrations.find(({ integrationId }) => integrationId === id);
    let integration: string | null = null;
    if (resource) {
      const compiled = compileIntegration(resource, { stage, routeKey: route.routeKey }, maker);
      // where a function may be called for one route and not for another, there are two of it
      integration = compiled.kind === 'lambda' && compiled.function.refused !== null ? `${resource.integrationId} ${route.routeKey}` : resource.integrationId;
      integrations[integration] = compiled;
    } else if (route.target !== null) {
      maker.tell({ severity: 'error', resource: `${stage.id} route ${route.routeKey}`, field: 'Target', message: `Requests are answered with 500: ${route.target} does not exist.` });
    }
    const authorization = authorizationOf(route, authorizers, maker);
    return {
      id: route.routeId, key: route.routeKey, authorization, throttle: throttleOf(stage, api, { key: route.routeKey, installation }), integration,
      operationName: route.operationName, keyed: route.apiKeyRequired, validation: validationOf(route, document.models),
      cache: installation.responseCache ? compileRouteCache(route, stage, { authorization, authorizers, maker }) : null,
    };
  });
  return { kind: 'http', ...stageIdentity(stage, api, { maker, installation }), authorizers, keys: keysOf(document, plans, { stage, maker }), cors: document.api.corsConfiguration === null ? null : corsOf(document.api.corsConfiguration), integrations, routes };
}

/** What the services take of HTTP APIs where the installation says so. */
function validationOf({ requestModels, requestParameters }: Route, models: readonly Model[]): RequestValidation | null {
  if (requestModels === null && requestParameters === null) return null;
  return {
    parameters: Object.entries(requestParameters ?? {}).flatMap(([key, { required }]): RequestValidation['parameters'] => {
      const [, part, name] = /^route\.request\.(header|querystring|path)\.(.+)$/.exec(key) ?? [];
      return required && part !== undefined && name !== undefined ? [{ part: part as 'header', name: part === 'header' ? name.toLowerCase() : name }] : [];
    }),
    models: Object.entries(requestModels ?? {}).flatMap(([contentType, name]) => {
      const model = models.find((one) => one.name === name);
      return model === undefined ? [] : [{ contentType: contentType.toLowerCase(), schema: model.schema }];
    }),
  };
}

/** How the routes that ask for a key know it; null where none does. Whoever comes to them is forbidden where no plan names the stage. */
export function keysOf({ api: { apiKeySelectionExpression }, routes }: DeploymentDocument, plans: readonly string[], { stage, maker }: { readonly stage: Stage; readonly maker: Maker }): StageKeys | null {
  if (!routes.some(({ apiKeyRequired }) => apiKeyRequired)) return null;
  if (plans.length === 0) maker.tell({ severity: 'warning', resource: stage.id, field: 'ApiKeyRequired', message: 'Nobody may use the routes that ask for an API key: no usage plan names the stage. Name it in CreateUsagePlan or UpdateUsagePlan.' });
  return { source: apiKeySelectionExpression === DEFAULT_API_KEY_SELECTION ? 'header' : 'authorizer', plans };
}

/** What stages of all kinds of APIs have in common, but for the authorizers. */
export function stageIdentity(stage: Stage, api: Api, { maker, installation }: { readonly maker: Maker; readonly installation: Installation }): Omit<StageIdentity, 'authorizers' | 'keys'> {
  const { account, region } = api;
  const { rate, burst } = installation.apiThrottle;
  return {
    id: stageArn(region, api.id, stage.stageName), apiId: api.id, apiName: api.name, account, region, stage: stage.stageName, label: `${api.id}/${stage.stageName}`, variables: stage.stageVariables,
    accessLog: accessLogOf(stage, maker),
    accountThrottle: { key: `account ${account} ${region}`, rate, burst },
    throttle: settingsThrottle(stage.defaultRouteSettings, `stage ${stage.id}`, installation),
  };
}

export function throttleOf(stage: Stage, api: Api, { key, installation }: { readonly key: string; readonly installation: Installation }): Throttle | null {
  const own = stage.routeSettings[key];
  if (own === undefined || (own.throttlingBurstLimit === null && own.throttlingRateLimit === null)) return null;
  const { throttlingBurstLimit, throttlingRateLimit } = stage.defaultRouteSettings;
  return settingsThrottle(
    { ...own, throttlingBurstLimit: own.throttlingBurstLimit ?? throttlingBurstLimit, throttlingRateLimit: own.throttlingRateLimit ?? throttlingRateLimit }, `route ${api.id}/${stage.stageName} ${key}`, installation,
  );
}

/** What one of the two limits leaves open is the account's. */
function settingsThrottle({ throttlingBurstLimit, throttlingRateLimit }: RouteSettings, key: string, { apiThrottle }: Installation): Throttle | null {
  if (throttlingBurstLimit === null && throttlingRateLimit === null) return null;
  return { key, rate: throttlingRateLimit ?? apiThrottle.rate, burst: throttlingBurstLimit ?? apiThrottle.burst };
}

export function authorizationOf(route: Route, authorizers: Record<string, Authorizer>, maker: Maker): RouteAuthorization {
  switch (route.authorizationType) {
    case 'NONE':
      return { kind: 'none' };
    case 'AWS_IAM':
      return { kind: 'iam' };
    case 'JWT':
    case 'CUSTOM': {
      const id = route.authorizerId ?? '';
      if (!authorizers[id]) {
        const why = `authorizer ${id} does not exist`;
        maker.tell({ severity: 'error', resource: `${route.id} route ${route.routeKey}`, field: 'AuthorizerId', message: `Requests are answered with 500: ${why}.` });
        authorizers[id] = { kind: 'unservable', id, name: id, why };
      }
      return route.authorizationType === 'JWT' ? { kind: 'jwt', authorizer: id, scopes: route.authorizationScopes } : { kind: 'lambda', authorizer: id };
    }
  }
}

function corsOf({ allowCredentials, allowHeaders, allowMethods, allowOrigins, exposeHeaders, maxAge }: CorsResource): Cors {
  return {
    allowOrigins: allowOrigins ?? [], allowMethods: allowMethods ?? [], allowHeaders: allowHeaders ?? [], exposeHeaders: exposeHeaders ?? [], allowCredentials: allowCredentials ?? false, maxAge,
  };
}

function accessLogOf(stage: Stage, maker: Maker): ApiAccessLog | null {
  const { destinationArn = null, format = null } = stage.accessLogSettings ?? {};
  if (destinationArn === null || format === null) return null;
  const group = /^arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:([^:*]+)(?::\*)?$/.exec(destinationArn)?.[1];
  if (group === undefined) {
    maker.tell({ severity: 'warning', resource: stage.id, field: 'AccessLogSettings.DestinationArn', message: `No access log is written: ${destinationArn} is no log group. Name one of CloudWatch.` });
    return null;
  }
  return { group, format };
}
