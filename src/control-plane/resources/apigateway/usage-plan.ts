import type { Resource, Tag } from '../resource.ts';

export interface ThrottleSettings {
  /** Requests a second; null: the account's. */
  readonly rateLimit: number | null;
  readonly burstLimit: number | null;
}

export const QUOTA_PERIODS = ['DAY', 'WEEK', 'MONTH'] as const;
export type QuotaPeriod = (typeof QUOTA_PERIODS)[number];

export interface QuotaSettings {
  readonly limit: number;
  /** The day on which a period begins: of the week from Sunday, of the month from the first. */
  readonly offset: number;
  readonly period: QuotaPeriod;
}

export interface ApiStage {
  readonly apiId: string;
  readonly stage: string;
  /** By route: `/path/METHOD` of an HTTP API, or the key of a WebSocket API's route. */
  readonly throttle: Readonly<Record<string, ThrottleSettings>>;
}

/** Who holds one of its keys may use its stages, so fast and so often. `id` is the plan's id; `parent` is null. */
export interface UsagePlan extends Resource {
  readonly name: string;
  readonly description: string | null;
  readonly apiStages: readonly ApiStage[];
  /** Of each key. */
  readonly throttle: ThrottleSettings | null;
  readonly quota: QuotaSettings | null;
  /** Of AWS Marketplace; kept. */
  readonly productCode: string | null;
  readonly tags: readonly Tag[];
}

/** The key of the route that a path of a plan names: `/pets/GET` is `GET /pets`; keys of WebSocket APIs, which may begin with `/` too, and `$default` are themselves. */
export function routeKeyOf(path: string, protocol: 'HTTP' | 'WEBSOCKET'): string {
  const at = path.lastIndexOf('/');
  return protocol === 'HTTP' && path.startsWith('/') ? `${path.slice(at + 1)} ${at === 0 ? '/' : path.slice(0, at)}` : path;
}
