import type { Resource } from '../resource.ts';

/** What was asked for, which is done at once here. `id` is what GetOperation is asked with; `parent` is null. */
export interface DiscoveryOperation extends Resource {
  readonly type: 'CREATE_NAMESPACE' | 'DELETE_NAMESPACE' | 'UPDATE_NAMESPACE' | 'UPDATE_SERVICE' | 'REGISTER_INSTANCE' | 'DEREGISTER_INSTANCE';
  /** Ids by `NAMESPACE`, `SERVICE`, `INSTANCE`. */
  readonly targets: Readonly<Record<string, string>>;
}
