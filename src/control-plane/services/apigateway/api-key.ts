import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import type { ApiKey } from '../../resources/apigateway/index.ts';
import { checkedTags, type TagMap } from '../apigatewayv2/tags.ts';
import { given, present } from '../apigatewayv2/text.ts';
import type { Environment } from '../environment.ts';
import { checkedValue, checkFree, generatedValue } from './api-key-value.ts';
import { importApiKeys, type ImportRequest } from './api-key-import.ts';
import { badRequest } from './error.ts';
import * as lookup from './lookup.ts';
import { page, type Listed } from './page.ts';
import { flagOf, wrongPath } from './patch.ts';
import { checkQuota } from './quota.ts';
import { tagMember, withTags } from './tag.ts';
import type { PageRequest, Patched, PatchOperation } from './wire.ts';

interface NewKey {
  readonly name?: string;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly value?: string;
  readonly customerId?: string;
  readonly tags?: TagMap;
}

interface WireKey extends NewKey {
  readonly id: string;
  readonly createdDate: Date;
  readonly lastUpdatedDate: Date;
  readonly stageKeys: readonly string[];
}

export function apiKeyOperations(environment: Environment) {
  const { store, clock, random } = environment;
  return {
    async CreateApiKey(input: NewKey, call: Call): Promise<WireKey> {
      const key = await store.transact((transaction) => {
        checkQuota(environment, 'api-keys', transaction.list('apigateway/api-key', call).length);
        const now = clock.now();
        const value = input.value === undefined || input.value === '' ? generatedValue(random) : checkedValue(input.value);
        checkFree(transaction, value, call);
        const created = checked({
          id: alphanumericId(random, 10), account: call.account, region: call.region, parent: null, createdAt: now, lastUpdatedAt: now, value, enabled: input.enabled ?? false,
          name: given(input.name), description: given(input.description), customerId: given(input.customerId), tags: checkedTags(input.tags, environment),
        });
        transaction.put('apigateway/api-key', created);
        return created;
      });
      return keyShape(key, true);
    },

    GetApiKey: (input: { readonly apiKey: string; readonly includeValue?: boolean }, call: Call): WireKey => withTags(keyShape(lookup.apiKey(store.world, input.apiKey, call), input.includeValue ?? false)),

    GetApiKeys(input: PageRequest & { readonly nameQuery?: string; readonly customerId?: string; readonly includeValues?: boolean }, call: Call): Listed<WireKey> {
      const { nameQuery = '', customerId = '', includeValues = false } = input;
      const fitting = store.world.list('apigateway/api-key', call).filter((key) => isNamed(key, nameQuery) && (customerId === '' || key.customerId === customerId));
      const listed = page(fitting, input, 'api keys');
      return { ...listed, items: listed.items.map((key) => keyShape(key, includeValues)) };
    },

    async UpdateApiKey(input: Patched & { readonly apiKey: string }, call: Call): Promise<WireKey> {
      const key = await store.transact((transaction) => {
        const before = lookup.apiKey(transaction, input.apiKey, call);
        const updated = checked({ ...(input.patchOperations ?? []).reduce(patched, before), lastUpdatedAt: clock.now() });
        transaction.put('apigateway/api-key', updated);
        return updated;
      });
      return withTags(keyShape(key, false));
    },

    async DeleteApiKey(input: { readonly apiKey: string }, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const key = lookup.apiKey(transaction, input.apiKey, call);
        for (const member of transaction.list('apigateway/usage-plan-key', call)) if (member.keyId === key.id) transaction.delete('apigateway/usage-plan-key', member.id);
        transaction.delete('apigateway/api-key', key.id);
      });
      return {};
    },

    ImportApiKeys: (input: ImportRequest, call: Call) => importApiKeys(environment, input, call),
  };
}

/** The query is what a name begins with. */
export function isNamed({ name }: ApiKey, query: string): boolean {
  return (name ?? '').startsWith(query);
}

const PATHS = ['/customerId', '/description', '/enabled', '/name'];

/** https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html */
function patched(key: ApiKey, operation: PatchOperation): ApiKey {
  if (operation.op !== 'replace') throw wrongPath(operation, []);
  switch (operation.path) {
    case '/name': return { ...key, name: given(operation.value) };
    case '/description': return { ...key, description: given(operation.value) };
    case '/customerId': return { ...key, customerId: given(operation.value) };
    case '/enabled': return { ...key, enabled: flagOf(operation) };
    default: throw wrongPath(operation, PATHS);
  }
}

export function checked(key: ApiKey): ApiKey {
  for (const [member, text] of [['name', key.name], ['description', key.description], ['customerId', key.customerId]] as const) {
    if (text !== null && text.length > 1024) throw badRequest(`API Key ${member} exceeds maximum size of 1024 characters`);
  }
  return key;
}

function keyShape(key: ApiKey, hasValue: boolean): WireKey {
  const { id, name, description, customerId, enabled, createdAt, lastUpdatedAt } = key;
  return {
    id, ...present({ name, description, customerId }), ...(hasValue ? { value: key.value } : {}), enabled, createdDate: new Date(createdAt), lastUpdatedDate: new Date(lastUpdatedAt), stageKeys: [], ...tagMember(key.tags),
  };
}
