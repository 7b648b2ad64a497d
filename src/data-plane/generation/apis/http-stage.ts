import type { ApiRoute, Authorizer, HttpStage, JwtPolicy, Listener, Throttle } from '../../../snapshot/index.ts';
import type { Clock, Wheel } from '../../../kernel/index.ts';
import {
  ApiExchange, gatewayErrors, NEXT, RecordedExchange, WAIT, type ApiObserver, type ApiSite, type Entry, type Exchange, type GatewayError, type LinkedRoute, type Observer, type RequestIds, type Settled, type Step,
} from '../../exchange/index.ts';
import type { TokenBuckets } from '../../ledger/index.ts';
import { ApiKeyStep, IamStep, JwtStep, LambdaAuthorizerStep, RefusingStep, ResponseCacheStep, ThrottleStep, ValidateRequestStep, type ResponseCache, type AuthorizerAnswers, type PolicyWorker, type Signers, type UsagePlans } from '../../policies/index.ts';
import { ApiRouter } from '../../routing/index.ts';
import {
  authorizerEvent, HttpIntegration, identitySource, InstancesIntegration, LambdaIntegration, LONGEST_API_BODY, routeArn, ServiceIntegration, urlParts, type ApiIntegration, type FunctionCaller, type MappedFields, type ServiceEndpoint, type TraceIds,
} from '../../targets/index.ts';
import type { ResolvedHost, ResolvedHosts } from '../../upstreams/index.ts';
import type { LinkedSite } from '../linked-site.ts';
import { listenerOfStage } from './api-listener.ts';
import { ListenerIntegration } from './chained-listener.ts';

/** What the stages of one worker are made from. */
export interface ApiContext {
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly caller: FunctionCaller;
  readonly traceIds: TraceIds;
  readonly fields: MappedFields;
  readonly requestIds: RequestIds;
  readonly hosts: ResolvedHosts;
  readonly buckets: TokenBuckets;
  /** Slots of buckets by `Throttle.key`. */
  readonly bucketSlots: ReadonlyMap<string, number>;
  readonly plans: UsagePlans;
  readonly policies: PolicyWorker;
  readonly answers: AuthorizerAnswers;
  readonly cache: ResponseCache;
  readonly signers: () => Signers;
  readonly site: (listener: string) => LinkedSite | null;
  readonly services: ServiceEndpoint | null;
}

interface LinkedApiRoute {
  readonly route: ApiRoute;
  readonly steps: readonly Step[];
  readonly integration: ApiIntegration;
}

const NOBODY: Observer = { exchangeEnded: () => {}, connectionOpened: () => {}, connectionClosed: () => {}, connectionRefused: () => {}, handshakeFailed: () => {} };

/**
 * "Total combined size of request line and header values" (http-api-quotas.html), in octets as they came: over HTTP/2 compressed, so that there somewhat more passes.
 */
const LONGEST_HEAD = 10_240;

/** A stage of an HTTP API, ready to serve. */
export class LinkedHttpStage implements ApiSite {
  readonly stage: HttpStage;
  readonly listener: Listener;
  readonly observer = NOBODY;
  readonly apiObserver: ApiObserver;
  readonly apiRouter: ApiRouter;
  /** The hosts that its integrations have connections to. */
  readonly hosts: readonly ResolvedHost[];
  readonly #routes: readonly LinkedApiRoute[];
  readonly requestIds: RequestIds;
  readonly #records: boolean;

