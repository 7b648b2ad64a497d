import type { Endpoint, Minimum } from '../../../snapshot/index.ts';
import { HEALTHY, UNCHECKED, type HealthState } from '../../ledger/index.ts';

/** What selection needs of an endpoint. */
export interface Selectable {
  readonly snapshot: Endpoint;
  /** Its slot in the ledger. */
  readonly healthSlot: number;
}

/** What selection reads of the ledger. */
export interface HealthReader {
  readonly healthVersion: number;
  health(slot: number): HealthState;
}

/** One healthy endpoint is enough (AWS's default). */
export const ANY_HEALTHY: Minimum = { count: 1, percentage: 0 };

/**
 * The endpoints of a pool (or a zone of it) that get requests now.
 *
 * Eligible are those registered (with an address, usable, not draining) that are healthy or that nobody checks. Where there are fewer than the
 * minimum, all registered ones are: "the load balancer sends traffic to all targets available to the load balancer node, including unhealthy targets"
 * (ELB user guide, target-group-health). A target in its initial checks is not yet healthy, so it serves only then.
 */
export class Eligible<E extends Selectable> {
  readonly #health: HealthReader;
  readonly #minimum: Minimum;
  readonly registered: readonly E[];
  /** `count` of them are valid. Call `refresh` first. */
  readonly list: E[];
  count = 0;
  failingOpen = false;
  #version = 0;
  #fresh = false;

  constructor(endpoints: readonly E[], health: HealthReader, minimum: Minimum = ANY_HEALTHY) {
    this.#health = health;
    this.#minimum = minimum;
    this.registered = endpoints.filter(({ snapshot }) => snapshot.address !== null && snapshot.unusable === null && snapshot.drainingUntil === null);
    this.list = [...this.registered];
  }

  /** True when something may have changed. */
  refresh(): boolean {
    // the version is read before the states: what changes meanwhile is seen next time
    const version = this.#health.healthVersion;
    if (this.#fresh && version === this.#version) return false;
    this.#fresh = true;
    this.#version = version;
    const { registered, list } = this;
    let count = 0;
    for (const endpoint of registered) {
      const state = this.#health.health(endpoint.healthSlot);
      if (state === HEALTHY || state === UNCHECKED) list[count++] = endpoint;
    }
    this.failingOpen = registered.length > 0 && isBelow(this.#minimum, count, registered.length);
    if (this.failingOpen) {
      count = 0;
      for (const endpoint of registered) list[count++] = endpoint;
    }
    this.count = count;
    return true;
  }

  has(endpoint: E): boolean {
    this.refresh();
    for (let i = 0; i < this.count; i++) if (this.list[i] === endpoint) return true;
    return false;
  }
}

/** "If you specify both types of thresholds for an action, the load balancer takes the action when either threshold is breached." None healthy is always too few. */
export function isBelow({ count, percentage }: Minimum, healthy: number, registered: number): boolean {
  return healthy === 0 || healthy < count || healthy * 100 < percentage * registered;
}
