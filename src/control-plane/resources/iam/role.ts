import type { Attachable } from './attachable.ts';

export interface Role extends Attachable {
  /** The trust policy: JSON as it was given. */
  readonly assumeRolePolicy: string;
  readonly description: string | null;
  /** Seconds, 3600 to 43200. */
  readonly maxSessionDuration: number;
  /** The service that owns it (`elasticloadbalancing.amazonaws.com`), or null. */
  readonly linkedService: string | null;
}
