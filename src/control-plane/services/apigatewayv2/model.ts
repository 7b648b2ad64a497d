import type {
  CreateModelRequest, DeleteModelRequest, GetModelRequest, GetModelResponse, GetModelsRequest, GetModelsResponse, GetModelTemplateRequest, GetModelTemplateResponse, UpdateModelRequest,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId, JsonSchema, JsonSchemaError } from '../../../kernel/index.ts';
import type { Api, Model } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { redeploy } from './deployment-document.ts';
import { badRequest, conflict } from './error.ts';
import * as lookup from './lookup.ts';
import { modelTemplate } from './model-template.ts';
import { page } from './page.ts';
import { checkQuota } from './quota.ts';
import { changed, given, present } from './text.ts';

export function modelOperations(environment: Environment) {
  const { store, clock, random } = environment;

  const apiOf = (world: World, apiId: string | undefined, call: Call): Api => {
    const api = lookup.api(world, apiId, call);
    if (api.protocolType === 'HTTP' && !environment.beyondAws.has('request-validation')) throw badRequest('Currently, Models are not permitted for APIs with a protocol type of HTTP');
    return api;
  };
  const modelOf = (input: { readonly ApiId: string | undefined; readonly ModelId: string | undefined }, call: Call): Model => lookup.model(store.world, lookup.api(store.world, input.ApiId, call), input.ModelId);
  const checkFree = (world: World, api: Api, model: Model): void => {
    if (world.children('apigatewayv2/model', api.id).some(({ name, modelId }) => name === model.name && modelId !== model.modelId)) throw conflict(`Model with name ${model.name} already exists for this API`);
  };

  return {
    async CreateModel(input: CreateModelRequest, call: Call): Promise<GetModelResponse> {
      const modelId = alphanumericId(random, 6);
      const model = await store.transact((transaction) => {
        const api = apiOf(transaction, input.ApiId, call);
        checkQuota(environment, 'models-per-api', transaction.children('apigatewayv2/model', api.id).length);
        const created: Model = checked({
          id: `${api.id}/${modelId}`, account: api.account, region: api.region, parent: api.id, createdAt: clock.now(), modelId,
          name: input.Name ?? '', contentType: given(input.ContentType), description: given(input.Description), schema: input.Schema ?? '',
        });
        if (api.protocolType === 'HTTP') checkSchema(created);
        checkFree(transaction, api, created);
        transaction.put('apigatewayv2/model', created);
        redeploy(transaction, api.id, environment);
        return created;
      });
      return modelShape(model);
    },

    GetModel: (input: GetModelRequest, call: Call): GetModelResponse => modelShape(modelOf({ ApiId: input.ApiId, ModelId: input.ModelId }, call)),

    GetModels(input: GetModelsRequest, call: Call): GetModelsResponse {
      const api = lookup.api(store.world, input.ApiId, call);
      const { items, next } = page(store.world.children('apigatewayv2/model', api.id), input, `models of ${api.id}`);
      return { Items: items.map((model) => ({ ...modelShape(model), Name: model.name })), ...next };
    },

    GetModelTemplate: (input: GetModelTemplateRequest, call: Call): GetModelTemplateResponse => ({ Value: modelTemplate(modelOf({ ApiId: input.ApiId, ModelId: input.ModelId }, call).schema) }),

    async UpdateModel(input: UpdateModelRequest, call: Call): Promise<GetModelResponse> {
      const model = await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const before = lookup.model(transaction, api, input.ModelId);
        const updated = checked({
          ...before, name: input.Name ?? before.name, contentType: changed(input.ContentType, before.contentType), description: changed(input.Description, before.description), schema: input.Schema ?? before.schema,
        });
        if (api.protocolType === 'HTTP') checkSchema(updated);
        checkFree(transaction, api, updated);
        transaction.put('apigatewayv2/model', updated);
        redeploy(transaction, api.id, environment);
        return updated;
      });
      return modelShape(model);
    },

    async DeleteModel(input: DeleteModelRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const model = lookup.model(transaction, api, input.ModelId);
        const users = transaction.children('apigatewayv2/route', api.id).filter(({ requestModels }) => Object.values(requestModels ?? {}).includes(model.name));
        if (users.length > 0) throw conflict(`Cannot delete Model because it is referenced by the following Routes with Ids: [${users.map(({ routeId }) => routeId).join(', ')}]`);
        transaction.delete('apigatewayv2/model', model.id);
        redeploy(transaction, api.id, environment);
      });
      return {};
    },
  };
}

const LONGEST_SCHEMA = 32_768;

function checked(model: Model): Model {
  if (!/^[A-Za-z0-9]+$/.test(model.name)) throw badRequest(`Model name must be alphanumeric: ${model.name}`);
  if (model.name.length > 128) throw badRequest('Model name must have at most 128 characters');
  if (model.description !== null && model.description.length > 1024) throw badRequest('Description must have at most 1024 characters');
  if (model.contentType !== null && model.contentType.length > 256) throw badRequest('Content type must have at most 256 characters');
  if (model.schema.length > LONGEST_SCHEMA) throw badRequest(`Schema must have at most ${LONGEST_SCHEMA} characters`);
  let schema: unknown;
  try {
    schema = JSON.parse(model.schema);
  } catch {
    throw badRequest('Invalid model schema specified: it is not valid JSON');
  }
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) throw badRequest('Invalid model schema specified: it is not a JSON object');
  return model;
}

/** Of an HTTP API bodies are held against it. */
function checkSchema({ schema }: Model): void {
  try {
    void new JsonSchema(schema);
  } catch (error) {
    if (!(error instanceof JsonSchemaError)) throw error;
    throw badRequest(`Invalid model schema specified: ${error.message}`);
  }
}

function modelShape(model: Model): GetModelResponse {
  return { ...present({ ContentType: model.contentType, Description: model.description }), ModelId: model.modelId, Name: model.name, Schema: model.schema };
}
