import type { Minimum } from '../../../snapshot/index.ts';
import { HEALTHY, UNCHECKED } from '../../ledger/index.ts';
import { isBelow, type HealthReader, type Selectable } from './eligible.ts';
import type { Chooser, Selection } from './selection.ts';

/** AWS's word for a target that belongs to no zone in particular. */
const EVERY_ZONE = 'all';

interface Zone<E extends Selectable> {
  readonly endpoints: readonly E[];
  readonly selection: Selection<E>;
}

/**
 * Cross-zone load balancing is off: the balancer has a node in each zone, and each sends to the endpoints of its own zone alone. All nodes are here;
 * a connection is given one as DNS would, in turn among those whose zone is healthy, or among all where none is.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/disable-cross-zone.html
 */
export class Zonal<E extends Selectable> implements Selection<E> {
  readonly #health: HealthReader;
  readonly #minimum: Minimum;
  readonly #zones: readonly Zone<E>[];
  readonly #open: Zone<E>[] = [];
  #version = 0;
  #fresh = false;

  constructor(endpoints: readonly E[], health: HealthReader, { zones, minimum, within }: { readonly zones: readonly string[]; readonly minimum: Minimum; readonly within: (endpoints: readonly E[]) => Selection<E> }) {
    this.#health = health;
    this.#minimum = minimum;
    this.#zones = zones.map((zone) => {
      const own = endpoints.filter(({ snapshot }) => snapshot.zone === zone || snapshot.zone === EVERY_ZONE);
      return { endpoints: own.filter(({ snapshot }) => snapshot.unusable === null && snapshot.drainingUntil === null), selection: within(own) };
    });
  }

  pick(tried: readonly E[], chooser: Chooser): E | null {
    this.#refresh();
    const { length } = this.#open;
    return length === 0 ? null : this.#open[chooser.downstream.id % length]!.selection.pick(tried, chooser);
  }

  has(endpoint: E): boolean {
    this.#refresh();
    return this.#open.some(({ selection }) => selection.has(endpoint));
  }

  get eligible(): readonly E[] {
    this.#refresh();
    return [...new Set(this.#open.flatMap(({ selection }) => selection.eligible))];
  }

  get failingOpen(): boolean {
    this.#refresh();
    return this.#open.length > 0 && this.#open.every(({ selection }) => selection.failingOpen);
  }

  #refresh(): void {
    const version = this.#health.healthVersion;
    if (this.#fresh && version === this.#version) return;
    this.#fresh = true;
    this.#version = version;
    this.#open.length = 0;
    for (const zone of this.#zones) {
      const healthy = zone.endpoints.filter(({ healthSlot }) => {
        const state = this.#health.health(healthSlot);
        return state === HEALTHY || state === UNCHECKED;
      }).length;
      if (zone.endpoints.length > 0 && !isBelow(this.#minimum, healthy, zone.endpoints.length)) this.#open.push(zone);
    }
    if (this.#open.length === 0) this.#open.push(...this.#zones);
  }
}
