import type { Resource } from '../resource.ts';

/** A stage of an API below a path of a custom domain. `id` is `DOMAIN-ROW/MAPPING`, `parent` is the domain name's `id`. */
export interface ApiMapping extends Resource {
  readonly apiMappingId: string;
  readonly apiId: string;
  /** Without slashes at its ends, several segments are allowed; empty: the root. Unique within the domain. */
  readonly apiMappingKey: string;
  readonly stage: string;
}
