import type { Resource, Tag } from '../resource.ts';
import type { Cors } from './cors.ts';

export type ProtocolType = 'HTTP' | 'WEBSOCKET';

/** An HTTP API or a WebSocket API. `id` is the ten characters that are the API's id and first label of its host; `parent` is null. */
export interface Api extends Resource, ApiSettings {
  readonly name: string;
  readonly description: string | null;
  /** The caller's own word for it, without a meaning. */
  readonly version: string | null;
  /** `https://ID.execute-api.REGION.SUFFIX`, `wss:` for WebSocket; with the port where it is not 443. */
  readonly apiEndpoint: string;
  readonly ipAddressType: 'ipv4' | 'dualstack';
  /** Fields that an import ignored. */
  readonly importInfo: readonly string[];
  /** What the last import warned of. */
  readonly warnings: readonly string[];
  readonly tags: readonly Tag[];
}

/** What of an API takes effect by deploying it, as its routes do. */
export interface ApiSettings {
  readonly protocolType: ProtocolType;
  /** HTTP: always `$request.method $request.path`. */
  readonly routeSelectionExpression: string;
  readonly apiKeySelectionExpression: string;
  /** HTTP only. */
  readonly corsConfiguration: Cors | null;
  readonly disableExecuteApiEndpoint: boolean;
  /** WebSocket only: models are not held against messages. */
  readonly disableSchemaValidation: boolean;
}

/** `$request.method $request.path`: the one route selection expression of HTTP APIs. */
export const HTTP_ROUTE_SELECTION = '$request.method $request.path';
export const DEFAULT_API_KEY_SELECTION = '$request.header.x-api-key';
/** The other expression that there is. */
export const KEY_OF_AUTHORIZER = '$context.authorizer.usageIdentifierKey';

/** The host of an API's default endpoint, without port. */
export function apiHost(apiId: string, region: string, suffix: string): string {
  return `${apiId}.execute-api.${region}.${suffix}`;
}
