/** Resources of APIs from a terse description, with AWS's defaults filled in: what compiler goldens are written in. Ids are the names. */
import type { QuotaSettings } from '../../src/control-plane/resources/apigateway/index.ts';
import { arns, ACCOUNT, REGION, type Row } from './load-balancer-world.ts';
import {
  apiHost, domainNameRowId, HTTP_ROUTE_SELECTION, routingRuleArn, vpcLinkRowId, DEFAULT_API_KEY_SELECTION,
  type Api, type Authorizer, type Cors, type Deployment, type Integration, type Route, type RouteResponse, type RouteSettings, type RoutingRuleCondition, type Stage,
} from '../../src/control-plane/resources/apigatewayv2/index.ts';

type Text = Readonly<Record<string, string>>;

export interface ApiWorldDescription {
  readonly plans?: Readonly<Record<string, PlanDescription>>;
  readonly apis?: Readonly<Record<string, ApiDescription>>;
  readonly domains?: Readonly<Record<string, DomainDescription>>;
}

export interface PlanDescription {
  /** `API STAGE`, and throttles of its routes: rate and burst. */
  readonly stages: Readonly<Record<string, Readonly<Record<string, readonly [number | null, number | null]>> | null>>;
  readonly throttle?: readonly [number | null, number | null];
  readonly quota?: QuotaSettings;
  /** Values by id; those of disabled keys begin with `-`. */
  readonly keys?: Text;
}

export interface ApiDescription {
  /** A WebSocket API, and its route selection expression. */
  readonly socket?: string;
  readonly cors?: Partial<Cors>;
  readonly closed?: boolean;
  readonly authorizers?: Readonly<Record<string, { readonly jwt?: { readonly issuer: string; readonly audience: readonly string[] }; readonly function?: string; readonly sources?: readonly string[]; readonly ttl?: number; readonly simple?: boolean }>>;
  /** By route key. */
  readonly routes?: Readonly<Record<string, RouteDescription>>;
  readonly stages?: Readonly<Record<string, StageDescription | null>>;
}

export interface RouteDescription {
  /** `function NAME[:QUALIFIER]`, `listener BALANCER PORT`, a URL, `service SUBTYPE`; absent: nothing. */
  readonly to?: string;
  readonly more?: Partial<Integration>;
  /** `iam`, `jwt NAME`, `lambda NAME`. */
  readonly auth?: string;
  readonly scopes?: readonly string[];
  /** It asks for an API key. */
  readonly keyed?: boolean;
  /** Of WebSocket APIs: the integration's answer goes to the client. */
  readonly responds?: boolean;
}

export interface StageDescription {
  readonly variables?: Text;
  /** Rate and burst. */
  readonly throttle?: readonly [number | null, number | null];
  readonly throttles?: Readonly<Record<string, readonly [number | null, number | null]>>;
  readonly log?: { readonly to: string; readonly format: string };
  readonly undeployed?: boolean;
}

export interface DomainDescription {
  readonly certificate: string;
  /** Mutual TLS: what the truststore holds. */
  readonly trusts?: readonly string[];
  readonly mode?: 'API_MAPPING_ONLY' | 'ROUTING_RULE_ONLY' | 'ROUTING_RULE_THEN_API_MAPPING';
  /** `API STAGE` by key. */
  readonly mappings?: Text;
  readonly rules?: Readonly<Record<string, { readonly to: string; readonly strip?: boolean; readonly when?: readonly RoutingRuleCondition[] }>>;
}

const PLACE = { account: ACCOUNT, region: REGION, createdAt: 0 };

export function describedApis({ apis = {}, domains = {}, plans = {} }: ApiWorldDescription): readonly Row[] {
  return [
    { kind: 'apigatewayv2/vpc-link', resource: { ...PLACE, id: vpcLinkRowId(REGION, 'link'), parent: null, vpcLinkId: 'link', name: 'link', subnetIds: [], securityGroupIds: [], tags: [] } },
    ...Object.entries(apis).flatMap(([id, about]) => apiRows(id, about)),
    ...Object.entries(domains).flatMap(([name, about]) => domainRows(name, about)),
    ...Object.entries(plans).flatMap(([id, about]) => planRows(id, about)),
  ];
}

