import type { ApiEntrance } from './api.ts';
import type { FunctionUrlEntrance } from './function-url.ts';
import type { Policy } from './policy.ts';

/** One row of a routing table: who matches, what is checked on the way, what then happens. */
export interface Route {
  /** ARN of the rule (listener, for its default). */
  readonly id: string;
  /** As access logs write it (`matched_rule_priority`): 1 to 50000, 0 for the default. */
  readonly priority: number;
  /** All must hold; an empty list always does. */
  readonly conditions: readonly Condition[];
  /** In the compiler's order. */
  readonly policies: readonly Policy[];
  readonly action: Action;
}

/** A condition holds when any one of its values does. Wildcards: `*` any run of characters, `?` exactly one. */
export type Condition =
  /** Against the host of the request without its port; case-insensitive. */
  | { readonly kind: 'host'; readonly patterns: readonly string[] }
  /** Against the path as sent, without the query; case-sensitive. */
  | { readonly kind: 'path'; readonly patterns: readonly string[] }
  /** Exact and case-sensitive. */
  | { readonly kind: 'method'; readonly values: readonly string[] }
  /** Name case-insensitive (lower-case here), values case-insensitive. */
  | { readonly kind: 'header'; readonly name: string; readonly patterns: readonly string[] }
  /** As the three kinds above, by regular expressions (`Pattern` of the kernel): the host and header without regard to case, the path with. */
  | { readonly kind: 'host-regex' | 'path-regex'; readonly regexes: readonly string[] }
  | { readonly kind: 'header-regex'; readonly name: string; readonly regexes: readonly string[] }
  /** Against each decoded parameter; case-insensitive. `key` null: any key. */
  | { readonly kind: 'query'; readonly pairs: readonly { readonly key: string | null; readonly value: string }[] }
  /** CIDR blocks, against the address of the connection (never X-Forwarded-For). */
  | { readonly kind: 'source-ip'; readonly blocks: readonly string[] };

export type Action =
  | { readonly kind: 'forward'; readonly pools: readonly WeightedPool[] }
  /** Clients stay with the pool that they got first (AWSALBTG). */
  | { readonly kind: 'sticky-forward'; readonly pools: readonly WeightedPool[]; readonly durationMs: number }
  | { readonly kind: 'redirect'; readonly redirect: Redirect }
  | { readonly kind: 'fixed-response'; readonly status: number; readonly contentType: string | null; readonly body: string }
  | ApiEntrance
  | FunctionUrlEntrance
  /** The configuration cannot be served as it is: answers `status` and says why in logs and explain, never to the client. */
  | { readonly kind: 'unservable'; readonly status: number; readonly why: string };

export interface WeightedPool {
  /** Id into `Snapshot.pools`. */
  readonly pool: string;
  /** 0 to 999; 0 gets nothing. */
  readonly weight: number;
}

/** Each part may hold ELBv2's placeholders: `#{protocol}`, `#{host}`, `#{port}`, `#{path}`, `#{query}`. */
export interface Redirect {
  readonly status: 301 | 302;
  /** `HTTP`, `HTTPS` or `#{protocol}`. */
  readonly protocol: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  /** Without the leading `?`; empty for none. */
  readonly query: string;
}
