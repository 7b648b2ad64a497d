import type {
  ApiMapping as WireMapping, CreateApiMappingRequest, DeleteApiMappingRequest, GetApiMappingRequest, GetApiMappingsRequest, GetApiMappingsResponse, UpdateApiMappingRequest,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import type { ApiMapping, DomainName } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { badRequest, conflict } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { checkQuota } from './quota.ts';

export function apiMappingOperations(environment: Environment) {
  const { store, clock, random } = environment;
  return {
    async CreateApiMapping(input: CreateApiMappingRequest, call: Call): Promise<WireMapping> {
      const apiMappingId = alphanumericId(random, 6);
      const mapping = await store.transact((transaction) => {
        const domain = lookup.domainName(transaction, input.DomainName, call);
        checkQuota(environment, 'api-mappings-per-custom-domain-name', transaction.children('apigatewayv2/api-mapping', domain.id).length);
        const created: ApiMapping = {
          id: `${domain.id}/${apiMappingId}`, account: call.account, region: call.region, parent: domain.id, createdAt: clock.now(), apiMappingId,
          apiId: input.ApiId ?? '', apiMappingKey: input.ApiMappingKey ?? '', stage: input.Stage ?? '',
        };
        check(transaction, domain, { mapping: created, call });
        transaction.put('apigatewayv2/api-mapping', created);
        return created;
      });
      return mappingShape(mapping);
    },

    GetApiMapping: (input: GetApiMappingRequest, call: Call): WireMapping => mappingShape(lookup.apiMapping(store.world, lookup.domainName(store.world, input.DomainName, call), input.ApiMappingId)),

    GetApiMappings(input: GetApiMappingsRequest, call: Call): GetApiMappingsResponse {
      const domain = lookup.domainName(store.world, input.DomainName, call);
      const { items, next } = page(store.world.children('apigatewayv2/api-mapping', domain.id), input, `mappings of ${domain.id}`);
      return { Items: items.map(mappingShape), ...next };
    },

    async UpdateApiMapping(input: UpdateApiMappingRequest, call: Call): Promise<WireMapping> {
      const mapping = await store.transact((transaction) => {
        const domain = lookup.domainName(transaction, input.DomainName, call);
        const before = lookup.apiMapping(transaction, domain, input.ApiMappingId);
        const updated: ApiMapping = { ...before, apiId: input.ApiId ?? before.apiId, apiMappingKey: input.ApiMappingKey ?? before.apiMappingKey, stage: input.Stage ?? before.stage };
        check(transaction, domain, { mapping: updated, call });
        transaction.put('apigatewayv2/api-mapping', updated);
        return updated;
      });
      return mappingShape(mapping);
    },

    async DeleteApiMapping(input: DeleteApiMappingRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const domain = lookup.domainName(transaction, input.DomainName, call);
        transaction.delete('apigatewayv2/api-mapping', lookup.apiMapping(transaction, domain, input.ApiMappingId).id);
      });
      return {};
    },
  };
}

/** apigateway/latest/developerguide/rest-api-mappings.html */
const LONGEST_KEY = 300;

function check(world: World, domain: DomainName, more: { readonly mapping: ApiMapping; readonly call: Call }): void {
  const { mapping, call } = more;
  const { apiMappingKey: key } = mapping;
  if (key.startsWith('/') || key.includes('//')) throw badRequest("API mapping key should not start with a '/' or have consecutive '/'s.");
  if (key.endsWith('/')) throw badRequest("API mapping key should not end with a '/'.");
  if (key.length > LONGEST_KEY || !/^(?:[A-Za-z0-9$\-_.+!*'(),]+(?:\/[A-Za-z0-9$\-_.+!*'(),]+)*)?$/.test(key)) {
    throw badRequest("API mapping keys may contain only letters, numbers, slashes and one of $-_.+!*'(), and have at most 300 characters");
  }
  const api = world.get('apigatewayv2/api', mapping.apiId);
  if (!api || api.account !== call.account || api.region !== call.region) throw badRequest('Invalid API identifier specified');
  if (!world.get('apigatewayv2/stage', `${api.id}/${mapping.stage}`)) throw badRequest('Invalid stage identifier specified');
  const others = world.children('apigatewayv2/api-mapping', domain.id).filter(({ id }) => id !== mapping.id);
  if (others.some(({ apiMappingKey }) => apiMappingKey === key)) throw conflict('ApiMapping key already exists for this domain name');
  // One name cannot be an address for both: a WebSocket API has no paths.
  if (others.some(({ apiId }) => world.get('apigatewayv2/api', apiId)?.protocolType !== api.protocolType)) throw badRequest('APIs of protocol types HTTP and WEBSOCKET cannot be mapped to the same domain name');
}

function mappingShape(mapping: ApiMapping): WireMapping {
  return { ApiId: mapping.apiId, ApiMappingId: mapping.apiMappingId, ApiMappingKey: mapping.apiMappingKey, Stage: mapping.stage };
}
