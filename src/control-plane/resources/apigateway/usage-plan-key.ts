import type { Resource } from '../resource.ts';

/** A key in a plan. `id` is `PLAN/KEY`, `parent` the plan's id. */
export interface UsagePlanKey extends Resource {
  readonly keyId: string;
}
