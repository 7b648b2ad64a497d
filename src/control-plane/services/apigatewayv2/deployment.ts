import type {
  CreateDeploymentRequest, DeleteDeploymentRequest, Deployment as WireDeployment, GetDeploymentRequest, GetDeploymentsRequest, GetDeploymentsResponse, UpdateDeploymentRequest,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import type { Deployment } from '../../resources/apigatewayv2/index.ts';
import type { Environment } from '../environment.ts';
import { newDeployment, undeployable } from './deployment-document.ts';
import { badRequest } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { changed, given, present } from './text.ts';

export function deploymentOperations(environment: Environment) {
  const { store, clock } = environment;
  return {
    async CreateDeployment(input: CreateDeploymentRequest, call: Call): Promise<WireDeployment> {
      const deployment = await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const why = undeployable(transaction, api);
        if (why !== null) throw badRequest(why);
        const stageName = given(input.StageName);
        const stage = stageName === null ? null : lookup.stage(transaction, api, stageName);
        // Such a deployment is made all the same, and fails (observed; the sentence is ours).
        const failure = stage?.autoDeploy === true ? `Deployment attempt failed: the stage ${stage.stageName} deploys automatically` : null;
        const created = newDeployment(transaction, api, environment, { description: given(input.Description), autoDeployed: false, failure });
        transaction.put('apigatewayv2/deployment', created);
        if (stage !== null && failure === null) {
          transaction.put('apigatewayv2/stage', { ...stage, deploymentId: created.deploymentId, lastUpdatedAt: clock.now(), lastDeploymentStatusMessage: null });
        }
        return created;
      });
      return deploymentShape(deployment);
    },

    GetDeployment: (input: GetDeploymentRequest, call: Call): WireDeployment => deploymentShape(lookup.deployment(store.world, lookup.api(store.world, input.ApiId, call), input.DeploymentId)),

    GetDeployments(input: GetDeploymentsRequest, call: Call): GetDeploymentsResponse {
      const api = lookup.api(store.world, input.ApiId, call);
      const { items, next } = page(store.world.children('apigatewayv2/deployment', api.id), input, `deployments of ${api.id}`);
      return { Items: items.map(deploymentShape), ...next };
    },

    async UpdateDeployment(input: UpdateDeploymentRequest, call: Call): Promise<WireDeployment> {
      const deployment = await store.transact((transaction) => {
        const before = lookup.deployment(transaction, lookup.api(transaction, input.ApiId, call), input.DeploymentId);
        const updated: Deployment = { ...before, description: changed(input.Description, before.description) };
        transaction.put('apigatewayv2/deployment', updated);
        return updated;
      });
      return deploymentShape(deployment);
    },

    async DeleteDeployment(input: DeleteDeploymentRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const api = lookup.api(transaction, input.ApiId, call);
        const deployment = lookup.deployment(transaction, api, input.DeploymentId);
        const isServed = transaction.children('apigatewayv2/stage', api.id).some(({ deploymentId }) => deploymentId === deployment.deploymentId);
        if (isServed) throw badRequest('Active stages pointing to this deployment must be moved or deleted');
        transaction.delete('apigatewayv2/deployment', deployment.id);
      });
      return {};
    },
  };
}

function deploymentShape(deployment: Deployment): WireDeployment {
  return {
    AutoDeployed: deployment.autoDeployed,
    CreatedDate: new Date(deployment.createdAt),
    DeploymentId: deployment.deploymentId,
    DeploymentStatus: deployment.deploymentStatus,
    ...present({ DeploymentStatusMessage: deployment.deploymentStatusMessage, Description: deployment.description }),
  };
}
