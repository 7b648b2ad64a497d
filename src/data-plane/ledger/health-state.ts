/** What the ledger knows about an endpoint: one byte a slot, so these numbers are the same in every thread. */
export const UNKNOWN = 0;
export const HEALTHY = 1;
export const UNHEALTHY = 2;
/** Nobody checks it: used as if healthy. */
export const UNCHECKED = 3;
export type HealthState = typeof UNKNOWN | typeof HEALTHY | typeof UNHEALTHY | typeof UNCHECKED;
