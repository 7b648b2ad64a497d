import type { Call } from '../../../aws/index.ts';
import type { ApiKey, UsagePlan, UsagePlanKey } from '../../resources/apigateway/index.ts';
import type { World } from '../../store/index.ts';
import { notFound } from './error.ts';

/** Nouns by the ids of a request; each throws NotFoundException in AWS's words. */

export function apiKey(world: World, id: string | undefined, call: Call): ApiKey {
  const key = world.get('apigateway/api-key', id ?? '');
  if (!key || key.account !== call.account || key.region !== call.region) throw notFound('Invalid API Key identifier specified');
  return key;
}

export function usagePlan(world: World, id: string | undefined, call: Call): UsagePlan {
  const plan = world.get('apigateway/usage-plan', id ?? '');
  if (!plan || plan.account !== call.account || plan.region !== call.region) throw notFound('Invalid Usage Plan ID specified');
  return plan;
}

/** A key in a plan; both must be there. */
export function usagePlanKey(world: World, ids: { readonly usagePlanId: string | undefined; readonly keyId: string | undefined }, call: Call): { readonly plan: UsagePlan; readonly key: ApiKey; readonly member: UsagePlanKey } {
  const plan = usagePlan(world, ids.usagePlanId, call);
  const key = apiKey(world, ids.keyId, call);
  const member = world.get('apigateway/usage-plan-key', `${plan.id}/${key.id}`);
  // AWS answers so for a key that is not in the plan
  if (!member) throw notFound('Invalid Usage Plan ID specified');
  return { plan, key, member };
}
