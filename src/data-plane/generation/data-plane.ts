import { Seal, type Random } from '../../kernel/index.ts';
import { apply, emptySnapshot, type ApiStage, type Certificate, type Listener, type Route, type Snapshot, type SnapshotDiff } from '../../snapshot/index.ts';
import { RequestIds, type ApiObserver, type LinkedRoute, type Observer } from '../exchange/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { CertificateContexts, type CertificateChoice, type Http1Worker } from '../listeners/index.ts';
import { AuthorizerAnswers, CALLBACK_PATH, linkCallback, linkStep, Signers, type PlanSlots, type PolicyWorker, ResponseCache, UsagePlans } from '../policies/index.ts';
import { linkRouter } from '../routing/index.ts';
import { LinkedFunctionPool, MappedFields, RequestHeadWriter, StickyEndpoints, TraceIds, type FunctionCaller, type ServiceEndpoint } from '../targets/index.ts';
import { LinkedPool, ResolvedHosts, UpstreamEndpoints, type ResolvedHost, type Resolver, type UpstreamEndpoint, type UpstreamWorker } from '../upstreams/index.ts';
import { apiManners } from './apis/api-manners.ts';
import type { LinkedStage } from './apis/apis-target.ts';
import { LinkedHttpStage, type ApiContext } from './apis/http-stage.ts';
import { linkSocketStage, type SocketSettings } from './apis/socket-stage.ts';
import { explainRequest, type RequestExplanation, type RequestToExplain } from './explain.ts';
import { linkAction, type PoolLink } from './link-action.ts';
import { actionsOf, EditingSite, LinkedSite, type OwnPath } from './linked-site.ts';
import { ResponseFields } from './response-fields.ts';
import { Sockets, type SocketReport } from './sockets.ts';

export interface DataPlaneSettings {
  readonly http1: Http1Worker;
  readonly upstreams: UpstreamWorker;
  readonly policies: PolicyWorker;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly caller: FunctionCaller;
  /** Made once for each new form of a stage. */
  readonly apiObserver: (stage: ApiStage) => ApiObserver;
  readonly resolve: Resolver;
  /** The WebSocket connections of the worker, which outlive generations. Absent: stages of WebSocket APIs are not served. */
  readonly sockets?: SocketSettings;
  /** Where AWS services are that are not served here; null: nowhere. */
  readonly services?: ServiceEndpoint | null;
  /** Made once for each new form of a listener. */
  readonly observer: (listener: Listener) => Observer;
  /** An observer that no new exchange is told to; those under way still are. */
  readonly retired: (observer: Observer) => void;
  /** 48 octets that all workers share. */
  readonly ticketKeys: Buffer;
  /** Several workers listen on the same addresses. */
  readonly reusePort: boolean;
  readonly connectionLimit: number;
  /** How long connections of removed listeners, and requests to removed endpoints, may last (ms). */
  readonly drainMs: number;
}

/** A change of configuration as a worker gets it. */
export interface Update {
  readonly difference: SnapshotDiff;
  /** Slots of the ledger for the endpoints of the pools in `difference`, by endpoint key. */
  readonly slots: ReadonlyMap<string, number>;
  /** Slots of the ledger's buckets for the stages and usage plans in `difference`, by `Throttle.key` and `planBucket`. */
  readonly bucketSlots: ReadonlyMap<string, number>;
  /** Slots of the ledger's counted uses for the usage plans in `difference`, by `useKey`. */
  readonly useSlots: ReadonlyMap<string, number>;
}

interface Linked {
  readonly site: LinkedSite;
  certificates: CertificateChoice | null;
  /** Why its certificates cannot be used; null when they can. */
  refused: string | null;
}

/**
 * How long requests in flight to the endpoints of a pool may go on should they be in it no more: what is being deregistered has had its delay when it
 * leaves, anything else has that of its pool.
 */
function noteLeaving(link: PoolLink | undefined, leaving: Map<UpstreamEndpoint, number>): void {
  if (link?.kind !== 'http') return;
  for (const { upstream, snapshot } of link.linked.endpoints) {
    const graceMs = snapshot.drainingUntil === null ? link.linked.pool.drainMs : 0;
    leaving.set(upstream, Math.max(graceMs, leaving.get(upstream) ?? 0));
  }
}

/** A fault of ours in one listener, or stage, must not take the worker, and with it all others, away. */
function unlinkable(error: unknown): string {
  return `it cannot be linked, and what it served before goes on: ${(error as Error).message}`;
}

/** The configuration as one worker serves it. */
export class DataPlane {
  readonly #settings: DataPlaneSettings;
  readonly #sockets: Sockets;
  readonly #endpoints: UpstreamEndpoints;
  readonly #contexts: CertificateContexts;
  readonly #traceIds: TraceIds;
  readonly #seal: Seal;
  readonly #pools = new Map<string, PoolLink>();
  readonly #sites = new Map<string, Linked>();
  /** Why the newest form of a listener, or of a stage, is not the one that serves, by id. */
  readonly #unlinked = new Map<string, string>();
  readonly #stages = new Map<string, LinkedStage>();
  readonly #requestIds: RequestIds;
  readonly #hosts: ResolvedHosts;
  readonly #answers = new AuthorizerAnswers();
  readonly #cache = new ResponseCache();
  readonly #plans: UsagePlans;
  readonly #fields = new MappedFields();
  #signers = new Signers([]);
  #snapshot: Snapshot = emptySnapshot;

