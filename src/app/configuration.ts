import { Compiler, type Installation } from '../control-plane/compiler/index.ts';
import type { Store } from '../control-plane/store/index.ts';
import { DEFAULT_LEDGER_SIZE, endpointKey, type Ledger, SlotDirectory, UNKNOWN } from '../data-plane/ledger/index.ts';
import type { HealthMonitor } from '../data-plane/upstreams/index.ts';
import type { Clock, Timer } from '../kernel/index.ts';
import type { SlabShape } from '../observe/index.ts';
import { emptySnapshot, type LastKnownGood, type Diagnostic, type Snapshot } from '../snapshot/index.ts';
import type { DataWorkers } from './data-workers.ts';
import type { FunctionThread } from './function-thread.ts';

export interface ConfigurationSettings {
  readonly store: Store;
  readonly clock: Clock;
  readonly installation: Omit<Installation, 'now'>;
  readonly ledger: Ledger;
  readonly slabShape: SlabShape;
  readonly workers: DataWorkers;
  readonly functions: FunctionThread;
  readonly health: HealthMonitor;
  readonly lastKnownGood: LastKnownGood;
  readonly onError: (error: Error) => void;
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
  readonly #unsubscribe: () => void;
  #expiry: Timer | null = null;
  #slots = { endpoints: new Map() as ReadonlyMap<string, number>, balancers: new Map() as ReadonlyMap<string, number>, pools: new Map() as ReadonlyMap<string, number> };
  snapshot: Snapshot = emptySnapshot;
  /** What was served before the newest change, for `diff`. */
  previous: Snapshot = emptySnapshot;
  diagnostics: readonly Diagnostic[] = [];

  constructor(settings: ConfigurationSettings) {
    this.#settings = settings;
    const { clock, ledger, slabShape, workers } = settings;
    this.#endpointSlots = new SlotDirectory({ clock, capacity: DEFAULT_LEDGER_SIZE.endpoints, graceMs: GRACE_MS, clear: (slot) => ledger.setHealth(slot, UNKNOWN) });
    this.#balancerSlots = new SlotDirectory({ clock, capacity: slabShape.balancers, graceMs: GRACE_MS, clear: (slot) => workers.metrics.forget('balancer', slot) });
    this.#poolSlots = new SlotDirectory({ clock, capacity: slabShape.pools, graceMs: GRACE_MS, clear: (slot) => workers.metrics.forget('pool', slot) });
    this.#unsubscribe = settings.store.subscribe(() => this.refresh());
  }

  /** Slots of the metrics, by label. */
  get owners(): { readonly balancers: ReadonlyMap<string, number>; readonly pools: ReadonlyMap<string, number> } {
    return { balancers: this.#slots.balancers, pools: this.#slots.pools };
  }

  /** Compiles the newest world and hands it over. */
  refresh(): void {
    const { store, clock, installation, workers, functions, health, lastKnownGood, onError } = this.#settings;
    let compiled;
    try {
      compiled = this.#compiler.compile(store.world, { ...installation, now: clock.now() });
    } catch (error) {
      onError(new Error('the configuration could not be compiled; what was served goes on being served', { cause: error }));
      return;
    }
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
    workers.serve({ snapshot: next, endpointSlots: this.#slots.endpoints, balancerSlots: this.#slots.balancers, poolSlots: this.#slots.pools });
    if (next.pools !== before.pools) health.update(Object.values(next.pools), this.#slots.endpoints);
    lastKnownGood.keep(next);
  }

  /** Starts from a snapshot that was kept, before the store can be asked. */
  resume(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.#assignSlots(emptySnapshot, snapshot);
    const { workers, functions, health } = this.#settings;
    functions.update(Object.values(snapshot.functions));
    workers.serve({ snapshot, endpointSlots: this.#slots.endpoints, balancerSlots: this.#slots.balancers, poolSlots: this.#slots.pools });
    health.update(Object.values(snapshot.pools), this.#slots.endpoints);
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#expiry?.cancel();
    await this.#settings.lastKnownGood.settled();
  }

  #assignSlots(before: Snapshot, next: Snapshot): void {
    if (next.pools !== before.pools) {
      const keys = Object.values(next.pools).flatMap((pool) => (pool.kind === 'http' ? pool.endpoints.filter(({ address }) => address !== null).map((endpoint) => endpointKey(pool, endpoint)) : []));
      const { slots, overflow } = this.#endpointSlots.assign(keys);
      if (overflow > 0) this.#settings.onError(new Error(`${overflow} targets are served without health checks: the memory for ${this.#endpointSlots.capacity} of them is full`));
      this.#slots.endpoints = slots;
      this.#slots.pools = this.#poolSlots.assign(Object.values(next.pools).map(({ label }) => label)).slots;
    }
    if (next.listeners !== before.listeners) {
      this.#slots.balancers = this.#balancerSlots.assign(Object.values(next.listeners).map(({ ownerLabel }) => ownerLabel)).slots;
    }
  }

  #expireAt(validUntil: number | null): void {
    this.#expiry?.cancel();
    this.#expiry = null;
    if (validUntil === null) return;
    const wait = Math.min(Math.max(validUntil - this.#settings.clock.now(), 0) + 1, 3_600_000);
    this.#expiry = this.#settings.clock.after(wait, () => this.refresh());
  }
}
