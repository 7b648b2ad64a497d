import { type Api, type ApiSettings, type Deployment, type DeploymentDocument } from '../../resources/apigatewayv2/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './quota.ts';

const AUTOMATIC = 'Automatic deployment triggered by changes to the Api configuration';

/** The API as it stands: what a deployment freezes. The rows are those of the store, so that nothing is copied in memory. */
export function frozen(world: World, api: Api): DeploymentDocument {
  const { protocolType, routeSelectionExpression, apiKeySelectionExpression, corsConfiguration, disableExecuteApiEndpoint, disableSchemaValidation } = api;
  const settings: ApiSettings = { protocolType, routeSelectionExpression, apiKeySelectionExpression, corsConfiguration, disableExecuteApiEndpoint, disableSchemaValidation };
  const routes = world.children('apigatewayv2/route', api.id);
  const integrations = world.children('apigatewayv2/integration', api.id);
  return {
    api: settings,
    routes,
    routeResponses: routes.flatMap(({ id }) => world.children('apigatewayv2/route-response', id)),
    integrations,
    integrationResponses: integrations.flatMap(({ id }) => world.children('apigatewayv2/integration-response', id)),
    authorizers: world.children('apigatewayv2/authorizer', api.id),
    models: world.children('apigatewayv2/model', api.id),
  };
}

/** Why an API cannot be deployed as it stands; null where it can. */
export function undeployable(world: World, api: Api): string | null {
  if (world.children('apigatewayv2/route', api.id).length > 0) return null;
  return api.protocolType === 'HTTP' ? 'Unable to deploy API because no routes exist in this API' : 'At least one route is required before deploying the Api.';
}

export function newDeployment(world: World, api: Api, environment: Environment, more: { readonly description: string | null; readonly autoDeployed: boolean; readonly failure: string | null }): Deployment {
  const deploymentId = alphanumericId(environment.random, 6);
  const { description, autoDeployed, failure } = more;
  return {
    id: `${api.id}/${deploymentId}`, account: api.account, region: api.region, parent: api.id, createdAt: environment.clock.now(),
    deploymentId, description, autoDeployed, deploymentStatus: failure === null ? 'DEPLOYED' : 'FAILED', deploymentStatusMessage: failure, document: frozen(world, api),
  };
}

/**
 * After a change of an API, inside its transaction: stages with auto deploy get the API as it stands now. All of them share one deployment. What
 * cannot be deployed leaves them as they were, and they say so.
 */
export function redeploy(transaction: Transaction, apiId: string, environment: Environment): void {
  const api = transaction.get('apigatewayv2/api', apiId);
  const stages = transaction.children('apigatewayv2/stage', apiId).filter(({ autoDeploy }) => autoDeploy);
  if (!api || stages.length === 0) return;
  const why = undeployable(transaction, api);
  const now = environment.clock.now();
  if (why !== null) {
    for (const stage of stages) transaction.put('apigatewayv2/stage', { ...stage, lastUpdatedAt: now, lastDeploymentStatusMessage: `Deployment attempt failed: ${why}` });
    return;
  }
  const deployment = newDeployment(transaction, api, environment, { description: AUTOMATIC, autoDeployed: true, failure: null });
  transaction.put('apigatewayv2/deployment', deployment);
  for (const stage of stages) {
    transaction.put('apigatewayv2/stage', {
      ...stage, deploymentId: deployment.deploymentId, lastUpdatedAt: now,
      lastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${deployment.deploymentId}'`,
    });
  }
  forgetOld(transaction, api, quota(environment, 'automatic-deployments-per-api'));
}

/** Each change of an API with auto deploy makes a document: only the newest of them are kept, and those that a stage serves. */
function forgetOld(transaction: Transaction, api: Api, most: number): void {
  const served = new Set(transaction.children('apigatewayv2/stage', api.id).map(({ deploymentId }) => deploymentId));
  const automatic = transaction.children('apigatewayv2/deployment', api.id).filter(({ autoDeployed, deploymentId }) => autoDeployed && !served.has(deploymentId));
  for (const old of automatic.slice(0, Math.max(automatic.length - most, 0))) transaction.delete('apigatewayv2/deployment', old.id);
}
