import type { Api } from '../../resources/apigatewayv2/index.ts';
import type { Transaction } from '../../store/index.ts';
import { leavePlans } from '../apigateway/api-stage.ts';
import { badRequest } from './error.ts';

/** Removes an API with all that belongs to it. A custom domain that leads to it keeps it, as at AWS. */
export function removeApi(transaction: Transaction, api: Api): void {
  const domains = domainsOf(transaction, (target) => target.apiId === api.id);
  if (domains.length > 0) throw badRequest(`Please remove all base path mappings related to the API in your domains: ${domains.join(', ')}`);
  clearApi(transaction, api);
  for (const deployment of transaction.children('apigatewayv2/deployment', api.id)) transaction.delete('apigatewayv2/deployment', deployment.id);
  leavePlans(transaction, { account: api.account, region: api.region, apiId: api.id, stage: null });
  for (const stage of transaction.children('apigatewayv2/stage', api.id)) transaction.delete('apigatewayv2/stage', stage.id);
  transaction.delete('apigatewayv2/api', api.id);
}

/** Removes what a reimport replaces: everything but stages and deployments. */
export function clearApi(transaction: Transaction, api: Api): void {
  for (const route of transaction.children('apigatewayv2/route', api.id)) {
    for (const response of transaction.children('apigatewayv2/route-response', route.id)) transaction.delete('apigatewayv2/route-response', response.id);
    transaction.delete('apigatewayv2/route', route.id);
  }
  for (const integration of transaction.children('apigatewayv2/integration', api.id)) {
    for (const response of transaction.children('apigatewayv2/integration-response', integration.id)) transaction.delete('apigatewayv2/integration-response', response.id);
    transaction.delete('apigatewayv2/integration', integration.id);
  }
  for (const authorizer of transaction.children('apigatewayv2/authorizer', api.id)) transaction.delete('apigatewayv2/authorizer', authorizer.id);
  for (const model of transaction.children('apigatewayv2/model', api.id)) transaction.delete('apigatewayv2/model', model.id);
}

/** Names of the custom domains with a mapping or rule that leads to what is asked for. */
export function domainsOf(transaction: Transaction, leads: (target: { readonly apiId: string; readonly stage: string }) => boolean): readonly string[] {
  return transaction.list('apigatewayv2/domain-name').flatMap(({ id, domainName }) => {
    const isMapped = transaction.children('apigatewayv2/api-mapping', id).some(leads);
    const isRuled = transaction.children('apigatewayv2/routing-rule', id).some(({ action }) => leads(action));
    return isMapped || isRuled ? [domainName] : [];
  });
}
