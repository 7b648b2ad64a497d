import type { Resource } from '../resource.ts';
import type { Attachable } from './attachable.ts';

export type User = Attachable;

/** `id` is the access key id (`AKIA...`), `parent` the user's ARN. */
export interface AccessKey extends Resource {
  readonly parent: string;
  readonly userName: string;
  readonly secret: string;
  readonly status: 'Active' | 'Inactive';
}
