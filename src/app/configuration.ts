import { Compiler, type Installation } from '../control-plane/compiler/index.ts';
import type { Store } from '../control-plane/store/index.ts';
import { DEFAULT_LEDGER_SIZE, endpointKey, type Ledger, SlotDirectory } from '../data-plane/ledger/index.ts';
import type { AnomalyDetector, HealthMonitor } from '../data-plane/upstreams/index.ts';
import type { Clock, Timer } from '../kernel/index.ts';
import type { SlabShape } from '../observe/index.ts';
import { emptySnapshot, planBucket, routeLabel, useKey, type ApiStage, type LastKnownGood, type Diagnostic, type Snapshot, type UsagePlan } from '../snapshot/index.ts';
import type { ApiCertificates } from './api-certificates.ts';
import type { DataWorkers } from './data-workers.ts';
import type { FunctionThread } from './function-thread.ts';
import type { KeptUsage } from './kept-usage.ts';
import { NO_SLOTS, type SharedSlots } from './shared-slots.ts';

export interface ConfigurationSettings {
  readonly store: Store;
  readonly clock: Clock;
  readonly installation: Omit<Installation, 'now' | 'apiCertificates'>;
  readonly ledger: Ledger;
  readonly slabShape: SlabShape;
  readonly workers: DataWorkers;
  readonly functions: FunctionThread;
  readonly lastKnownGood: LastKnownGood;
  readonly usage: Pick<KeptUsage, 'count'>;
  readonly onError: (error: Error) => void;
}

/** Who has to know besides the threads, and comes later: traffic does not wait for them. */
export interface Followers {
  readonly apiCertificates: Pick<ApiCertificates, 'current' | 'want'>;
  readonly health: HealthMonitor;
  readonly anomalies: AnomalyDetector;
}

/** A key that nobody uses keeps its slot for an hour: longer than any old generation lives. */
const GRACE_MS = 3_600_000;

/**
 * From a change in the store to every thread that has to know: compile, give out slots of shared memory, hand over. A failure to compile keeps
 * what is served, and is told.
 */
export class Configuration {
  readonly #settings: ConfigurationSettings;
  readonly #compiler = new Compiler();
  readonly #endpointSlots: SlotDirectory;
  readonly #balancerSlots: SlotDirectory;
  readonly #poolSlots: SlotDirectory;
  readonly #apiSlots: SlotDirectory;
  readonly #bucketSlots: SlotDirectory;
  readonly #useSlots: SlotDirectory;
  readonly #unsubscribe: () => void;
  #followers: Followers | null = null;
  #expiry: Timer | null = null;
  #slots: SharedSlots = NO_SLOTS;
  snapshot: Snapshot = emptySnapshot;
  /** What was served before the newest change, for `diff`. */
  previous: Snapshot = emptySnapshot;
  diagnostics: readonly Diagnostic[] = [];

  constructor(settings: ConfigurationSettings) {
    this.#settings = settings;
    const { clock, ledger, slabShape, workers } = settings;
    this.#endpointSlots = new SlotDirectory({ clock, capacity: DEFAULT_LEDGER_SIZE.endpoints, graceMs: GRACE_MS, clear: (slot) => ledger.clearEndpoint(slot) });
    this.#balancerSlots = new SlotDirectory({ clock, capacity: slabShape.balancers, graceMs: GRACE_MS, clear: (slot) => workers.metrics.forget('balancer', slot) });
    this.#poolSlots = new SlotDirectory({ clock, capacity: slabShape.pools, graceMs: GRACE_MS, clear: (slot) => workers.metrics.forget('pool', slot) });
    this.#apiSlots = new SlotDirectory({ clock, capacity: slabShape.apis ?? 0, graceMs: GRACE_MS, clear: (slot) => workers.metrics.forget('api', slot) });
    this.#bucketSlots = new SlotDirectory({ clock, capacity: ledger.buckets.capacity, graceMs: GRACE_MS, clear: (slot) => ledger.buckets.clear(slot) });
    this.#useSlots = new SlotDirectory({ clock, capacity: ledger.usage.capacity, graceMs: GRACE_MS, clear: (slot) => ledger.usage.clear(slot) });
    this.#unsubscribe = settings.store.subscribe(() => this.refresh());
  }

  /** Slots of the metrics, by label. */
  get owners(): Pick<SharedSlots, 'balancers' | 'pools' | 'apis'> {
    return this.#slots;
  }

  /** Compiles the newest world and hands it over. */
  refresh(): void {
    const { store, clock, installation, functions, lastKnownGood, onError } = this.#settings;
    let compiled;
    try {
      compiled = this.#compiler.compile(store.world, { ...installation, apiCertificates: this.#followers?.apiCertificates.current ?? {}, now: clock.now() });
    } catch (error) {
      onError(new Error(`${(error as Error).message}; what was served goes on being served. Data folders are not carried over from builds whose resources had another form: if this one is from an earlier build, make anew what is named, or begin with an empty folder`, { cause: error }));
      return;
    }
    this.#wantCertificates();
    this.#expireAt(compiled.validUntil);
    this.diagnostics = compiled.diagnostics;
    const before = this.snapshot;
    const next = compiled.snapshot;
    if (next === before) return;
    this.previous = before;
    this.snapshot = next;
    this.#assignSlots(before, next);
    // functions first: what routes lead to is known before the routes are
    if (next.functions !== before.functions) functions.update(Object.values(next.functions));
    this.#serve(next);
    if (next.pools !== before.pools) this.#watchPools();
    lastKnownGood.keep(next);
  }