  constructor(settings: DataPlaneSettings) {
    this.#settings = settings;
    this.#plans = new UsagePlans(settings.ledger);
    this.#sockets = new Sockets({ worker: settings.http1, reusePort: settings.reusePort, connectionLimit: settings.connectionLimit, drainMs: settings.drainMs });
    this.#endpoints = new UpstreamEndpoints(settings.upstreams);
    this.#contexts = new CertificateContexts(settings.ticketKeys);
    this.#traceIds = new TraceIds(settings.random);
    this.#seal = new Seal(settings.policies.keyFor('stickiness'));
    this.#requestIds = new RequestIds(settings.random);
    this.#hosts = new ResolvedHosts({ clock: settings.http1.clock, resolve: settings.resolve, endpoints: new UpstreamEndpoints(settings.upstreams) });
  }

  get revision(): number {
    return this.#snapshot.revision;
  }

  get connections(): number {
    return this.#sockets.connections;
  }

  /** From here on sessions are sealed with these 48 octets. */
  rotateTicketKeys(ticketKeys: Buffer): void {
    this.#contexts.rotateTicketKeys(ticketKeys);
  }

  /** Links what changed and swaps it in; resolves when new addresses are bound too. */
  async apply({ difference, slots, bucketSlots, useSlots }: Update): Promise<SocketReport> {
    const previous = this.#snapshot;
    const next = apply(previous, difference);
    this.#snapshot = next;
    this.#linkPools(difference, slots);
    this.#linkPlans(difference, { buckets: bucketSlots, uses: useSlots });
    this.#linkStages(difference, bucketSlots);
    const renewed = new Set(difference.certificates.put.map(({ id }) => id));
    for (const id of difference.listeners.delete) {
      this.#retire(id);
      this.#unlinked.delete(id);
    }
    for (const listener of Object.values(next.listeners)) {
      if (listener !== previous.listeners[listener.id]) {
        // linked before the old one is let go, so that what both use (an open log) stays in use
        let linked: Linked;
        try {
          linked = this.#linkSite(listener);
        } catch (error) {
          this.#unlinked.set(listener.id, unlinkable(error));
          continue;
        }
        this.#retire(listener.id);
        this.#unlinked.delete(listener.id);
        this.#sites.set(listener.id, linked);
      } else if (listener.tls?.certificates.some((id) => renewed.has(id))) {
        const linked = this.#sites.get(listener.id);
        if (linked) this.#linkCertificates(linked, listener);
      }
    }
    const report = await this.#sockets.serve(this.#sites.values());
    return this.#withRefusals(report);
  }

