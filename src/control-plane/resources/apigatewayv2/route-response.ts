import type { Resource } from '../resource.ts';
import type { ParameterConstraints } from './route.ts';

/** What a WebSocket route answers with. `id` is `API/ROUTE/RESPONSE`, `parent` is the route's `id`. */
export interface RouteResponse extends Resource {
  readonly routeResponseId: string;
  /** `$default`, the only one that AWS takes. */
  readonly routeResponseKey: string;
  readonly modelSelectionExpression: string | null;
  readonly responseModels: Readonly<Record<string, string>> | null;
  readonly responseParameters: Readonly<Record<string, ParameterConstraints>> | null;
}
