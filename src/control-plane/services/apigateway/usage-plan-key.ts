import type { Call } from '../../../aws/index.ts';
import type { ApiKey, UsagePlan } from '../../resources/apigateway/index.ts';
import type { Transaction } from '../../store/index.ts';
import { present } from '../apigatewayv2/text.ts';
import type { Environment } from '../environment.ts';
import { isNamed } from './api-key.ts';
import { checkAlone } from './api-stage.ts';
import { badRequest, conflict } from './error.ts';
import * as lookup from './lookup.ts';
import { page, type Listed } from './page.ts';
import { checkQuota } from './quota.ts';
import type { PageRequest } from './wire.ts';

interface Ids {
  readonly usagePlanId: string;
  readonly keyId: string;
}

interface WirePlanKey {
  readonly id: string;
  readonly type: 'API_KEY';
  readonly value: string;
  readonly name?: string;
}

export function usagePlanKeyOperations(environment: Environment) {
  const { store } = environment;
  return {
    async CreateUsagePlanKey(input: Ids & { readonly keyType: string }, call: Call): Promise<WirePlanKey> {
      if (input.keyType !== 'API_KEY') throw badRequest('Invalid key type specified. Only API_KEY is supported');
      const key = await store.transact((transaction) => {
        const plan = lookup.usagePlan(transaction, input.usagePlanId, call);
        const found = lookup.apiKey(transaction, input.keyId, call);
        if (transaction.get('apigateway/usage-plan-key', `${plan.id}/${found.id}`)) throw conflict(`API Key ${found.id} is already associated with Usage Plan ${plan.id}`);
        addKey(environment, { plan, key: found }, transaction);
        return found;
      });
      return memberShape(key);
    },

    GetUsagePlanKey: (input: Ids, call: Call): WirePlanKey => memberShape(lookup.usagePlanKey(store.world, input, call).key),

    GetUsagePlanKeys(input: PageRequest & { readonly usagePlanId: string; readonly nameQuery?: string }, call: Call): Listed<WirePlanKey> {
      const plan = lookup.usagePlan(store.world, input.usagePlanId, call);
      const keys = store.world.children('apigateway/usage-plan-key', plan.id).map(({ keyId }) => store.world.get('apigateway/api-key', keyId)!);
      const listed = page(keys.filter((key) => isNamed(key, input.nameQuery ?? '')), input, `keys of ${plan.id}`);
      return { ...listed, items: listed.items.map(memberShape) };
    },

    async DeleteUsagePlanKey(input: Ids, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const { member } = lookup.usagePlanKey(transaction, input, call);
        transaction.delete('apigateway/usage-plan-key', member.id);
      });
      return {};
    },
  };
}

/** Puts a key into a plan. */
export function addKey(environment: Environment, { plan, key }: { readonly plan: UsagePlan; readonly key: ApiKey }, transaction: Transaction): void {
  const call = { account: plan.account, region: plan.region };
  checkQuota(environment, 'usage-plans-per-api-key', transaction.list('apigateway/usage-plan-key', call).filter(({ keyId }) => keyId === key.id).length);
  checkAlone(transaction, plan, { keyId: key.id, call });
  transaction.put('apigateway/usage-plan-key', { id: `${plan.id}/${key.id}`, account: plan.account, region: plan.region, parent: plan.id, createdAt: environment.clock.now(), keyId: key.id });
}

function memberShape({ id, value, name }: ApiKey): WirePlanKey {
  return { id, type: 'API_KEY', value, ...present({ name }) };
}
