import type {
  CreateIntegrationRequest, DeleteIntegrationRequest, GetIntegrationRequest, GetIntegrationResult, GetIntegrationsRequest, GetIntegrationsResponse, UpdateIntegrationRequest,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import { type Api, type Integration, integrationOfTarget } from '../../resources/apigatewayv2/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { redeploy } from './deployment-document.ts';
import { conflict } from './error.ts';
import { type IntegrationInput, integrationSettings } from './integration-settings.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { checkQuota } from './quota.ts';
import { present } from './text.ts';

/** Integrations that no route has yet, or has any more, deploy nothing (observed). */
export function integrationOperations(environment: Environment) {
  const { store, random } = environment;
  return {
    async CreateIntegration(input: CreateIntegrationRequest, call: Call): Promise<GetIntegrationResult> {
      const integrationId = alphanumericId(random, 7);
      const integration = await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        return addIntegration(transaction, api, { input, integrationId, environment });
      });
      return integrationShape(integration);
    },

    GetIntegration: (input: GetIntegrationRequest, call: Call): GetIntegrationResult => integrationShape(lookup.integration(store.world, lookup.api(store.world, input.ApiId, call), input.IntegrationId)),

    GetIntegrations(input: GetIntegrationsRequest, call: Call): GetIntegrationsResponse {
      const api = lookup.api(store.world, input.ApiId, call);
      const { items, next } = page(store.world.children('apigatewayv2/integration', api.id), input, `integrations of ${api.id}`);
      return { Items: items.map(integrationShape), ...next };
    },

    async UpdateIntegration(input: UpdateIntegrationRequest, call: Call): Promise<GetIntegrationResult> {
      const integration = await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const before = lookup.integration(transaction, api, input.IntegrationId);
        const updated: Integration = { ...before, ...integrationSettings(transaction, api, { input, before }) };
        transaction.put('apigatewayv2/integration', updated);
        redeploy(transaction, api.id, environment);
        return updated;
      });
      return integrationShape(integration);
    },

    async DeleteIntegration(input: DeleteIntegrationRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const integration = lookup.integration(transaction, api, input.IntegrationId);
        const users = transaction.children('apigatewayv2/route', api.id).filter(({ target }) => integrationOfTarget(target) === integration.integrationId);
        if (users.length > 0) throw conflict(`Cannot delete Integration because it is referenced by the following Routes with Ids: [${users.map(({ routeId }) => routeId).join(', ')}]`);
        for (const response of transaction.children('apigatewayv2/integration-response', integration.id)) transaction.delete('apigatewayv2/integration-response', response.id);
        transaction.delete('apigatewayv2/integration', integration.id);
      });
      return {};
    },
  };
}

export function addIntegration(transaction: Transaction, api: Api, more: { readonly input: IntegrationInput; readonly integrationId: string; readonly environment: Environment }): Integration {
  const { input, integrationId, environment } = more;
  checkQuota(environment, api.protocolType === 'HTTP' ? 'integrations-per-http-api' : 'integrations-per-websocket-api', transaction.children('apigatewayv2/integration', api.id).length);
  const created: Integration = {
    id: `${api.id}/${integrationId}`, account: api.account, region: api.region, parent: api.id, createdAt: environment.clock.now(), integrationId, apiGatewayManaged: false,
    ...integrationSettings(transaction, api, { input, before: null }),
  };
  transaction.put('apigatewayv2/integration', created);
  return created;
}

function integrationShape(integration: Integration): GetIntegrationResult {
  const { responseParameters, tlsConfig } = integration;
  return {
    ...(integration.apiGatewayManaged ? { ApiGatewayManaged: true } : {}),
    ...present({ ConnectionId: integration.connectionId, ConnectionType: integration.connectionType, ContentHandlingStrategy: integration.contentHandlingStrategy, CredentialsArn: integration.credentialsArn, Description: integration.description }),
    IntegrationId: integration.integrationId,
    ...present({
      IntegrationMethod: integration.integrationMethod, IntegrationResponseSelectionExpression: integration.integrationResponseSelectionExpression, IntegrationSubtype: integration.integrationSubtype,
      IntegrationUri: integration.integrationUri, PassthroughBehavior: integration.passthroughBehavior, TemplateSelectionExpression: integration.templateSelectionExpression,
    }),
    IntegrationType: integration.integrationType,
    PayloadFormatVersion: integration.payloadFormatVersion,
    ...(integration.requestParameters === null ? {} : { RequestParameters: { ...integration.requestParameters } }),
    ...(integration.requestTemplates === null ? {} : { RequestTemplates: { ...integration.requestTemplates } }),
    ...(responseParameters === null ? {} : { ResponseParameters: Object.fromEntries(Object.entries(responseParameters).map(([status, mapping]) => [status, { ...mapping }])) }),
    TimeoutInMillis: integration.timeoutInMillis,
    ...(tlsConfig === null ? {} : { TlsConfig: present({ ServerNameToVerify: tlsConfig.serverNameToVerify }) }),
  };
}
