import type { Random } from '../../../kernel/index.ts';
import type { Endpoint } from '../../../snapshot/index.ts';
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

/** For a first attempt. */
export const NOTHING_TRIED: readonly never[] = [];

/**
 * Takes the endpoints of a pool in turn.
 *
 * Eligible are those registered (with an address, usable, not draining) that are healthy or that nobody checks. Where there is none, all registered
 * ones are: "If a target group contains only unhealthy registered targets, the load balancer routes requests to all those targets" (ELB user guide,
 * target-group-health-checks). A target in its initial checks is not yet healthy, so it serves only then.
 */
export class RoundRobin<E extends Selectable> {
  readonly #health: HealthReader;
  readonly #registered: readonly E[];
  readonly #eligible: E[];
  #count = 0;
  #next: number;
  #version = 0;
  #fresh = false;
  #failingOpen = false;

  /** `random` chooses where the turn begins, so that threads and generations do not all begin with the first. */
  constructor(endpoints: readonly E[], health: HealthReader, random: Random) {
    this.#health = health;
    this.#registered = endpoints.filter(({ snapshot }) => snapshot.address !== null && snapshot.unusable === null && snapshot.drainingUntil === null);
    this.#eligible = [...this.#registered];
    this.#next = Math.floor(random.number() * this.#registered.length);
  }

  /** The endpoint whose turn it is among those not in `tried`; null: there is none (no target registered, or all have been tried). */
  pick(tried: readonly E[]): E | null {
    this.#refresh();
    const count = this.#count;
    let at = this.#next;
    for (let i = 0; i < count; i++) {
      if (at >= count) at = 0;
      const endpoint = this.#eligible[at++]!;
      if (tried.length > 0 && tried.includes(endpoint)) continue;
      this.#next = at;
      return endpoint;
    }
    return null;
  }

  /** Endpoints that get requests now. */
  get eligible(): readonly E[] {
    this.#refresh();
    return this.#eligible.slice(0, this.#count);
  }

  /** No registered endpoint is healthy, so all of them serve. */
  get failingOpen(): boolean {
    this.#refresh();
    return this.#failingOpen;
  }

  #refresh(): void {
    // the version is read before the states: what changes meanwhile is seen next time
    const version = this.#health.healthVersion;
    if (this.#fresh && version === this.#version) return;
    this.#fresh = true;
    this.#version = version;
    let count = 0;
    for (const endpoint of this.#registered) {
      const state = this.#health.health(endpoint.healthSlot);
      if (state === HEALTHY || state === UNCHECKED) this.#eligible[count++] = endpoint;
    }
    this.#failingOpen = count === 0 && this.#registered.length > 0;
    if (this.#failingOpen) for (const endpoint of this.#registered) this.#eligible[count++] = endpoint;
    this.#count = count;
  }
}
