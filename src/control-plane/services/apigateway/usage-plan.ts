import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import type { ApiStage, UsagePlan } from '../../resources/apigateway/index.ts';
import type { World } from '../../store/index.ts';
import { checkedTags, type TagMap } from '../apigatewayv2/tags.ts';
import { given, present } from '../apigatewayv2/text.ts';
import type { Environment } from '../environment.ts';
import { checkAlone, checkedStage, stageName } from './api-stage.ts';
import { badRequest, conflict } from './error.ts';
import * as lookup from './lookup.ts';
import { page, type Listed } from './page.ts';
import { checkQuota } from './quota.ts';
import { tagMember, withTags } from './tag.ts';
import { patchedPlan } from './usage-plan-patch.ts';
import { checkedQuota, checkedThrottle, throttleShape } from './usage-plan-settings.ts';
import type { PageRequest, Patched, WireApiStage, WireQuota, WireThrottle } from './wire.ts';

interface NewPlan {
  readonly name: string;
  readonly description?: string;
  readonly apiStages?: readonly WireApiStage[];
  readonly throttle?: WireThrottle;
  readonly quota?: WireQuota;
  readonly tags?: TagMap;
}

interface WirePlan extends Omit<NewPlan, 'apiStages'> {
  readonly id: string;
  readonly apiStages: readonly WireApiStage[];
  readonly productCode?: string;
}

export function usagePlanOperations(environment: Environment) {
  const { store, clock, random } = environment;
  return {
    async CreateUsagePlan(input: NewPlan, call: Call): Promise<WirePlan> {
      const plan = await store.transact((transaction) => {
        checkQuota(environment, 'usage-plans', transaction.list('apigateway/usage-plan', call).length);
        const created = checked({
          id: alphanumericId(random, 6), account: call.account, region: call.region, parent: null, createdAt: clock.now(), name: input.name, description: given(input.description), productCode: null,
          apiStages: distinct((input.apiStages ?? []).map((stage) => checkedStage(stage, { world: transaction, environment, call }))),
          throttle: input.throttle === undefined ? null : checkedThrottle(input.throttle), quota: input.quota === undefined ? null : checkedQuota(input.quota), tags: checkedTags(input.tags, environment),
        });
        transaction.put('apigateway/usage-plan', created);
        return created;
      });
      return planShape(plan);
    },

    GetUsagePlan: (input: { readonly usagePlanId: string }, call: Call): WirePlan => withTags(planShape(lookup.usagePlan(store.world, input.usagePlanId, call))),

    GetUsagePlans(input: PageRequest & { readonly keyId?: string }, call: Call): Listed<WirePlan> {
      const { keyId } = input;
      const fitting = store.world.list('apigateway/usage-plan', call).filter(({ id }) => keyId === undefined || keyId === '' || store.world.get('apigateway/usage-plan-key', `${id}/${keyId}`) !== undefined);
      const listed = page(fitting, input, 'usage plans');
      return { ...listed, items: listed.items.map(planShape) };
    },

    async UpdateUsagePlan(input: Patched & { readonly usagePlanId: string }, call: Call): Promise<WirePlan> {
      const plan = await store.transact((transaction) => {
        const before = lookup.usagePlan(transaction, input.usagePlanId, call);
        const updated = checked(patchedPlan(before, input.patchOperations ?? [], { world: transaction, environment, call }));
        checkKeysAlone(transaction, before, { updated, call });
        transaction.put('apigateway/usage-plan', updated);
        return updated;
      });
      return withTags(planShape(plan));
    },

    async DeleteUsagePlan(input: { readonly usagePlanId: string }, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const plan = lookup.usagePlan(transaction, input.usagePlanId, call);
        const [first] = plan.apiStages;
        if (first) throw badRequest(`Cannot delete Usage Plan ${plan.id} because there are API Stages associated with it, including ${stageName(first)}`);
        for (const member of transaction.children('apigateway/usage-plan-key', plan.id)) transaction.delete('apigateway/usage-plan-key', member.id);
        transaction.delete('apigateway/usage-plan', plan.id);
      });
      return {};
    },
  };
}

/** Stages that a plan gains must not be in another plan of one of its keys. */
function checkKeysAlone(world: World, before: UsagePlan, { updated, call }: { readonly updated: UsagePlan; readonly call: Call }): void {
  const had = new Set(before.apiStages.map(stageName));
  if (updated.apiStages.every((stage) => had.has(stageName(stage)))) return;
  for (const { keyId } of world.children('apigateway/usage-plan-key', updated.id)) checkAlone(world, updated, { keyId, call });
}

function distinct(stages: readonly ApiStage[]): readonly ApiStage[] {
  const names = stages.map(stageName);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw conflict(`API Stage ${twice} is already associated with the Usage Plan`);
  return stages;
}

function checked(plan: UsagePlan): UsagePlan {
  if (plan.name === '') throw badRequest('Usage Plan name cannot be blank');
  for (const [member, text] of [['name', plan.name], ['description', plan.description]] as const) {
    if (text !== null && text.length > 1024) throw badRequest(`Usage Plan ${member} exceeds maximum size of 1024 characters`);
  }
  return plan;
}

function planShape({ id, name, description, apiStages, throttle, quota, productCode, tags }: UsagePlan): WirePlan {
  return {
    id, name, ...present({ description, productCode }),
    apiStages: apiStages.map((one) => {
      const routes = Object.entries(one.throttle).map(([route, settings]): [string, WireThrottle] => [route, throttleShape(settings)]);
      return { apiId: one.apiId, stage: one.stage, ...(routes.length === 0 ? {} : { throttle: Object.fromEntries(routes) }) };
    }),
    ...(throttle === null ? {} : { throttle: throttleShape(throttle) }), ...(quota === null ? {} : { quota: { ...quota } }), ...tagMember(tags),
  };
}
