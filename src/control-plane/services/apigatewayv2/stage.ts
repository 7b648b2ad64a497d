import type {
  CreateStageRequest, DeleteAccessLogSettingsRequest, DeleteRouteSettingsRequest, DeleteStageRequest, GetStageRequest, GetStageResponse, GetStagesRequest, GetStagesResponse, UpdateStageRequest,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import type { Api, Stage } from '../../resources/apigatewayv2/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { domainsOf } from './api-removal.ts';
import { leavePlans } from '../apigateway/api-stage.ts';
import { redeploy } from './deployment-document.ts';
import { badRequest, conflict, notFound } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { checkQuota } from './quota.ts';
import { checkedRouteSettings, DEFAULT_ROUTE_SETTINGS, routeSettingsShape, settableRouteKeys } from './route-settings.ts';
import { checkedLogSettings, checkedStageName, checkedStageVariables } from './stage-settings.ts';
import { checkedTags, tagShape } from './tags.ts';
import { changed, given, merged, present } from './text.ts';

export function stageOperations(environment: Environment) {
  const { store, clock } = environment;

  /** Changes a stage; its settings are the stage's own and take effect without a deployment. */
  const change = async (input: { readonly ApiId?: string | undefined; readonly StageName?: string | undefined }, call: Call, next: (stage: Stage, api: Api, transaction: Transaction) => Stage): Promise<Stage> =>
    await store.transact((transaction) => {
      const api = lookup.api(transaction, input.ApiId, call);
      const updated = { ...next(lookup.stage(transaction, api, input.StageName), api, transaction), lastUpdatedAt: clock.now() };
      transaction.put('apigatewayv2/stage', updated);
      return updated;
    });

  return {
    async CreateStage(input: CreateStageRequest, call: Call): Promise<GetStageResponse> {
      const stage = await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const created = newStage(transaction, api, { input, environment });
        transaction.put('apigatewayv2/stage', created);
        if (!created.autoDeploy) return created;
        redeploy(transaction, api.id, environment);
        return transaction.get('apigatewayv2/stage', created.id)!;
      });
      return stageShape(stage);
    },

    GetStage: (input: GetStageRequest, call: Call): GetStageResponse => stageShape(lookup.stage(store.world, lookup.api(store.world, input.ApiId, call), input.StageName)),

    GetStages(input: GetStagesRequest, call: Call): GetStagesResponse {
      const api = lookup.api(store.world, input.ApiId, call);
      const { items, next } = page(store.world.children('apigatewayv2/stage', api.id), input, `stages of ${api.id}`);
      return { Items: items.map((stage) => ({ ...stageShape(stage), StageName: stage.stageName })), ...next };
    },

    async UpdateStage(input: UpdateStageRequest, call: Call): Promise<GetStageResponse> {
      const stage = await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const before = lookup.stage(transaction, api, input.StageName);
        const updated = updatedStage(transaction, api, { input, before, environment });
        transaction.put('apigatewayv2/stage', updated);
        if (!updated.autoDeploy || before.autoDeploy) return updated;
        redeploy(transaction, api.id, environment);
        return transaction.get('apigatewayv2/stage', updated.id)!;
      });
      return stageShape(stage);
    },

    async DeleteStage(input: DeleteStageRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const stage = lookup.stage(transaction, api, input.StageName);
        const domains = domainsOf(transaction, (target) => target.apiId === api.id && target.stage === stage.stageName);
        if (domains.length > 0) throw badRequest(`Deleting stage failed. Please remove all base path mappings related to the stage in your domains: ${domains.join(', ')}`);
        leavePlans(transaction, { account: api.account, region: api.region, apiId: api.id, stage: stage.stageName });
        transaction.delete('apigatewayv2/stage', stage.id);
      });
      return {};
    },

    async DeleteAccessLogSettings(input: DeleteAccessLogSettingsRequest, call: Call): Promise<object> {
      await change(input, call, (stage) => ({ ...stage, accessLogSettings: null }));
      return {};
    },

    async DeleteRouteSettings(input: DeleteRouteSettingsRequest, call: Call): Promise<object> {
      const key = input.RouteKey!;
      await change(input, call, (stage) => {
        if (!Object.hasOwn(stage.routeSettings, key)) throw notFound(`Unable to find RouteSettings by key ${key}`);
        return { ...stage, routeSettings: Object.fromEntries(Object.entries(stage.routeSettings).filter(([name]) => name !== key)) };
      });
      return {};
    },
  };
}

