import type { Resource } from '../resource.ts';
import type { ApiSettings } from './api.ts';
import type { Authorizer } from './authorizer.ts';
import type { IntegrationResponse } from './integration-response.ts';
import type { Integration } from './integration.ts';
import type { Model } from './model.ts';
import type { RouteResponse } from './route-response.ts';
import type { Route } from './route.ts';

/**
 * An API as it was at one moment, which stages serve. `id` is `API/DEPLOYMENT`, `parent` the API's id. A change of a route reaches a stage with
 * the next deployment only; a stage with auto deploy gets a new one with every change.
 */
export interface Deployment extends Resource {
  readonly deploymentId: string;
  readonly description: string | null;
  readonly autoDeployed: boolean;
  /** `FAILED`: it was made for a stage that deploys by itself, and no stage has it. */
  readonly deploymentStatus: 'DEPLOYED' | 'FAILED';
  /** Why it failed. */
  readonly deploymentStatusMessage: string | null;
  readonly document: DeploymentDocument;
}

/** The frozen API: rows as they stood. */
export interface DeploymentDocument {
  readonly api: ApiSettings;
  readonly routes: readonly Route[];
  readonly routeResponses: readonly RouteResponse[];
  readonly integrations: readonly Integration[];
  readonly integrationResponses: readonly IntegrationResponse[];
  readonly authorizers: readonly Authorizer[];
  readonly models: readonly Model[];
}

/** The read that a stage's deployment needs; worlds and the compiler's readers have it. */
interface DeploymentReader {
  get(kind: 'apigatewayv2/deployment', id: string): Deployment | undefined;
}

/** What a stage serves; undefined where nothing was deployed to it yet. */
export function deployedTo(stage: { readonly parent: string | null; readonly deploymentId: string | null }, reader: DeploymentReader): Deployment | undefined {
  return stage.deploymentId === null ? undefined : reader.get('apigatewayv2/deployment', `${stage.parent}/${stage.deploymentId}`);
}
