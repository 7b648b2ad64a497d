import type {
  CreateAuthorizerRequest, CreateAuthorizerResponse, DeleteAuthorizerRequest, GetAuthorizerRequest, GetAuthorizersRequest, GetAuthorizersResponse, ResetAuthorizersCacheRequest, UpdateAuthorizerRequest,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import type { Api, Authorizer } from '../../resources/apigatewayv2/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { type AuthorizerInput, authorizerSettings } from './authorizer-settings.ts';
import { redeploy } from './deployment-document.ts';
import { conflict } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { checkQuota } from './quota.ts';
import { present } from './text.ts';

/** Authorizers that no route has yet, or has any more, deploy nothing; a change of one does (observed). */
export function authorizerOperations(environment: Environment) {
  const { store, random } = environment;
  return {
    async CreateAuthorizer(input: CreateAuthorizerRequest, call: Call): Promise<CreateAuthorizerResponse> {
      const authorizerId = alphanumericId(random, 6);
      const authorizer = await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        return addAuthorizer(transaction, api, { input, authorizerId, environment });
      });
      return authorizerShape(authorizer);
    },

    GetAuthorizer: (input: GetAuthorizerRequest, call: Call): CreateAuthorizerResponse => authorizerShape(lookup.authorizer(store.world, lookup.api(store.world, input.ApiId, call), input.AuthorizerId)),

    GetAuthorizers(input: GetAuthorizersRequest, call: Call): GetAuthorizersResponse {
      const api = lookup.api(store.world, input.ApiId, call);
      const { items, next } = page(store.world.children('apigatewayv2/authorizer', api.id), input, `authorizers of ${api.id}`);
      return { Items: items.map((authorizer) => ({ ...authorizerShape(authorizer), Name: authorizer.name })), ...next };
    },

    async UpdateAuthorizer(input: UpdateAuthorizerRequest, call: Call): Promise<CreateAuthorizerResponse> {
      const authorizer = await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const before = lookup.authorizer(transaction, api, input.AuthorizerId);
        const { id, account, region, parent, createdAt, authorizerId } = before;
        const updated: Authorizer = { id, account, region, parent, createdAt, authorizerId, ...authorizerSettings(api.protocolType, input, before) };
        checkName(transaction, api, updated);
        transaction.put('apigatewayv2/authorizer', updated);
        redeploy(transaction, api.id, environment);
        return updated;
      });
      return authorizerShape(authorizer);
    },

    async DeleteAuthorizer(input: DeleteAuthorizerRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const authorizer = lookup.authorizer(transaction, api, input.AuthorizerId);
        const users = transaction.children('apigatewayv2/route', api.id).filter((route) => route.authorizerId === authorizer.authorizerId);
        if (users.length > 0) throw conflict(`Cannot delete Authorizer because it is referenced by the following Routes with Ids: [${users.map(({ routeId }) => routeId).join(', ')}]`);
        transaction.delete('apigatewayv2/authorizer', authorizer.id);
      });
      return {};
    },

    /** What was decided before has another key from now on. */
    async ResetAuthorizersCache(input: ResetAuthorizersCacheRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const stage = lookup.stage(transaction, lookup.api(transaction, input.ApiId, call), input.StageName);
        transaction.put('apigatewayv2/stage', { ...stage, authorizersCacheEpoch: stage.authorizersCacheEpoch + 1 });
      });
      return {};
    },
  };
}

export function addAuthorizer(transaction: Transaction, api: Api, more: { readonly input: AuthorizerInput; readonly authorizerId: string; readonly environment: Environment }): Authorizer {
  const { input, authorizerId, environment } = more;
  checkQuota(environment, 'authorizers-per-api', transaction.children('apigatewayv2/authorizer', api.id).length);
  const created: Authorizer = {
    id: `${api.id}/${authorizerId}`, account: api.account, region: api.region, parent: api.id, createdAt: environment.clock.now(), authorizerId, ...authorizerSettings(api.protocolType, input, null),
  };
  checkName(transaction, api, created);
  transaction.put('apigatewayv2/authorizer', created);
  return created;
}

function checkName(transaction: Transaction, api: Api, authorizer: Authorizer): void {
  const isTaken = transaction.children('apigatewayv2/authorizer', api.id).some(({ name, authorizerId }) => name === authorizer.name && authorizerId !== authorizer.authorizerId);
  if (isTaken) throw conflict(`Authorizer with name ${authorizer.name} already exists for this API`);
}

function authorizerShape(authorizer: Authorizer): CreateAuthorizerResponse {
  const own = { AuthorizerId: authorizer.authorizerId, AuthorizerType: authorizer.authorizerType, IdentitySource: [...authorizer.identitySource], Name: authorizer.name };
  if (authorizer.authorizerType === 'JWT') {
    const { audience, issuer } = authorizer.jwtConfiguration;
    return { ...own, JwtConfiguration: { Audience: [...audience], Issuer: issuer } };
  }
  return {
    ...own,
    ...present({
      AuthorizerCredentialsArn: authorizer.authorizerCredentialsArn, AuthorizerPayloadFormatVersion: authorizer.authorizerPayloadFormatVersion, AuthorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
      AuthorizerUri: authorizer.authorizerUri, EnableSimpleResponses: authorizer.enableSimpleResponses, IdentityValidationExpression: authorizer.identityValidationExpression,
    }),
  };
}