function planRows(id: string, { stages, throttle, quota, keys = {} }: PlanDescription): readonly Row[] {
  const limits = ([rateLimit, burstLimit]: readonly [number | null, number | null]) => ({ rateLimit, burstLimit });
  const apiStages = Object.entries(stages).map(([stage, routes]) => ({ apiId: stage.split(' ')[0]!, stage: stage.split(' ')[1]!, throttle: Object.fromEntries(Object.entries(routes ?? {}).map(([route, one]) => [route, limits(one)])) }));
  return [
    { kind: 'apigateway/usage-plan', resource: { ...PLACE, id, parent: null, name: id, description: null, productCode: null, tags: [], apiStages, throttle: throttle === undefined ? null : limits(throttle), quota: quota ?? null } },
    ...Object.entries(keys).flatMap(([key, value]): readonly Row[] => [
      { kind: 'apigateway/api-key', resource: { ...PLACE, id: key, parent: null, name: key, description: null, value, enabled: !value.startsWith('-'), customerId: null, lastUpdatedAt: 0, tags: [] } },
      { kind: 'apigateway/usage-plan-key', resource: { ...PLACE, id: `${id}/${key}`, parent: id, keyId: key } },
    ]),
  ];
}

function apiRows(id: string, about: ApiDescription): readonly Row[] {
  const settings = {
    protocolType: about.socket === undefined ? ('HTTP' as const) : ('WEBSOCKET' as const), routeSelectionExpression: about.socket ?? HTTP_ROUTE_SELECTION, apiKeySelectionExpression: DEFAULT_API_KEY_SELECTION, disableExecuteApiEndpoint: about.closed ?? false, disableSchemaValidation: false,
    corsConfiguration: about.cors === undefined ? null : { allowCredentials: null, allowHeaders: null, allowMethods: null, allowOrigins: null, exposeHeaders: null, maxAge: null, ...about.cors },
  };
  const api: Api = {
    ...PLACE, ...settings, id, parent: null, name: id, description: null, version: null, apiEndpoint: `https://${apiHost(id, REGION, 'localhost')}`, ipAddressType: 'ipv4', importInfo: [], warnings: [], tags: [],
  };
  const integrations: Integration[] = [];
  const routes = Object.entries(about.routes ?? {}).map(([key, route], i): Route => {
    const target = route.to === undefined ? null : `i${i + 1}`;
    if (target !== null) integrations.push(integration(id, target, route));
    const [kind = 'none', authorizerId = null] = (route.auth ?? 'none').split(' ');
    return {
      ...PLACE, id: `${id}/r${i + 1}`, parent: id, routeId: `r${i + 1}`, routeKey: key, target: target === null ? null : `integrations/${target}`,
      authorizationType: kind === 'iam' ? 'AWS_IAM' : kind === 'jwt' ? 'JWT' : kind === 'lambda' ? 'CUSTOM' : 'NONE', authorizerId, authorizationScopes: route.scopes ?? [], apiKeyRequired: route.keyed ?? false, operationName: null,
      modelSelectionExpression: null, requestModels: null, requestParameters: null, routeResponseSelectionExpression: route.responds ? '$default' : null, apiGatewayManaged: false,
    };
  });
  const routeResponses = routes.filter(({ routeResponseSelectionExpression }) => routeResponseSelectionExpression !== null).map((route): RouteResponse => ({
    ...PLACE, id: `${route.id}/a`, parent: route.id, routeResponseId: 'a', routeResponseKey: '$default', modelSelectionExpression: null, responseModels: null, responseParameters: null,
  }));
  const authorizers = Object.entries(about.authorizers ?? {}).map(([name, one]): Authorizer => {
    const base = { ...PLACE, id: `${id}/${name}`, parent: id, authorizerId: name, name, identitySource: one.sources ?? ['$request.header.Authorization'] };
    if (one.jwt) return { ...base, authorizerType: 'JWT', jwtConfiguration: one.jwt };
    return {
      ...base, authorizerType: 'REQUEST', authorizerUri: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${arns.function(one.function ?? '')}/invocations`, authorizerCredentialsArn: null,
      authorizerPayloadFormatVersion: '2.0', authorizerResultTtlInSeconds: one.ttl ?? 0, enableSimpleResponses: one.simple ?? false, identityValidationExpression: null,
    };
  });
  const deployment: Deployment = {
    ...PLACE, id: `${id}/d1`, parent: id, deploymentId: 'd1', description: null, autoDeployed: true, deploymentStatus: 'DEPLOYED', deploymentStatusMessage: null,
    document: { api: settings, routes, routeResponses, integrations, integrationResponses: [], authorizers, models: [] },
  };
  return [
    { kind: 'apigatewayv2/api', resource: api },
    { kind: 'apigatewayv2/deployment', resource: deployment },
    ...Object.entries(about.stages ?? { $default: {} }).map(([name, stage]): Row => ({ kind: 'apigatewayv2/stage', resource: stageOf(id, name, stage ?? {}) })),
  ];
}

function integration(api: string, id: string, { to = '', more = {} }: RouteDescription): Integration {
  const [word = '', name = '', port = ''] = to.split(' ');
  const base: Integration = {
    ...PLACE, id: `${api}/${id}`, parent: api, integrationId: id, integrationType: 'HTTP_PROXY', integrationSubtype: null, integrationUri: to, integrationMethod: 'ANY', connectionType: 'INTERNET', connectionId: null,
    credentialsArn: null, description: null, payloadFormatVersion: '1.0', requestParameters: null, responseParameters: null, timeoutInMillis: 30_000, tlsConfig: null, contentHandlingStrategy: null, passthroughBehavior: null,
    requestTemplates: null, templateSelectionExpression: null, integrationResponseSelectionExpression: null, apiGatewayManaged: false,
  };
  switch (word) {
    case 'function':
      return { ...base, integrationType: 'AWS_PROXY', integrationUri: name.includes('$') ? name : arns.function(name), integrationMethod: 'POST', payloadFormatVersion: '2.0', ...more };
    case 'listener':
      return { ...base, integrationUri: name.startsWith('arn:') ? name : arns.listener(name, port), connectionType: 'VPC_LINK', connectionId: 'link', ...more };
    case 'service':
      return { ...base, integrationType: 'AWS_PROXY', integrationSubtype: name, integrationUri: null, integrationMethod: null, ...more };
    default:
      return { ...base, ...more };
  }
}

function stageOf(api: string, name: string, about: StageDescription): Stage {
  return {
    ...PLACE, id: `${api}/${name}`, parent: api, stageName: name, description: null, deploymentId: about.undeployed ? null : 'd1', autoDeploy: true,
    accessLogSettings: about.log === undefined ? null : { destinationArn: about.log.to, format: about.log.format }, defaultRouteSettings: settingsOf(about.throttle ?? [null, null]),
    routeSettings: Object.fromEntries(Object.entries(about.throttles ?? {}).map(([key, throttle]) => [key, settingsOf(throttle)])), stageVariables: about.variables ?? {}, clientCertificateId: null,
    lastDeploymentStatusMessage: null, lastUpdatedAt: 0, authorizersCacheEpoch: 0, apiGatewayManaged: false, tags: [],
  };
}

function settingsOf([rate, burst]: readonly [number | null, number | null]): RouteSettings {
  return { dataTraceEnabled: null, detailedMetricsEnabled: null, loggingLevel: null, throttlingRateLimit: rate, throttlingBurstLimit: burst };
}

function domainRows(name: string, about: DomainDescription): readonly Row[] {
  const id = domainNameRowId(REGION, name);
  return [
    {
      kind: 'apigatewayv2/domain-name',
      resource: {
        ...PLACE, id, parent: null, domainName: name, routingMode: about.mode ?? 'API_MAPPING_ONLY', tags: [],
        mutualTls: about.trusts ? { truststoreUri: 's3://trust/store.pem', certificates: about.trusts, warnings: [] } : null,
        configurations: [{
          apiGatewayDomainName: `d-0.execute-api.${REGION}.localhost`, certificateArn: arns.certificate(about.certificate), certificateName: null, endpointType: 'REGIONAL', hostedZoneId: 'Z', ipAddressType: 'ipv4',
          securityPolicy: 'TLS_1_2', ownershipVerificationCertificateArn: null,
        }],
      },
    },
    ...Object.entries(about.mappings ?? {}).map(([key, to], i): Row => {
      const [apiId = '', stage = ''] = to.split(' ');
      return { kind: 'apigatewayv2/api-mapping', resource: { ...PLACE, id: `${id}/m${i}`, parent: id, apiMappingId: `m${i}`, apiId, apiMappingKey: key, stage } };
    }),
    ...Object.entries(about.rules ?? {}).map(([priority, { to, strip = false, when = [] }]): Row => {
      const [apiId = '', stage = ''] = to.split(' ');
      return {
        kind: 'apigatewayv2/routing-rule',
        resource: { ...PLACE, id: `${id}/${priority}`, parent: id, routingRuleId: priority, routingRuleArn: routingRuleArn(PLACE, name, priority), priority: Number(priority), conditions: when, action: { apiId, stage, stripBasePath: strip } },
      };
    }),
  ];
}
