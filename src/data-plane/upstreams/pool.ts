import type { Random } from '../../kernel/index.ts';
import type { Endpoint, HttpPool, Stickiness } from '../../snapshot/index.ts';
import { endpointKey, NO_SLOT, type Ledger } from '../ledger/index.ts';
import type { Selectable } from './selection/eligible.ts';
import { linkSelection } from './selection/link-selection.ts';
import type { Chooser, Selection } from './selection/selection.ts';
import { trackerOf, type Tracker } from './tracker.ts';
import type { UpstreamEndpoint, UpstreamEndpoints } from './upstream-endpoint.ts';

/** An endpoint as one pool sees it: its own health, the connections shared with every pool that names the same address. */
export interface PoolEndpoint extends Selectable {
  readonly snapshot: Endpoint;
  readonly healthSlot: number;
  readonly upstream: UpstreamEndpoint;
  /** Null: nobody asks what it is doing. */
  readonly tracker: Tracker | null;
}

export interface PoolContext {
  /** Slots of the ledger by `endpointKey`. */
  readonly slots: ReadonlyMap<string, number>;
  readonly endpoints: UpstreamEndpoints;
  readonly ledger: Ledger;
  readonly random: Random;
}

/** A pool of the snapshot, ready to be chosen from. Updated in place, so that a new target relinks no route. */
export class LinkedPool {
  #pool: HttpPool;
  #endpoints: readonly PoolEndpoint[];
  #selection: Selection<PoolEndpoint>;
  label: string;
  stickiness: Stickiness | null;

  constructor(pool: HttpPool, context: PoolContext) {
    this.#pool = pool;
    this.label = pool.label;
    this.stickiness = pool.balance.stickiness;
    this.#endpoints = linkEndpoints(pool, context);
    this.#selection = linkSelection(this.#endpoints, pool.balance, context);
  }

  get version(): HttpPool['version'] {
    return this.#pool.version;
  }

  get pool(): HttpPool {
    return this.#pool;
  }

  get endpoints(): readonly PoolEndpoint[] {
    return this.#endpoints;
  }

  /** Endpoints that get exchanges now. */
  get eligible(): readonly PoolEndpoint[] {
    return this.#selection.eligible;
  }

  /** No endpoint is healthy, so all of them serve. */
  get failingOpen(): boolean {
    return this.#selection.failingOpen;
  }

  update(pool: HttpPool, context: PoolContext): void {
    this.#pool = pool;
    this.label = pool.label;
    this.stickiness = pool.balance.stickiness;
    this.#endpoints = linkEndpoints(pool, context);
    this.#selection = linkSelection(this.#endpoints, pool.balance, context);
  }

  pick(tried: readonly PoolEndpoint[], chooser: Chooser): PoolEndpoint | null {
    return this.#selection.pick(tried, chooser);
  }

  /** The endpoint of a target that a client sticks to; null where it may not get requests now. */
  find(target: string, port: number): PoolEndpoint | null {
    const endpoint = this.#endpoints.find(({ snapshot }) => snapshot.target === target && snapshot.port === port);
    return endpoint !== undefined && this.#selection.has(endpoint) ? endpoint : null;
  }
}

function linkEndpoints(pool: HttpPool, context: PoolContext): readonly PoolEndpoint[] {
  const secure = pool.protocol === 'https';
  const tracker = trackerOf(pool.balance, context.ledger);
  return pool.endpoints.flatMap((endpoint) =>
    endpoint.address === null
      ? []
      : [{
          snapshot: endpoint,
          healthSlot: context.slots.get(endpointKey(pool, endpoint)) ?? NO_SLOT,
          upstream: context.endpoints.get({ address: endpoint.address, port: endpoint.port, secure, version: pool.version }),
          tracker,
        }],
  );
}
