import type { Resource, Tag } from '../resource.ts';

/** What tells one client of APIs from another. `id` is the key's id; `parent` is null. */
export interface ApiKey extends Resource {
  readonly name: string | null;
  readonly description: string | null;
  /** The secret: unique within account and region. */
  readonly value: string;
  readonly enabled: boolean;
  readonly customerId: string | null;
  /** Milliseconds since the epoch. */
  readonly lastUpdatedAt: number;
  readonly tags: readonly Tag[];
}
