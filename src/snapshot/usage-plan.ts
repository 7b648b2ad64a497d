import { hash } from 'node:crypto';
import type { Quota } from './usage.ts';

/** Who may use the stages that name it, so fast and so often. */
export interface UsagePlan {
  readonly id: string;
  /** Of each key; null: as fast as stages let anybody. */
  readonly throttle: PlanThrottle | null;
  readonly quota: Quota | null;
  /** Throttles of each key that stand in place of the plan's own, on one route of a stage. */
  readonly routes: readonly RouteThrottle[];
  /** Those that are enabled. */
  readonly keys: readonly PlanKey[];
}

/** Tokens a second, and as many at once. */
export interface PlanThrottle {
  readonly rate: number;
  readonly burst: number;
}

export interface RouteThrottle extends PlanThrottle {
  /** Id of the stage. */
  readonly stage: string;
  /** As `ApiRoute.key`. */
  readonly route: string;
}

export interface PlanKey {
  readonly id: string;
  /** `keyDigest` of its value: nothing behind the compiler has the value itself. */
  readonly digest: string;
}

/** How the routes of a stage that ask for a key know it. */
export interface StageKeys {
  /** The header x-api-key, or `usageIdentifierKey` of the authorizer's answer. */
  readonly source: 'header' | 'authorizer';
  /** Ids into `Snapshot.plans`. */
  readonly plans: readonly string[];
}

/** Values are at most so long; longer ones need not be looked up. */
export const LONGEST_KEY = 128;

/** What a key is known by. Its value is drawn at random and long, so that a plain digest can neither be turned round nor, in its comparison, tell how near a guess was. */
export function keyDigest(value: string): string {
  return hash('sha256', value, 'base64url');
}

/** What a key is counted under in a plan. */
export function useKey(plan: string, key: string): string {
  return `${plan}/${key}`;
}

/** Which bucket a key takes from: its own of the plan, or of one route. */
export function planBucket(plan: string, key: string, route: Pick<RouteThrottle, 'stage' | 'route'> | null): string {
  return route === null ? `plan ${plan} ${key}` : `plan ${plan} ${key} ${route.stage} ${route.route}`;
}
