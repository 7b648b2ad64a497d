import type { Resource, Tag } from '../resource.ts';
import type { Action } from './action.ts';
import type { Condition } from './condition.ts';

/** A rule that is not the default one (see `Listener.defaultActions`). `id` is its ARN; `parent` is the listener's. */
export interface Rule extends Resource {
  /** 1 to 50000, unique within the listener; the lowest that matches serves. */
  readonly priority: number;
  readonly conditions: readonly Condition[];
  readonly actions: readonly Action[];
  readonly transforms: readonly Transform[];
  readonly tags: readonly Tag[];
}

/** AWS's shape. */
export interface Transform {
  readonly Type: 'host-header-rewrite' | 'url-rewrite';
  readonly Rewrites: readonly { readonly Regex: string; readonly Replace: string }[];
}
