import type { Resource, Tag } from '../resource.ts';

/** Whose code is trusted; `id` is its ARN. */
export interface CodeSigningConfig extends Resource {
  readonly parent: null;
  /** `csc-` and 17 hexadecimal digits. */
  readonly configId: string;
  readonly description: string;
  readonly signingProfiles: readonly string[];
  /** What becomes of code that is not signed by them. */
  readonly policy: 'Warn' | 'Enforce';
  readonly tags: readonly Tag[];
  readonly lastModified: number;
}
