import { keyDigest, type PlanThrottle, type RouteThrottle, type UsagePlan } from '../../../snapshot/index.ts';
import { routeKeyOf, type ThrottleSettings } from '../../resources/apigateway/index.ts';
import { stageArn } from '../../resources/apigatewayv2/index.ts';
import type { Installation } from '../installation.ts';
import type { Maker, Round } from '../units.ts';
import type { World } from '../world.ts';

/** Ids of the plans that name a stage, by the row id of the stage. */
export function plansByStage(world: World): ReadonlyMap<string, readonly string[]> {
  const plans = new Map<string, string[]>();
  for (const { id, apiStages } of world.list('apigateway/usage-plan')) {
    for (const { apiId, stage } of apiStages) {
      const row = `${apiId}/${stage}`;
      const there = plans.get(row);
      if (there === undefined) plans.set(row, [id]);
      else there.push(id);
    }
  }
  return plans;
}

/** The plans that stages name. */
export function compileUsagePlans(ids: Iterable<string>, { round, installation }: { readonly round: Round; readonly installation: Installation }): readonly UsagePlan[] {
  return [...new Set(ids)].map((id) => round.unit(`usage plan ${id}`, (maker) => compilePlan(id, maker, installation))).filter((plan) => plan !== null);
}

function compilePlan(id: string, maker: Maker, installation: Installation): UsagePlan | null {
  const plan = maker.get('apigateway/usage-plan', id);
  if (!plan) return null;
  const keys = maker.children('apigateway/usage-plan-key', id).flatMap(({ keyId }) => {
    const key = maker.get('apigateway/api-key', keyId);
    return key?.enabled === true ? [{ id: keyId, digest: keyDigest(key.value) }] : [];
  });
  const routes = plan.apiStages.flatMap(({ apiId, stage, throttle }): readonly RouteThrottle[] =>
    Object.entries(throttle).map(([path, settings]) => ({
      stage: stageArn(plan.region, apiId, stage), route: routeKeyOf(path, maker.get('apigatewayv2/api', apiId)?.protocolType ?? 'WEBSOCKET'), ...throttleOf(settings, installation),
    })));
  return { id, throttle: plan.throttle === null ? null : throttleOf(plan.throttle, installation), quota: plan.quota, routes, keys };
}

/** What one of the two limits leaves open is the account's. */
function throttleOf({ rateLimit, burstLimit }: ThrottleSettings, { apiThrottle }: Installation): PlanThrottle {
  return { rate: rateLimit ?? apiThrottle.rate, burst: burstLimit ?? apiThrottle.burst };
}
