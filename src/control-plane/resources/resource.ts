/**
 * What every noun has. Resources are plain, frozen JSON data (no Date, no undefined-valued members, no class): they are stored as they are.
 * Times are milliseconds since the epoch.
 */
export interface Resource {
  /** Unique within its kind across accounts and regions: the ARN, or AWS's own id (`vpc-...`) where that is unique. */
  readonly id: string;
  /** Twelve digits. */
  readonly account: string;
  /** The region; `global` for nouns without one (IAM). */
  readonly region: string;
  /** `id` of the noun that this one belongs to (a rule's listener), by which it can be listed; null for none. */
  readonly parent: string | null;
  readonly createdAt: number;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}
