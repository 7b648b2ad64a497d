import { flat } from '../../../kernel/index.ts';
import { dayOf, keyDigest, LONGEST_KEY, periodStart, planBucket, useKey, type PlanThrottle, type RouteThrottle, type StageKeys, type UsagePlan } from '../../../snapshot/index.ts';
import { NO_SLOT, type TokenBuckets, type UsageCounters } from '../../ledger/index.ts';

/** Slots of the ledger: of buckets by `planBucket`, of counted uses by `useKey`. */
export interface PlanSlots {
  readonly buckets: ReadonlyMap<string, number>;
  readonly uses: ReadonlyMap<string, number>;
}

/** A key in a plan. */
export interface KeyHolder {
  readonly id: string;
  readonly plan: LinkedPlan;
  /** Slots of its buckets: of the plan, and of the plan's routes in their order. */
  readonly bucket: number;
  readonly routeBuckets: readonly number[];
  readonly uses: number;
}

export type KeyVerdict = 'in' | 'throttled' | 'exceeded';

/** A plan ready to be asked. */
export class LinkedPlan {
  readonly #plan: UsagePlan;
  readonly #byDigest = new Map<string, KeyHolder>();
  /** Values that were good: their digest, the dearest part of a look, is made once. No more than there are keys; gone with the plan when any of it changes. */
  readonly #byValue = new Map<string, KeyHolder>();
  /** Places in the plan's routes, by stage and key of the route. */
  readonly #routes = new Map<string, Map<string, number>>();
  #day = Number.NaN;
  #period = 0;

  constructor(plan: UsagePlan, { buckets, uses }: PlanSlots) {
    this.#plan = plan;
    const slot = (key: string, route: RouteThrottle | null): number => buckets.get(planBucket(plan.id, key, route)) ?? NO_SLOT;
    for (const { id, digest } of plan.keys) {
      this.#byDigest.set(digest, { id, plan: this, bucket: slot(id, null), routeBuckets: plan.routes.map((route) => slot(id, route)), uses: uses.get(useKey(plan.id, id)) ?? NO_SLOT });
    }
    for (const [place, { stage, route }] of plan.routes.entries()) {
      const there = this.#routes.get(stage);
      if (there === undefined) this.#routes.set(stage, new Map([[route, place]]));
      else there.set(route, place);
    }
  }

  known(value: string): KeyHolder | null {
    return this.#byValue.get(value) ?? null;
  }

  find(value: string, digest: string): KeyHolder | null {
    const holder = this.#byDigest.get(digest) ?? null;
    // not as the part of a request's head that it is
    if (holder !== null) this.#byValue.set(flat(value), holder);
    return holder;
  }

  admit({ bucket, routeBuckets, uses }: KeyHolder, at: { readonly stage: string; readonly route: string; readonly now: number }, ledger: PlanLedger): KeyVerdict {
    const place = this.#routes.size === 0 ? undefined : this.#routes.get(at.stage)?.get(at.route);
    const throttle: PlanThrottle | null = place === undefined ? this.#plan.throttle : this.#plan.routes[place]!;
    if (throttle !== null && !ledger.buckets.take(place === undefined ? bucket : routeBuckets[place]!, throttle, at.now)) return 'throttled';
    // what is throttled uses nothing up
    const { quota } = this.#plan;
    const day = dayOf(at.now);
    if (day !== this.#day) {
      this.#day = day;
      this.#period = quota === null ? day : periodStart(quota, day);
    }
    return ledger.usage.take(uses, this.#period, quota === null ? Infinity : quota.limit) ? 'in' : 'exceeded';
  }
}

interface PlanLedger {
  readonly buckets: TokenBuckets;
  readonly usage: UsageCounters;
}

/** The usage plans that a worker knows: who holds a key, and whether it may be used once more. Replaced a plan at a time, whatever generation asks. */
export class UsagePlans {
  readonly #ledger: PlanLedger;
  readonly #plans = new Map<string, LinkedPlan>();

  constructor(ledger: PlanLedger) {
    this.#ledger = ledger;
  }

  put(plan: UsagePlan, slots: PlanSlots): void {
    this.#plans.set(plan.id, new LinkedPlan(plan, slots));
  }

  delete(id: string): void {
    this.#plans.delete(id);
  }

  /** Whose value it is among the keys of a stage's plans; null: nobody's, or that of somebody who may not come here. */
  find({ plans }: StageKeys, value: string | null): KeyHolder | null {
    if (value === null || value === '' || value.length > LONGEST_KEY) return null;
    for (const id of plans) {
      const holder = this.#plans.get(id)?.known(value) ?? null;
      if (holder !== null) return holder;
    }
    const digest = keyDigest(value);
    for (const id of plans) {
      const holder = this.#plans.get(id)?.find(value, digest) ?? null;
      if (holder !== null) return holder;
    }
    return null;
  }

  /** Counts one use of a key on a route of a stage, if there may be one. */
  admit(holder: KeyHolder, at: { readonly stage: string; readonly route: string; readonly now: number }): KeyVerdict {
    return holder.plan.admit(holder, at, this.#ledger);
  }
}
