import type { Resource, Tag } from '../resource.ts';

/** A deployment under a name. `id` is `API/STAGE`, `parent` the API's id. HTTP APIs may have `$default`, which is served at `/`. */
export interface Stage extends Resource {
  readonly stageName: string;
  readonly description: string | null;
  /** Null: nothing was deployed yet. */
  readonly deploymentId: string | null;
  /** Every change of the API is deployed to it at once. */
  readonly autoDeploy: boolean;
  readonly accessLogSettings: AccessLogSettings | null;
  readonly defaultRouteSettings: RouteSettings;
  /** By route key. */
  readonly routeSettings: Readonly<Record<string, RouteSettings>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** WebSocket only; kept. */
  readonly clientCertificateId: string | null;
  readonly lastDeploymentStatusMessage: string | null;
  /** Milliseconds since the epoch. */
  readonly lastUpdatedAt: number;
  /** Rises with every ResetAuthorizersCache: part of the key of every cached decision. */
  readonly authorizersCacheEpoch: number;
  /** Made by quick create. */
  readonly apiGatewayManaged: boolean;
  readonly tags: readonly Tag[];
}

/** ARN of a log group or a Firehose delivery stream, and the format with `$context` variables. Both or neither. */
export interface AccessLogSettings {
  readonly destinationArn: string | null;
  readonly format: string | null;
}

/** AWS's shape; what was not given is null and taken from the stage's default, then from the account's limits. */
export interface RouteSettings {
  readonly dataTraceEnabled: boolean | null;
  readonly detailedMetricsEnabled: boolean | null;
  readonly loggingLevel: 'ERROR' | 'INFO' | 'OFF' | null;
  readonly throttlingBurstLimit: number | null;
  readonly throttlingRateLimit: number | null;
}
