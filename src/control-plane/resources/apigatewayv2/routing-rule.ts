import type { Resource } from '../resource.ts';

/** A rule of a custom domain. `id` is `DOMAIN-ROW/RULE`, `parent` is the domain name's `id`. */
export interface RoutingRule extends Resource {
  readonly routingRuleId: string;
  readonly routingRuleArn: string;
  /** 1 to 1000000, unique within the domain; the lowest that matches serves. */
  readonly priority: number;
  /** All must hold; none: always. */
  readonly conditions: readonly RoutingRuleCondition[];
  readonly action: { readonly apiId: string; readonly stage: string; readonly stripBasePath: boolean };
}

export type RoutingRuleCondition =
  | { readonly kind: 'base-paths'; readonly anyOf: readonly string[] }
  /** `valueGlob` may begin and end with `*`. */
  | { readonly kind: 'headers'; readonly anyOf: readonly { readonly header: string; readonly valueGlob: string }[] };