  constructor(stage: HttpStage, context: ApiContext, observer: ApiObserver) {
    this.stage = stage;
    this.listener = listenerOfStage(stage);
    this.apiObserver = observer;
    this.requestIds = context.requestIds;
    const hosts: ResolvedHost[] = [];
    const integrations = new Map(Object.keys(stage.integrations).map((id) => [id, linkIntegration(stage, id, { context, hosts })]));
    this.hosts = hosts;
    this.#routes = stage.routes.map((route) => ({
      route,
      steps: stepsOf(stage, route, context),
      integration: (route.integration === null ? undefined : integrations.get(route.integration)) ?? UNATTACHED,
    }));
    this.apiRouter = new ApiRouter(stage.routes);
    this.#records = stage.routes.some(({ cache }) => cache !== null);
  }

  /** Serves a request that an entrance led here. */
  enter(outer: Exchange, entry: Entry, routePath: string): void {
    const call = this.#records ? new RecordedExchange(outer, entry, this) : new ApiExchange(outer, entry, this);
    call.routePath = routePath;
    if (outer.bytesIn > LONGEST_HEAD) return call.refuse(gatewayErrors.headersTooLarge);
    if (call.preflight()) return;
    const match = this.apiRouter.match(call.method, routePath);
    if (match === null) return call.unmatched();
    const linked = this.#routes[match.position]!;
    call.apiRoute = linked.route;
    call.position = match.position;
    call.pathNames = match.names;
    call.pathValues = match.values;
    run(call, linked, 0);
  }

  proceed(exchange: Exchange, verdict: Settled): void {
    if (exchange.ended) return;
    const call = exchange as ApiExchange;
    call.prompt = false;
    const linked = this.#routes[call.position]!;
    call.goOn(() => (verdict === NEXT ? run(call, linked, call.step + 1) : settle(call, verdict)));
  }

  /** A stage is reached by entrances, which call `enter`. */
  serve(exchange: Exchange): void {
    exchange.reply({ status: 404, reason: null, headers: '', body: null });
  }

  readonly router = { match: (): LinkedRoute => unreachable() };
}

function unreachable(): never {
  throw new Error('An API has routes of its own kind.');
}

function run(call: ApiExchange, { steps, integration }: LinkedApiRoute, from: number): void {
  for (let i = from; i < steps.length; i++) {
    call.step = i;
    const verdict = steps[i]!.onRequest(call);
    if (verdict === WAIT) return;
    if (verdict !== NEXT) return settle(call, verdict);
  }
  integration.serve(call);
}

/** A step answers in place of the integration. */
function settle(call: ApiExchange, verdict: Exclude<Settled, typeof NEXT>): void {
  if ('code' in verdict) return call.fail(verdict);
  if (call.errorReason !== '' && call.authorizerError === '') call.authorizerError = call.errorReason;
  call.error ??= errorOfStatus(verdict.status);
  call.reply(verdict);
}

function errorOfStatus(status: number): GatewayError {
  switch (status) {
    case 401:
      return gatewayErrors.unauthorized;
    case 403:
      return gatewayErrors.forbidden;
    case 429:
      return gatewayErrors.tooManyRequests;
    default:
      return gatewayErrors.authorizerFailure;
  }
}

const UNATTACHED: ApiIntegration = {
  serve(call) {
    call.integrationError = 'No integration is attached to the route';
    call.refuse(gatewayErrors.internal);
  },
};

/**
 * In the order in which they run: throttling protects authorizers too, as keys that come in a header do; those protect integrations, and who may not come in is not told what a
 * request must have.
 */
function stepsOf(stage: HttpStage, route: ApiRoute, context: ApiContext): readonly Step[] {
  const throttles: readonly Throttle[] = [route.throttle ?? stage.throttle, stage.accountThrottle].filter((throttle) => throttle !== null);
  const throttle = new ThrottleStep(throttles, { buckets: context.buckets, slots: context.bucketSlots });
  const key = keyStep(stage, route, context);
  const authorization = authorizationStep(stage, route, context);
  const validation = route.validation === null ? [] : [new ValidateRequestStep(route.validation, { longestBody: LONGEST_API_BODY })];
  // the last: what is kept is for those who come as far as the integration
  const last = route.cache === null ? validation : [...validation, new ResponseCacheStep(route.cache, context.cache)];
  return [throttle, ...(stage.keys?.source === 'authorizer' ? [...authorization, ...key] : [...key, ...authorization]), ...last];
}

/** Nobody passes a route that asks for a key where the stage does not say how to know one. */
function keyStep({ id, keys }: HttpStage, { keyed, key }: ApiRoute, { plans }: ApiContext): readonly Step[] {
  if (!keyed) return [];
  return [keys === null ? new RefusingStep('The stage knows no API keys') : new ApiKeyStep(plans, { keys, stage: id, route: key })];
}

