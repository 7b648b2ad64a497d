import { redactPolicy, type Action, type Policy } from '../../snapshot/index.ts';
import { HEALTHY, UNCHECKED, UNHEALTHY, type HealthState, type Ledger } from '../ledger/index.ts';
import type { Explanation, Routable } from '../routing/index.ts';
import type { LinkedStage } from './apis/apis-target.ts';
import { explainApi, type ApiExplanation } from './apis/explain-api.ts';
import type { PoolLink } from './link-action.ts';
import type { LinkedSite } from './linked-site.ts';

/** A request that nobody sent: what would happen to it. */
export interface RequestToExplain {
  readonly protocol: 'http' | 'https';
  readonly method: string;
  /** Lower-case, without its port. */
  readonly host: string;
  /** The port it would be sent to. */
  readonly port: number;
  /** Null: any address that listens on the port. */
  readonly address: string | null;
  readonly path: string;
  readonly query: string | null;
  /** Names lower-case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly sourceAddress: string;
}

export type RequestExplanation =
  | { readonly served: false; readonly why: string; readonly listening: readonly string[] }
  | {
      readonly served: true;
      readonly listener: { readonly id: string; readonly owner: string; readonly binding: string; readonly claimedBy: string };
      readonly routing: Explanation;
      /** In the order in which they run. */
      readonly policies: readonly Policy[];
      readonly action: Action;
      readonly pools: readonly PoolExplanation[];
      /** What an API makes of it, where the action is `apis`. */
      readonly api: ApiExplanation | null;
      /** The listener that the API's integration runs, and so on; null: none. */
      readonly next: RequestExplanation | null;
    };

export interface PoolExplanation {
  readonly id: string;
  readonly label: string;
  /** Share of the exchanges, 0 to 1. */
  readonly share: number;
  readonly failingOpen: boolean;
  readonly endpoints: readonly EndpointExplanation[];
  /** For functions. */
  readonly functionArn: string | null;
  readonly refused: string | null;
}

export interface EndpointExplanation {
  readonly target: string;
  readonly address: string | null;
  readonly health: 'healthy' | 'unhealthy' | 'unchecked' | 'unknown';
  /** Gets exchanges now. */
  readonly eligible: boolean;
  readonly why: string;
}

interface Context {
  readonly sites: readonly LinkedSite[];
  readonly pools: ReadonlyMap<string, PoolLink>;
  readonly stages: ReadonlyMap<string, LinkedStage>;
  readonly ledger: Ledger;
}

/** Follows a request through the linked configuration: the listener that claims it, every route considered, the action, the endpoints. */
export function explainRequest(request: RequestToExplain, context: Context): RequestExplanation {
  const claims = context.sites.flatMap((site) =>
    site.listener.bindings
      .filter((binding) => binding.port === request.port && (request.address === null || binding.address === request.address))
      .map((binding) => ({ site, binding })),
  );
  const wildcard = `*${request.host.slice(Math.max(request.host.indexOf('.'), 0))}`;
  const named = claims.find(({ binding }) => binding.hosts.includes(request.host)) ?? claims.find(({ binding }) => binding.hosts.includes(wildcard));
  const claim = named ?? claims.find(({ binding }) => binding.hosts.includes('*'));
  if (!claim) {
    const listening = [...new Set(context.sites.flatMap((site) => site.listener.bindings.map(({ address, port }) => `${site.listener.protocol}://${address}:${port}`)))];
    return { served: false, why: claims.length > 0 ? `no listener on port ${request.port} claims the host ${request.host}` : `nothing listens on port ${request.port}`, listening };
  }
  const { site, binding } = claim;
  const { listener } = site;
  if (listener.protocol !== request.protocol) {
    return { served: false, why: `port ${request.port} speaks ${listener.protocol}, not ${request.protocol}`, listening: [`${listener.protocol}://${binding.address}:${binding.port}`] };
  }
  return explained(site, { binding: `${binding.address}:${binding.port}`, claimedBy: named ? `host ${request.host}` : 'any host' }, { request, context });
}

