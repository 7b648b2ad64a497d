/** How many requests a key may make in a period. */
export interface Quota {
  readonly limit: number;
  readonly period: 'DAY' | 'WEEK' | 'MONTH';
  /** The day on which a period begins: of the week from Sunday, of the month from the first. */
  readonly offset: number;
}

const DAY_MS = 86_400_000;
/** The first of January 1970 was a Thursday. */
const FIRST_WEEKDAY = 4;

/** Days since the epoch, in UTC. */
export function dayOf(now: number): number {
  return Math.floor(now / DAY_MS);
}

/** The day with which the period begins that `day` is in. */
export function periodStart({ period, offset }: Pick<Quota, 'period' | 'offset'>, day: number): number {
  switch (period) {
    case 'DAY':
      return day;
    case 'WEEK':
      return day - ((day + FIRST_WEEKDAY - offset + 7) % 7);
    case 'MONTH': {
      const date = new Date(day * DAY_MS);
      const month = date.getUTCMonth() - (date.getUTCDate() - 1 < offset ? 1 : 0);
      return dayOf(Date.UTC(date.getUTCFullYear(), month, offset + 1));
    }
  }
}

/** What was used of a plan by a key on a day, and how much was left when it ended. */
export interface DayOfUse {
  readonly day: number;
  readonly used: number;
  readonly left: number;
}

/** What keys have used of their plans: kept by the composition root, which counts with the data plane. */
export interface UsageBook {
  /** Days on which the key was used, or given more, from one to another in order; at most those of the last ninety. */
  days(plan: string, key: string, between: { readonly from: number; readonly to: number }): readonly DayOfUse[];
  /** Says how much is left of the running period. It will outlive a restart when this resolves. */
  setLeft(use: { readonly plan: string; readonly key: string; readonly quota: Quota }, left: number): Promise<void>;
}

/** The book of an installation that counts nothing. */
export const noUsage: UsageBook = { days: () => [], setLeft: () => Promise.resolve() };
