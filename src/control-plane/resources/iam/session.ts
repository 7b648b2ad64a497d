import type { Resource } from '../resource.ts';

/** Temporary credentials that STS gave out. `id` is the access key id (`ASIA...`); `parent` the role's ARN, or null for a session of the caller itself. */
export interface Session extends Resource {
  readonly secret: string;
  readonly sessionToken: string;
  /** The identity that the credentials stand for. */
  readonly principal: string;
  readonly expiresAt: number;
}
