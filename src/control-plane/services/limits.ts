import type { LimitName } from '../resources/index.ts';

/** Quotas. AWS's own values are the default; an installation may lift them. A limit of Infinity is none. */
export interface Limits {
  /** The limit's value, else `otherwise`. */
  value(name: LimitName, otherwise: number): number;
}

export const awsLimits: Limits = { value: (_name, otherwise) => otherwise };