export function newStage(world: World, api: Api, more: { readonly input: Omit<CreateStageRequest, 'ApiId'>; readonly environment: Environment }): Stage {
  const { input, environment } = more;
  const now = environment.clock.now();
  const stageName = checkedStageName(api.protocolType, input.StageName);
  if (world.get('apigatewayv2/stage', `${api.id}/${stageName}`)) throw conflict('Stage already exists');
  checkQuota(environment, 'stages-per-api', world.children('apigatewayv2/stage', api.id).length);
  const autoDeploy = input.AutoDeploy ?? false;
  const deploymentId = given(input.DeploymentId);
  // With auto deploy too (observed): what is deployed then is the API as it stands.
  if (deploymentId !== null) lookup.deployment(world, api, deploymentId);
  const routeSettings = routeSettingsOf(world, api, { input: input.RouteSettings, before: {} });
  return {
    id: `${api.id}/${stageName}`, account: api.account, region: api.region, parent: api.id, createdAt: now, stageName,
    description: checkedDescription(given(input.Description)),
    deploymentId,
    autoDeploy,
    accessLogSettings: input.AccessLogSettings === undefined ? null : checkedLogSettings(api.protocolType, input.AccessLogSettings, null),
    defaultRouteSettings: checkedRouteSettings(api.protocolType, { ...(api.protocolType === 'WEBSOCKET' && { DataTraceEnabled: false, LoggingLevel: 'OFF' }), ...input.DefaultRouteSettings }),
    routeSettings,
    stageVariables: checkedStageVariables(input.StageVariables ?? {}, environment),
    clientCertificateId: null,
    lastDeploymentStatusMessage: null,
    lastUpdatedAt: now,
    authorizersCacheEpoch: 0,
    apiGatewayManaged: false,
    tags: checkedTags(input.Tags, environment),
  };
}

function updatedStage(world: World, api: Api, more: { readonly input: UpdateStageRequest; readonly before: Stage; readonly environment: Environment }): Stage {
  const { input, before, environment } = more;
  const autoDeploy = input.AutoDeploy ?? before.autoDeploy;
  const deploymentId = given(input.DeploymentId) ?? before.deploymentId;
  if (autoDeploy && given(input.DeploymentId) !== null) throw badRequest('Deployment id cannot be specified for a stage with auto deploy enabled');
  if (deploymentId !== null && deploymentId !== before.deploymentId) lookup.deployment(world, api, deploymentId);
  return {
    ...before,
    description: checkedDescription(changed(input.Description, before.description)),
    deploymentId,
    autoDeploy,
    accessLogSettings: input.AccessLogSettings === undefined ? before.accessLogSettings : checkedLogSettings(api.protocolType, input.AccessLogSettings, before.accessLogSettings),
    defaultRouteSettings: input.DefaultRouteSettings === undefined ? before.defaultRouteSettings : checkedRouteSettings(api.protocolType, input.DefaultRouteSettings, before.defaultRouteSettings),
    routeSettings: routeSettingsOf(world, api, { input: input.RouteSettings, before: before.routeSettings }),
    stageVariables: checkedStageVariables(merged(before.stageVariables, input.StageVariables) ?? {}, environment),
    lastUpdatedAt: environment.clock.now(),
    lastDeploymentStatusMessage: deploymentId === before.deploymentId ? before.lastDeploymentStatusMessage : null,
  };
}

function checkedDescription(description: string | null): string | null {
  if (description !== null && description.length > 1024) throw badRequest('Description must have at most 1024 characters');
  return description;
}

function routeSettingsOf(world: World, api: Api, more: { readonly input: CreateStageRequest['RouteSettings']; readonly before: Stage['routeSettings'] }): Stage['routeSettings'] {
  const { input, before } = more;
  if (input === undefined) return before;
  const all = { ...before };
  for (const [key, settings] of Object.entries(input)) all[key] = checkedRouteSettings(api.protocolType, settings, Object.hasOwn(before, key) ? before[key] : DEFAULT_ROUTE_SETTINGS);
  const keys = settableRouteKeys(world, api);
  for (const key of Object.keys(all)) if (!keys.has(key)) throw notFound(`Unable to find Route by key ${key} within the provided RouteSettings`);
  return all;
}

export function stageShape(stage: Stage): GetStageResponse {
  return {
    ...(stage.accessLogSettings === null ? {} : { AccessLogSettings: present({ DestinationArn: stage.accessLogSettings.destinationArn, Format: stage.accessLogSettings.format }) }),
    ...(stage.apiGatewayManaged ? { ApiGatewayManaged: true } : {}),
    AutoDeploy: stage.autoDeploy,
    CreatedDate: new Date(stage.createdAt),
    DefaultRouteSettings: routeSettingsShape(stage.defaultRouteSettings),
    ...present({ DeploymentId: stage.deploymentId, Description: stage.description, LastDeploymentStatusMessage: stage.lastDeploymentStatusMessage }),
    LastUpdatedDate: new Date(stage.lastUpdatedAt),
    RouteSettings: Object.fromEntries(Object.entries(stage.routeSettings).map(([key, settings]) => [key, routeSettingsShape(settings)])),
    StageName: stage.stageName,
    StageVariables: { ...stage.stageVariables },
    ...tagShape(stage.tags),
  };
}
