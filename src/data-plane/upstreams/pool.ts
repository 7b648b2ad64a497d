import type { Random } from '../../kernel/index.ts';
import type { Endpoint, HttpPool } from '../../snapshot/index.ts';
import { endpointKey, NO_SLOT, type Ledger } from '../ledger/index.ts';
import { RoundRobin, type Selectable } from './selection/round-robin.ts';
import type { UpstreamEndpoint, UpstreamEndpoints } from './upstream-endpoint.ts';

/** An endpoint as one pool sees it: its own health, the connections shared with every pool that names the same address. */
export interface PoolEndpoint extends Selectable {
  readonly snapshot: Endpoint;
  readonly healthSlot: number;
  readonly upstream: UpstreamEndpoint;
}

/** A pool of a snapshot, ready to be chosen from. */
export class LinkedPool {
  readonly pool: HttpPool;
  readonly label: string;
  readonly endpoints: readonly PoolEndpoint[];
  readonly #selection: RoundRobin<PoolEndpoint>;

  constructor(pool: HttpPool, context: { readonly slots: ReadonlyMap<string, number>; readonly endpoints: UpstreamEndpoints; readonly ledger: Ledger; readonly random: Random }) {
    this.pool = pool;
    this.label = pool.label;
    const secure = pool.protocol === 'https';
    this.endpoints = pool.endpoints.flatMap((endpoint) =>
      endpoint.address === null
        ? []
        : [{
            snapshot: endpoint,
            healthSlot: context.slots.get(endpointKey(pool, endpoint)) ?? NO_SLOT,
            upstream: context.endpoints.get({ address: endpoint.address, port: endpoint.port, secure }),
          }],
    );
    this.#selection = new RoundRobin(this.endpoints, context.ledger, context.random);
  }

  pick(tried: readonly PoolEndpoint[]): PoolEndpoint | null {
    return this.#selection.pick(tried);
  }
}
