import type { Call } from '../../../aws/index.ts';
import { dayOf, periodStart, type DayOfUse } from '../../../snapshot/index.ts';
import type { UsagePlan } from '../../resources/apigateway/index.ts';
import type { Environment } from '../environment.ts';
import { badRequest } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { numberOf, wrongPath, wrongValue } from './patch.ts';
import type { PageRequest, Patched } from './wire.ts';

interface Usage {
  readonly usagePlanId: string;
  readonly startDate: string;
  readonly endDate: string;
  readonly position?: string;
  /** By key: what was used and what was left, of each day. */
  readonly items: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

interface Asked extends PageRequest {
  readonly usagePlanId: string;
  readonly keyId?: string;
  readonly startDate: string;
  readonly endDate: string;
}

/** For so long usage is known. */
const MOST_DAYS = 90;

/** What keys have used of their plans, and more of it for those who ask. */
export function usageOperations({ store, clock, usage }: Environment) {
  return {
    GetUsage(input: Asked, call: Call): Usage {
      const plan = lookup.usagePlan(store.world, input.usagePlanId, call);
      const from = dayNamed('startDate', input.startDate);
      const to = dayNamed('endDate', input.endDate);
      if (to < from) throw badRequest('Invalid date range: endDate is before startDate');
      if (to - from >= MOST_DAYS) throw badRequest(`Invalid date range: it has more than ${MOST_DAYS} days`);
      const { keyId = '' } = input;
      const keys = keyId === '' ? store.world.children('apigateway/usage-plan-key', plan.id) : [lookup.usagePlanKey(store.world, { usagePlanId: plan.id, keyId }, call).member];
      const { items, ...next } = page(keys, input, `usage of ${plan.id}`);
      const values = items.map(({ keyId: key }) => [key, pairs(plan, (first) => usage.days(plan.id, key, { from: first, to }), { from, to })] as const);
      return { usagePlanId: plan.id, startDate: input.startDate, endDate: input.endDate, ...next, items: Object.fromEntries(values) };
    },

    async UpdateUsage(input: Patched & { readonly usagePlanId: string; readonly keyId: string }, call: Call): Promise<Usage> {
      const { plan, key } = lookup.usagePlanKey(store.world, input, call);
      const { quota } = plan;
      let remaining: number | null = null;
      for (const operation of input.patchOperations ?? []) {
        if (operation.op !== 'replace' || operation.path !== '/remaining') throw wrongPath(operation, operation.op === 'replace' ? ['/remaining'] : []);
        const left = numberOf(operation);
        if (!Number.isInteger(left) || left < 0 || left > Number.MAX_SAFE_INTEGER) throw wrongValue(operation, 'must be a whole number from 0');
        if (quota === null) throw badRequest(`Usage Plan ${plan.id} has no quota`);
        remaining = left;
      }
      // all of them, or none
      if (quota !== null && remaining !== null) await usage.setLeft({ plan: plan.id, key: key.id, quota }, remaining);
      const now = clock.now();
      const today = dayOf(now);
      const date = new Date(now).toISOString().slice(0, 10);
      const days = (from: number): readonly DayOfUse[] => usage.days(plan.id, key.id, { from, to: today });
      return { usagePlanId: plan.id, startDate: date, endDate: date, items: { [key.id]: pairs(plan, days, { from: today, to: today }) } };
    },
  };
}

function dayNamed(member: string, text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) throw badRequest(`Invalid ${member} specified: ${text}. It must be a date of the form YYYY-MM-DD`);
  return dayOf(time);
}

/** Used and left of every day; a day without use leaves what the one before in the same period left. Without a quota nothing is left. */
function pairs({ quota }: UsagePlan, daysFrom: (first: number) => readonly DayOfUse[], { from, to }: { readonly from: number; readonly to: number }): readonly (readonly [number, number])[] {
  const first = quota === null ? from : periodStart(quota, from);
  const known = new Map(daysFrom(first).map((day) => [day.day, day]));
  const all: (readonly [number, number])[] = [];
  let left = 0;
  let period = Number.NaN;
  for (let day = first; day <= to; day++) {
    if (quota !== null && periodStart(quota, day) !== period) {
      period = periodStart(quota, day);
      left = quota.limit;
    }
    const found = known.get(day);
    if (found && quota !== null) left = found.left;
    if (day >= from) all.push([found?.used ?? 0, left]);
  }
  return all;
}
