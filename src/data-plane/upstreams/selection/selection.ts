import type { Selectable } from './eligible.ts';

/** What a choice may depend on; an `Exchange` is one. */
export interface Chooser {
  /** Wall clock, milliseconds. */
  readonly startedWall: number;
  readonly downstream: { readonly id: number };
}

/** How endpoints of a pool are chosen. */
export interface Selection<E extends Selectable> {
  /** One among those not in `tried`; null: there is none (no target registered, or all have been tried). */
  pick(tried: readonly E[], chooser: Chooser): E | null;
  /** Whether it may get a request now. */
  has(endpoint: E): boolean;
  /** Endpoints that get requests now. */
  readonly eligible: readonly E[];
  /** Too few registered endpoints are healthy, so all of them serve. */
  readonly failingOpen: boolean;
}

/** For a first attempt. */
export const NOTHING_TRIED: readonly never[] = [];
