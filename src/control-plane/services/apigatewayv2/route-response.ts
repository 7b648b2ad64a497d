import type {
  CreateRouteResponseRequest, DeleteRouteResponseRequest, GetRouteResponseRequest, GetRouteResponseResponse, GetRouteResponsesRequest, GetRouteResponsesResponse, UpdateRouteResponseRequest,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import type { Api, Route, RouteResponse } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { redeploy } from './deployment-document.ts';
import { badRequest, conflict, proxyOnly } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { constraints, constraintsShape } from './route.ts';
import { changed, filled, given, present } from './text.ts';

export function routeResponseOperations(environment: Environment) {
  const { store, clock, random } = environment;

  /** Route responses are WebSocket's alone. */
  const routeOf = (world: World, input: { readonly ApiId?: string | undefined; readonly RouteId?: string | undefined }, call: Call): { readonly api: Api; readonly route: Route } => {
    const api = lookup.api(world, input.ApiId, call);
    if (api.protocolType === 'HTTP') throw proxyOnly('RouteResponses');
    return { api, route: lookup.route(world, api, input.RouteId) };
  };

  return {
    async CreateRouteResponse(input: CreateRouteResponseRequest, call: Call): Promise<GetRouteResponseResponse> {
      const routeResponseId = alphanumericId(random, 7);
      const response = await store.transact((transaction) => {
        const { api, route } = routeOf(transaction, input, call);
        const key = checkedKey(input.RouteResponseKey);
        if (transaction.children('apigatewayv2/route-response', route.id).some(({ routeResponseKey }) => routeResponseKey === key)) throw conflict(`RouteResponse with key ${key} already exists for this route`);
        const created: RouteResponse = {
          id: `${route.id}/${routeResponseId}`, account: api.account, region: api.region, parent: route.id, createdAt: clock.now(), routeResponseId,
          routeResponseKey: key,
          modelSelectionExpression: given(input.ModelSelectionExpression),
          responseModels: filled(input.ResponseModels),
          responseParameters: constraints(input.ResponseParameters),
        };
        transaction.put('apigatewayv2/route-response', created);
        redeploy(transaction, api.id, environment);
        return created;
      });
      return routeResponseShape(response);
    },

    GetRouteResponse(input: GetRouteResponseRequest, call: Call): GetRouteResponseResponse {
      return routeResponseShape(lookup.routeResponse(store.world, routeOf(store.world, input, call).route, input.RouteResponseId));
    },

    GetRouteResponses(input: GetRouteResponsesRequest, call: Call): GetRouteResponsesResponse {
      const { route } = routeOf(store.world, input, call);
      const { items, next } = page(store.world.children('apigatewayv2/route-response', route.id), input, `responses of ${route.id}`);
      return { Items: items.map((response) => ({ ...routeResponseShape(response), RouteResponseKey: response.routeResponseKey })), ...next };
    },

    async UpdateRouteResponse(input: UpdateRouteResponseRequest, call: Call): Promise<GetRouteResponseResponse> {
      const response = await store.transact((transaction) => {
        const { api, route } = routeOf(transaction, input, call);
        const before = lookup.routeResponse(transaction, route, input.RouteResponseId);
        const updated: RouteResponse = {
          ...before,
          routeResponseKey: input.RouteResponseKey === undefined ? before.routeResponseKey : checkedKey(input.RouteResponseKey),
          modelSelectionExpression: changed(input.ModelSelectionExpression, before.modelSelectionExpression),
          responseModels: input.ResponseModels === undefined ? before.responseModels : filled(input.ResponseModels),
          responseParameters: input.ResponseParameters === undefined ? before.responseParameters : constraints(input.ResponseParameters),
        };
        transaction.put('apigatewayv2/route-response', updated);
        redeploy(transaction, api.id, environment);
        return updated;
      });
      return routeResponseShape(response);
    },

    async DeleteRouteResponse(input: DeleteRouteResponseRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const { api, route } = routeOf(transaction, input, call);
        transaction.delete('apigatewayv2/route-response', lookup.routeResponse(transaction, route, input.RouteResponseId).id);
        redeploy(transaction, api.id, environment);
      });
      return {};
    },
  };
}

const ONLY_DEFAULT = 'Currently, only $default is supported as a RouteResponseKey. The creation of the RouteResponse with a key of $default will indicate to API Gateway that this Route is intended to handle two-way communication.';

/** apigateway/latest/developerguide/apigateway-websocket-api-route-response.html: `$default` is the only one. */
function checkedKey(key: string | undefined): string {
  if (key !== '$default') throw badRequest(ONLY_DEFAULT);
  return key;
}

function routeResponseShape(response: RouteResponse): GetRouteResponseResponse {
  return {
    ...present({ ModelSelectionExpression: response.modelSelectionExpression }),
    ...(response.responseModels === null ? {} : { ResponseModels: { ...response.responseModels } }),
    ...(response.responseParameters === null ? {} : { ResponseParameters: constraintsShape(response.responseParameters) }),
    RouteResponseId: response.routeResponseId,
    RouteResponseKey: response.routeResponseKey,
  };
}