function authorizationStep(stage: HttpStage, { authorization }: ApiRoute, context: ApiContext): readonly Step[] {
  switch (authorization.kind) {
    case 'none':
      return [];
    case 'iam':
      return [new IamStep({ signers: context.signers, clock: context.clock, routeArn, longestBody: LONGEST_API_BODY })];
    case 'jwt':
    case 'lambda':
      return [authorizerStep(stage.authorizers[authorization.authorizer], authorization.kind === 'jwt' ? authorization.scopes : [], context)];
  }
}

function authorizerStep(authorizer: Authorizer | undefined, scopes: readonly string[], context: ApiContext): Step {
  switch (authorizer?.kind) {
    case undefined:
      return new RefusingStep('The authorizer of the route does not exist');
    case 'unservable':
      return new RefusingStep(authorizer.why);
    case 'jwt':
      return new JwtStep(jwtPolicy(authorizer, scopes), context.policies);
    case 'lambda':
      return new LambdaAuthorizerStep(authorizer, {
        caller: context.caller, answers: context.answers, wheel: context.wheel, routeArn, sources: authorizer.identitySources.map(identitySource),
        event: (call, identity) => authorizerEvent(call, { version: authorizer.payload, identity, traceIds: context.traceIds }),
      });
  }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html: RSA only, the issuer's discovery document, aud or client_id. */
function jwtPolicy(authorizer: Extract<Authorizer, { kind: 'jwt' }>, scopes: readonly string[]): JwtPolicy {
  return {
    answers: 'http-api',
    sources: authorizer.identitySources.flatMap((source): JwtPolicy['sources'] => {
      const [, part, name] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
      if (part === 'header') return [{ kind: 'header', name: name!.toLowerCase(), schemeRequired: false }];
      return part === 'querystring' ? [{ kind: 'query', name: name! }] : [];
    }),
    keys: { kind: 'discovery', url: `${authorizer.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, maxBytes: 1024 * 1024, maxKeys: 100 },
    algorithms: ['RS256', 'RS384', 'RS512'],
    kidRequired: true,
    issuer: authorizer.issuer,
    audiences: authorizer.audience,
    claims: [],
    scopes,
    leewaySeconds: 0,
  };
}

function linkIntegration(stage: HttpStage, id: string, { context, hosts }: { readonly context: ApiContext; readonly hosts: ResolvedHost[] }): ApiIntegration {
  const integration = stage.integrations[id]!;
  switch (integration.kind) {
    case 'lambda':
      return new LambdaIntegration(integration, context);
    case 'http': {
      const parts = urlParts(integration.url);
      if (parts === null) return unservable('Invalid endpoint address');
      const host = context.hosts.get({ host: parts.host, port: parts.port, secure: parts.secure, serverName: parts.secure ? (integration.serverName ?? parts.host) : null });
      hosts.push(host);
      return new HttpIntegration(integration, host, context);
    }
    case 'instances': {
      const { serverName } = integration;
      const places = integration.addresses.map(({ host, port }) => ({ host: context.hosts.get({ host, port, secure: serverName !== null, serverName }), authority: `${host}:${port}` }));
      const [first, ...rest] = places;
      if (first === undefined) return unservable('The service has no instances', 503);
      hosts.push(...places.map(({ host }) => host));
      return new InstancesIntegration(integration, [first, ...rest], context);
    }
    case 'listener':
      return new ListenerIntegration(integration, context);
    case 'aws-service':
      return new ServiceIntegration(integration, { outgoing: context.policies.outgoing, clock: context.clock, wheel: context.wheel, endpoint: context.services });
    case 'unservable':
      return unservable(integration.why, integration.status);
  }
}

function unservable(why: string, status = 500): ApiIntegration {
  return {
    serve(call) {
      call.integrationError = why;
      call.refuse(status === 503 ? gatewayErrors.unavailable : gatewayErrors.internal);
    },
  };
}

