import type {
  CreateIntegrationResponseRequest, DeleteIntegrationResponseRequest, GetIntegrationResponseRequest, GetIntegrationResponseResponse, GetIntegrationResponsesRequest, GetIntegrationResponsesResponse, UpdateIntegrationResponseRequest,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId, Pattern, PatternError } from '../../../kernel/index.ts';
import type { Api, Integration, IntegrationResponse } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { redeploy } from './deployment-document.ts';
import { badRequest, conflict, proxyOnly } from './error.ts';
import * as lookup from './lookup.ts';
import { checkTemplates } from './mapping-templates.ts';
import { page } from './page.ts';
import { changed, filled, given, merged, present } from './text.ts';

export function integrationResponseOperations(environment: Environment) {
  const { store, clock, random } = environment;

  /** Integration responses are WebSocket's alone. */
  const integrationOf = (world: World, input: { readonly ApiId?: string | undefined; readonly IntegrationId?: string | undefined }, call: Call): { readonly api: Api; readonly integration: Integration } => {
    const api = lookup.api(world, input.ApiId, call);
    if (api.protocolType === 'HTTP') throw proxyOnly('IntegrationResponses');
    return { api, integration: lookup.integration(world, api, input.IntegrationId) };
  };
  const checkFree = (world: World, integration: Integration, response: { readonly key: string; readonly id: string }): void => {
    const isTaken = world.children('apigatewayv2/integration-response', integration.id).some(({ integrationResponseId, integrationResponseKey }) => integrationResponseKey === response.key && integrationResponseId !== response.id);
    if (isTaken) throw conflict(`IntegrationResponse with key ${response.key} already exists for this integration`);
  };

  return {
    async CreateIntegrationResponse(input: CreateIntegrationResponseRequest, call: Call): Promise<GetIntegrationResponseResponse> {
      const integrationResponseId = alphanumericId(random, 7);
      const response = await store.transact((transaction) => {
        const { api, integration } = integrationOf(transaction, input, call);
        const key = checkedKey(input.IntegrationResponseKey);
        checkFree(transaction, integration, { key, id: integrationResponseId });
        const created: IntegrationResponse = {
          id: `${integration.id}/${integrationResponseId}`, account: api.account, region: api.region, parent: integration.id, createdAt: clock.now(), integrationResponseId,
          integrationResponseKey: key,
          contentHandlingStrategy: input.ContentHandlingStrategy ?? null,
          responseParameters: filled(input.ResponseParameters),
          responseTemplates: filled(input.ResponseTemplates),
          templateSelectionExpression: given(input.TemplateSelectionExpression),
        };
        checkTemplates(created.responseTemplates, created.templateSelectionExpression, 'answer');
        transaction.put('apigatewayv2/integration-response', created);
        redeploy(transaction, api.id, environment);
        return created;
      });
      return integrationResponseShape(response);
    },

    GetIntegrationResponse(input: GetIntegrationResponseRequest, call: Call): GetIntegrationResponseResponse {
      return integrationResponseShape(lookup.integrationResponse(store.world, integrationOf(store.world, input, call).integration, input.IntegrationResponseId));
    },

    GetIntegrationResponses(input: GetIntegrationResponsesRequest, call: Call): GetIntegrationResponsesResponse {
      const { integration } = integrationOf(store.world, input, call);
      const { items, next } = page(store.world.children('apigatewayv2/integration-response', integration.id), input, `responses of ${integration.id}`);
      return { Items: items.map((response) => ({ ...integrationResponseShape(response), IntegrationResponseKey: response.integrationResponseKey })), ...next };
    },

    async UpdateIntegrationResponse(input: UpdateIntegrationResponseRequest, call: Call): Promise<GetIntegrationResponseResponse> {
      const response = await store.transact((transaction) => {
        const { api, integration } = integrationOf(transaction, input, call);
        const before = lookup.integrationResponse(transaction, integration, input.IntegrationResponseId);
        const key = input.IntegrationResponseKey === undefined ? before.integrationResponseKey : checkedKey(input.IntegrationResponseKey);
        checkFree(transaction, integration, { key, id: before.integrationResponseId });
        const updated: IntegrationResponse = {
          ...before,
          integrationResponseKey: key,
          contentHandlingStrategy: input.ContentHandlingStrategy ?? before.contentHandlingStrategy,
          responseParameters: merged(before.responseParameters, input.ResponseParameters),
          responseTemplates: input.ResponseTemplates === undefined ? before.responseTemplates : filled(input.ResponseTemplates),
          templateSelectionExpression: changed(input.TemplateSelectionExpression, before.templateSelectionExpression),
        };
        checkTemplates(updated.responseTemplates, updated.templateSelectionExpression, 'answer');
        transaction.put('apigatewayv2/integration-response', updated);
        redeploy(transaction, api.id, environment);
        return updated;
      });
      return integrationResponseShape(response);
    },

    async DeleteIntegrationResponse(input: DeleteIntegrationResponseRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const { api, integration } = integrationOf(transaction, input, call);
        transaction.delete('apigatewayv2/integration-response', lookup.integrationResponse(transaction, integration, input.IntegrationResponseId).id);
        redeploy(transaction, api.id, environment);
      });
      return {};
    },
  };
}

const LONGEST_PATTERN = 512;

/** `$default`, or a pattern between slashes. The data plane runs it under a linear engine, which has no lookaround and no backreferences. */
function checkedKey(key = ''): string {
  if (key === '$default') return key;
  const pattern = /^\/(.+)\/$/.exec(key)?.[1];
  if (pattern === undefined || key.length > LONGEST_PATTERN || !isPattern(pattern)) throw badRequest(`Invalid integration response key specified: ${key}. It must be $default or a pattern of the form /pattern/`);
  return key;
}

function isPattern(pattern: string): boolean {
  try {
    void new Pattern(`^(?:${pattern})$`, { fold: false, captures: false });
    return true;
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}

function integrationResponseShape(response: IntegrationResponse): GetIntegrationResponseResponse {
  return {
    ...present({ ContentHandlingStrategy: response.contentHandlingStrategy, TemplateSelectionExpression: response.templateSelectionExpression }),
    IntegrationResponseId: response.integrationResponseId,
    IntegrationResponseKey: response.integrationResponseKey,
    ...(response.responseParameters === null ? {} : { ResponseParameters: { ...response.responseParameters } }),
    ...(response.responseTemplates === null ? {} : { ResponseTemplates: { ...response.responseTemplates } }),
  };
}
