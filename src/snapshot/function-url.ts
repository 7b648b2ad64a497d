import type { Cors } from './api.ts';

/** The URL of a function: what is called there, by whom, and how it answers. */
export interface FunctionUrlEntrance {
  readonly kind: 'function-url';
  readonly urlId: string;
  readonly account: string;
  readonly region: string;
  /** Its own host name. */
  readonly domainName: string;
  /** A key of `Snapshot.functions`, or an alias of one. */
  readonly functionArn: string;
  /** Whether requests must be signed. */
  readonly auth: 'none' | 'iam';
  /** With `none`: the function's policy lets everybody in. */
  readonly allowsAll: boolean;
  /** With `iam`: the function's policy document, as JSON; null: it has none. */
  readonly policy: string | null;
  readonly streaming: boolean;
  /** Null: the function answers for itself. */
  readonly cors: Cors | null;
}
