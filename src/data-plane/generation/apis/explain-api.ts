import type { ApiEntrance, ApiRoute, HttpStage, Integration } from '../../../snapshot/index.ts';
import { EntranceRouter, routePathOf, type ApiMatchKind } from '../../routing/index.ts';
import type { LinkedStage } from './apis-target.ts';

/** A request as explaining needs it. */
export interface ApiArrival {
  readonly method: string;
  readonly path: string;
  readonly headerValues: (name: string) => readonly string[];
}

export interface ApiExplanation {
  /** Why it goes nowhere; null where a stage serves. */
  readonly nowhere: string | null;
  readonly stage: string;
  readonly basePath: string;
  /** What routes are matched against. */
  readonly routePath: string;
  readonly match: ApiMatchKind;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** In the order in which they are asked. */
  readonly throttles: readonly string[];
  readonly authorization: string;
  readonly integration: string;
  /** The listener whose routes are run next; null: none. */
  readonly listener: string | null;
}

const NOWHERE: ApiExplanation = { nowhere: '', stage: '', basePath: '', routePath: '', match: 'none', routeKey: '', pathParameters: {}, throttles: [], authorization: '', integration: '', listener: null };

/** Follows a request from an entrance of APIs to an integration, without performing anything. */
export function explainApi(entrance: ApiEntrance, request: ApiArrival, stages: ReadonlyMap<string, LinkedStage>): ApiExplanation {
  const point = new EntranceRouter(entrance, () => null).find(request);
  if (point === null) return { ...NOWHERE, nowhere: entrance.entrance === 'api' ? 'the API has no stage there: 404' : 'no mapping or rule of the domain fits: 403' };
  const found = { ...NOWHERE, nowhere: null, stage: point.stage, basePath: point.basePath, routePath: routePathOf(point, request.path) };
  const stage = stages.get(point.stage);
  if (stage === undefined) return { ...found, nowhere: `stage ${point.stage} is not served` };
  if (stage.kind === 'websocket') return { ...found, integration: 'a WebSocket API: its routes are run for messages' };
  const { linked } = stage;
  const match = linked.apiRouter.match(request.method, found.routePath);
  if (match === null) return { ...found, nowhere: 'no route matches: 404' };
  const route = linked.stage.routes[match.position]!;
  const integration = route.integration === null ? null : linked.stage.integrations[route.integration]!;
  const preflight = linked.stage.cors !== null && request.method === 'OPTIONS' && request.headerValues('origin').length > 0 && request.headerValues('access-control-request-method').length > 0;
  if (preflight) return { ...found, integration: 'a preflight request: answered by the gateway' };
  return {
    ...found,
    match: linked.apiRouter.kind(request.method, found.routePath),
    routeKey: route.key,
    pathParameters: Object.fromEntries(match.names.map((name, i) => [name, match.values[i]!])),
    throttles: throttlesOf(linked.stage, route),
    authorization: `${entrance.trustStore === null ? '' : `a certificate of a client that ${entrance.trustStore} trusts; `}${route.keyed ? 'an API key of a usage plan of the stage; ' : ''}${authorizationOf(linked.stage, route)}`,
    integration: integration === null ? 'none is attached: 500' : integrationText(integration),
    listener: integration?.kind === 'listener' ? integration.listener : null,
  };
}

function throttlesOf(stage: HttpStage, route: ApiRoute): readonly string[] {
  return [route.throttle ?? stage.throttle, stage.accountThrottle].flatMap((throttle) => (throttle === null ? [] : [`${throttle.key}: ${throttle.rate} a second, ${throttle.burst} at once`]));
}

function authorizationOf(stage: HttpStage, { authorization }: ApiRoute): string {
  switch (authorization.kind) {
    case 'none':
      return 'none';
    case 'iam':
      return 'signed by an identity that may execute-api:Invoke';
    case 'jwt':
    case 'lambda': {
      const authorizer = stage.authorizers[authorization.authorizer]!;
      switch (authorizer.kind) {
        case 'jwt':
          return `token of ${authorizer.issuer} for ${authorizer.audience.join(' or ')}${authorization.kind === 'jwt' && authorization.scopes.length > 0 ? ` with scope ${authorization.scopes.join(' or ')}` : ''}`;
        case 'lambda':
          return `function ${authorizer.function.functionArn}${authorizer.function.refused === null ? '' : `, which cannot be called: ${authorizer.function.refused}`}`;
        case 'unservable':
          return `refuses everything: ${authorizer.why}`;
      }
    }
  }
}

function integrationText(integration: Integration): string {
  switch (integration.kind) {
    case 'lambda':
      return `function ${integration.function.functionArn}, format ${integration.payload}${integration.function.refused === null ? '' : `, which cannot be called: ${integration.function.refused}`}`;
    case 'http':
      return `${integration.method} ${integration.url}`;
    case 'instances':
      return `${integration.service} at ${integration.addresses.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
    case 'listener':
      return `listener ${integration.listener}, in this process`;
    case 'aws-service':
      return `${integration.subtype} in ${integration.region}`;
    case 'unservable':
      return `answers ${integration.status}: ${integration.why}`;
  }
}