function explained(site: LinkedSite, found: { readonly binding: string; readonly claimedBy: string }, { request, context }: { readonly request: RequestToExplain; readonly context: Context }): RequestExplanation {
  const { listener } = site;
  const routing = site.router.explain(asRoutable(request));
  const route = routing.chosen.fallback ? listener.fallback : listener.routes.find(({ id }) => id === routing.chosen.id)!;
  const api = route.action.kind === 'apis' ? explainApi(route.action, asRoutable(request), context.stages) : null;
  const next = api?.listener == null ? undefined : context.sites.find(({ listener: { id } }) => id === api.listener);
  return {
    served: true,
    listener: { id: listener.id, owner: listener.owner, ...found },
    routing,
    policies: route.policies.map(redactPolicy),
    action: route.action,
    pools: route.action.kind === 'forward' || route.action.kind === 'sticky-forward' ? explainPools(route.action.pools, context) : [],
    api,
    next: next === undefined ? null : explained(next, { binding: 'no socket', claimedBy: 'the integration of the API' }, { request, context }),
  };
}

function asRoutable(request: RequestToExplain): Routable {
  return {
    method: request.method,
    path: request.path,
    query: request.query,
    host: request.host,
    downstream: { remoteAddress: request.sourceAddress },
    headerValues: (name) => request.headers.filter(([field]) => field === name).map(([, value]) => value),
  };
}

function explainPools(pools: readonly { readonly pool: string; readonly weight: number }[], { pools: links, ledger }: Context): readonly PoolExplanation[] {
  const sum = pools.reduce((total, { weight }) => total + weight, 0);
  return pools.map(({ pool: id, weight }): PoolExplanation => {
    const link = links.get(id);
    const share = pools.length === 1 ? 1 : sum === 0 ? 0 : weight / sum;
    if (link?.kind === 'function') {
      const { pool } = link.linked;
      return { id, label: pool.label, share, failingOpen: false, endpoints: [], functionArn: pool.functionArn, refused: pool.refused };
    }
    if (!link) return { id, label: '', share, failingOpen: false, endpoints: [], functionArn: null, refused: 'the snapshot has no such pool' };
    const { pool, endpoints, eligible, failingOpen } = link.linked;
    const linked = new Map(endpoints.map((endpoint) => [endpoint.snapshot, endpoint]));
    return {
      id, label: pool.label, share, failingOpen, functionArn: null, refused: null,
      endpoints: pool.endpoints.map((snapshot): EndpointExplanation => {
        const endpoint = linked.get(snapshot);
        const health = endpoint ? healthWord(ledger.health(endpoint.healthSlot)) : 'unknown';
        const chosen = endpoint !== undefined && eligible.includes(endpoint);
        return { target: snapshot.target, address: endpoint?.upstream.label ?? null, health, eligible: chosen, why: whyEligible({ snapshot, health, chosen, failingOpen }) };
      }),
    };
  });
}

function healthWord(state: HealthState): EndpointExplanation['health'] {
  return state === HEALTHY ? 'healthy' : state === UNHEALTHY ? 'unhealthy' : state === UNCHECKED ? 'unchecked' : 'unknown';
}

function whyEligible(endpoint: { readonly snapshot: { readonly unusable: string | null; readonly drainingUntil: number | null }; readonly health: string; readonly chosen: boolean; readonly failingOpen: boolean }): string {
  if (endpoint.snapshot.unusable !== null) return `may not be used: ${endpoint.snapshot.unusable}`;
  if (endpoint.snapshot.drainingUntil !== null) return 'is being deregistered';
  if (endpoint.chosen && endpoint.failingOpen) return 'no target is healthy, so all registered ones serve';
  return endpoint.chosen ? `is ${endpoint.health}` : `is ${endpoint.health === 'unknown' ? 'not checked yet' : endpoint.health}`;
}