  follow(followers: Followers): void {
    this.#followers = followers;
    this.#wantCertificates();
    this.#watchPools();
  }

  /** Starts from a snapshot that was kept, before the store can be asked. */
  resume(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.#assignSlots(emptySnapshot, snapshot);
    this.#settings.functions.update(Object.values(snapshot.functions));
    this.#serve(snapshot);
    this.#watchPools();
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#expiry?.cancel();
    await this.#settings.lastKnownGood.settled();
  }

  #serve(snapshot: Snapshot): void {
    this.#settings.workers.serve({ snapshot, slots: this.#slots });
  }

  #watchPools(): void {
    const pools = Object.values(this.snapshot.pools);
    this.#followers?.health.update(pools, this.#slots.endpoints);
    this.#followers?.anomalies.update(pools, this.#slots.endpoints);
  }

  #wantCertificates(): void {
    const { world } = this.#settings.store;
    this.#followers?.apiCertificates.want([...world.list('apigatewayv2/api'), ...world.list('lambda/function-url')].map(({ region }) => region));
  }

  /** What has not changed keeps its slots. */
  #assignSlots(before: Snapshot, next: Snapshot): void {
    const slots: { -readonly [Kind in keyof SharedSlots]: SharedSlots[Kind] } = { ...this.#slots };
    const full = (overflow: number, what: string, { capacity }: SlotDirectory): void => {
      if (overflow > 0) this.#settings.onError(new Error(`${overflow} ${what}: the memory for ${capacity} of them is full`));
    };
    if (next.pools !== before.pools) {
      const keys = Object.values(next.pools).flatMap((pool) => (pool.kind === 'http' ? pool.endpoints.filter(({ address }) => address !== null).map((endpoint) => endpointKey(pool, endpoint)) : []));
      const endpoints = this.#endpointSlots.assign(keys);
      full(endpoints.overflow, 'targets are served without health checks', this.#endpointSlots);
      slots.endpoints = endpoints.slots;
      slots.pools = this.#poolSlots.assign(Object.values(next.pools).map(({ label }) => label)).slots;
    }
    if (next.listeners !== before.listeners) {
      // entrances of APIs count nothing: their stages do
      const balancers = Object.values(next.listeners).filter(({ fallback }) => fallback.action.kind !== 'apis');
      slots.balancers = this.#balancerSlots.assign(balancers.map(({ ownerLabel }) => ownerLabel)).slots;
    }
    if (next.stages !== before.stages) slots.apis = this.#apiSlots.assign(Object.values(next.stages).flatMap(meterLabels)).slots;
    if (next.plans !== before.plans) {
      const plans = Object.values(next.plans);
      const uses = this.#useSlots.assign(plans.flatMap(({ id, keys }) => keys.map((key) => useKey(id, key.id))));
      full(uses.overflow, 'API keys under quotas are refused', this.#useSlots);
      slots.uses = uses.slots;
      this.#settings.usage.count(plans, uses.slots);
    }
    if (next.stages !== before.stages || next.plans !== before.plans) {
      const buckets = this.#bucketSlots.assign([...Object.values(next.stages).flatMap(throttleKeys), ...Object.values(next.plans).flatMap(planBuckets)]);
      full(buckets.overflow, 'throttles are not applied', this.#bucketSlots);
      slots.buckets = buckets.slots;
    }
    this.#slots = slots;
  }

  #expireAt(validUntil: number | null): void {
    this.#expiry?.cancel();
    this.#expiry = null;
    if (validUntil === null) return;
    const wait = Math.min(Math.max(validUntil - this.#settings.clock.now(), 0) + 1, 3_600_000);
    this.#expiry = this.#settings.clock.after(wait, () => this.refresh());
  }
}

/** What a stage counts by: itself, and the routes that have metrics of their own. */
function meterLabels(stage: ApiStage): readonly string[] {
  return [stage.label, ...(stage.kind === 'websocket' ? stage.routes.filter(({ metered }) => metered).map((route) => routeLabel(stage, route)) : [])];
}

/** The buckets that a stage's requests take from. */
function throttleKeys(stage: ApiStage): readonly string[] {
  const throttles = [stage.accountThrottle, stage.throttle, ...(stage.kind === 'websocket' ? [stage.connectThrottle] : []), ...stage.routes.map(({ throttle }) => throttle)];
  return throttles.flatMap((throttle) => (throttle === null ? [] : [throttle.key]));
}

/** The buckets that the keys of a plan take from: one of their own each, and one for each route with a throttle. */
function planBuckets({ id, throttle, routes, keys }: UsagePlan): readonly string[] {
  return keys.flatMap((key) => [...(throttle === null ? [] : [planBucket(id, key.id, null)]), ...routes.map((route) => planBucket(id, key.id, route))]);
}
