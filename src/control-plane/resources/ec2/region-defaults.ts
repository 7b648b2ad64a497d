import { createHash } from 'node:crypto';
import type { Resource } from '../resource.ts';

/**
 * Says that an account has been given its default network in a region. It stays when the default VPC is deleted: AWS does not bring that back
 * by itself either. `id` is `ACCOUNT/REGION`.
 */
export interface RegionDefaults extends Resource {
  readonly parent: null;
}

/** The id of something that every account has in every region: the same after a reset. */
export function defaultId(prefix: string, ...parts: readonly string[]): string {
  return `${prefix}-${createHash('sha256').update(`${prefix}/${parts.join('/')}`).digest('hex').slice(0, 17)}`;
}