  explain(request: RequestToExplain): RequestExplanation {
    return explainRequest(request, { sites: [...this.#sites.values()].map(({ site }) => site), pools: this.#pools, stages: this.#stages, ledger: this.#settings.ledger });
  }

  drain(withinMs: number, handshakesMs = 0): Promise<void> {
    return this.#sockets.drain(withinMs, handshakesMs);
  }

  #retire(id: string): void {
    const linked = this.#sites.get(id);
    if (!linked) return;
    this.#sites.delete(id);
    this.#settings.retired(linked.site.observer);
  }

  #linkPools({ pools }: SnapshotDiff, slots: ReadonlyMap<string, number>): void {
    if (pools.put.length === 0 && pools.delete.length === 0) return;
    const { ledger, random } = this.#settings;
    const context = { slots, endpoints: this.#endpoints, ledger, random };
    const leaving = new Map<UpstreamEndpoint, number>();
    for (const id of pools.delete) {
      noteLeaving(this.#pools.get(id), leaving);
      this.#pools.delete(id);
    }
    for (const pool of pools.put) {
      const link = this.#pools.get(pool.id);
      noteLeaving(link, leaving);
      if (pool.kind === 'http') {
        if (link?.kind === 'http') link.linked.update(pool, context);
        else this.#pools.set(pool.id, { kind: 'http', linked: new LinkedPool(pool, context) });
      } else if (link?.kind === 'function') link.linked.pool = pool;
      else this.#pools.set(pool.id, { kind: 'function', linked: new LinkedFunctionPool(pool) });
    }
    const used = new Set<UpstreamEndpoint>();
    for (const link of this.#pools.values()) {
      if (link.kind === 'http') for (const endpoint of link.linked.endpoints) used.add(endpoint.upstream);
    }
    this.#endpoints.prune(used, (endpoint) => leaving.get(endpoint) ?? this.#settings.drainMs);
  }

  #linkPlans({ plans }: SnapshotDiff, slots: PlanSlots): void {
    for (const id of plans.delete) this.#plans.delete(id);
    for (const plan of plans.put) this.#plans.put(plan, slots);
  }

  /** Stages are replaced whole; requests that began in the old one finish there. */
  #linkStages({ stages, identities }: SnapshotDiff, bucketSlots: ReadonlyMap<string, number>): void {
    if (identities.put.length > 0 || identities.delete.length > 0) this.#signers = new Signers(Object.values(this.#snapshot.identities));
    if (stages.put.length === 0 && stages.delete.length === 0) return;
    const { http1, caller, policies, ledger, apiObserver, sockets } = this.#settings;
    const context: ApiContext = {
      clock: http1.clock, wheel: http1.wheel, caller, traceIds: this.#traceIds, fields: this.#fields, requestIds: this.#requestIds, hosts: this.#hosts,
      buckets: ledger.buckets, bucketSlots, plans: this.#plans, policies, answers: this.#answers, cache: this.#cache, signers: () => this.#signers, site: (listener) => this.#sites.get(listener)?.site ?? null,
      services: this.#settings.services ?? null,
    };
    for (const id of stages.delete) {
      this.#stages.delete(id);
      this.#unlinked.delete(id);
      sockets?.hub.retire(id);
    }
    for (const stage of stages.put) {
      try {
        if (stage.kind === 'websocket') {
          if (sockets) this.#stages.set(stage.id, { kind: 'websocket', linked: linkSocketStage(stage, context, sockets) });
        } else this.#stages.set(stage.id, { kind: 'http', linked: new LinkedHttpStage(stage, context, apiObserver(stage)) });
        this.#unlinked.delete(stage.id);
      } catch (error) {
        this.#unlinked.set(stage.id, unlinkable(error));
      }
    }
    const hosts = new Set<ResolvedHost>();
    for (const stage of this.#stages.values()) if (stage.kind === 'http') for (const host of stage.linked.hosts) hosts.add(host);
    this.#hosts.prune(hosts, this.#settings.drainMs);
    this.#answers.prune(new Set(Object.values(this.#snapshot.stages).flatMap(({ authorizers }) => Object.values(authorizers).flatMap((one) => (one.kind === 'lambda' ? [one.cacheKey] : [])))));
  }

  #linkSite(listener: Listener): Linked {
    const { random, caller, observer, policies } = this.#settings;
    const guardsIdentity = [...listener.routes, listener.fallback].some((route) => route.policies.some(({ kind }) => kind === 'oidc'));
    const head = new RequestHeadWriter(listener, { traceIds: this.#traceIds, guardsIdentity });
    const context = { pools: this.#pools, head, caller, random, traceIds: this.#traceIds, clock: this.#settings.http1.clock, signers: () => this.#signers, seal: this.#seal, sticky: new StickyEndpoints(this.#seal), apis: { stages: this.#stages, requestIds: this.#requestIds } };
    const manners = listener.fallback.action.kind === 'apis' || listener.fallback.action.kind === 'function-url' ? apiManners(this.#requestIds) : undefined;
    const all: LinkedRoute[] = [];
    const link = (route: Route): LinkedRoute => {
      const target = linkAction(route.action, context);
      const steps = route.policies.map((policy) => linkStep(policy, policies));
      const linked = { route, steps, target, actions: actionsOf(steps, target.word) };
      all.push(linked);
      return linked;
    };
    const router = linkRouter(listener, link);
    const { responseFields } = listener.http;
    const parts = { router, observer: observer(listener), own: this.#callback(all), manners };
    const site = responseFields.length === 0 ? new LinkedSite(listener, parts) : new EditingSite(listener, { ...parts, edit: new ResponseFields(responseFields) });
    const linked: Linked = { site, certificates: null, refused: null };
    if (listener.tls !== null) this.#linkCertificates(linked, listener);
    return linked;
  }

  /** The path at which the logins of a listener end; null where no route logs anybody in. */
  #callback(routes: readonly LinkedRoute[]): OwnPath | null {
    const step = linkCallback(routes.flatMap(({ steps }) => steps), this.#settings.policies);
    const first = routes.find(({ steps }) => steps.some(({ kind }) => kind === 'oidc'));
    if (step === null || first === undefined) return null;
    return { path: CALLBACK_PATH, route: { ...first, steps: [step], actions: step.word } };
  }

  #linkCertificates(linked: Linked, listener: Listener): void {
    const tls = listener.tls!;
    const certificates = tls.certificates.map((id) => this.#snapshot.certificates[id]).filter((certificate): certificate is Certificate => certificate !== undefined);
    linked.refused = null;
    if (certificates.length === 0) linked.refused = 'none of its certificates exists; set one that is issued';
    else {
      try {
        linked.certificates = this.#contexts.link(tls, certificates);
      } catch (error) {
        // what served before goes on serving
        linked.refused = `OpenSSL refuses a certificate or the policy ${tls.policy}: ${(error as Error).message}`;
      }
    }
  }

  #withRefusals(report: SocketReport): SocketReport {
    const failures = new Map(report.failures);
    for (const [id, { refused }] of this.#sites) if (refused !== null) failures.set(id, [...(failures.get(id) ?? []), refused]);
    for (const [id, why] of this.#unlinked) failures.set(id, [...(failures.get(id) ?? []), why]);
    return { serving: report.serving, failures };
  }
}
