import type { Resource } from '../resource.ts';

/** ACM's settings of an account in a region. `id` is `ACCOUNT/REGION`. */
export interface AccountConfiguration extends Resource {
  /** Days before a certificate expires at which events begin: 1 to 45. */
  readonly daysBeforeExpiry: number;
  readonly idempotencyToken: string;
}
