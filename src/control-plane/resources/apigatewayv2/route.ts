import type { Resource } from '../resource.ts';

export type AuthorizationType = 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'JWT';

/** A route. `id` is `API/ROUTE`, `parent` the API's id. */
export interface Route extends Resource {
  readonly routeId: string;
  /** HTTP: `$default` or `METHOD /path/{name}/{rest+}`, METHOD one of the eight or ANY. WebSocket: `$connect`, `$disconnect`, `$default` or any text. */
  readonly routeKey: string;
  /** `integrations/ID`; null where the route leads nowhere yet. */
  readonly target: string | null;
  readonly authorizationType: AuthorizationType;
  /** Always with CUSTOM and JWT; with the others it is without effect. */
  readonly authorizerId: string | null;
  readonly authorizationScopes: readonly string[];
  readonly apiKeyRequired: boolean;
  readonly operationName: string | null;
  // WebSocket; the second and third of HTTP APIs too, where the installation goes beyond AWS
  readonly modelSelectionExpression: string | null;
  readonly requestModels: Readonly<Record<string, string>> | null;
  readonly requestParameters: Readonly<Record<string, ParameterConstraints>> | null;
  /** `$default` where the route answers; null where it does not. */
  readonly routeResponseSelectionExpression: string | null;
  /** Made by quick create. */
  readonly apiGatewayManaged: boolean;
}

export interface ParameterConstraints {
  readonly required: boolean;
}

/** Methods that a route key of an HTTP API may begin with. */
export const ROUTE_METHODS = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;
export type RouteMethod = (typeof ROUTE_METHODS)[number];

export type HttpRouteKey =
  | { readonly kind: 'default' }
  | { readonly kind: 'path'; readonly method: RouteMethod; readonly path: string; readonly segments: readonly PathSegment[] };

export type PathSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** `{name+}`: everything that is left, at least one segment; only at the end. */
  | { readonly kind: 'greedy'; readonly name: string };

/** Takes a route key of an HTTP API apart; null where it is malformed. */
export function parseHttpRouteKey(key: string): HttpRouteKey | null {
  if (key === '$default') return { kind: 'default' };
  const match = /^([A-Z]+) (\/\S*)$/.exec(key);
  if (!match) return null;
  const method = match[1] as RouteMethod;
  const path = match[2]!;
  if (!ROUTE_METHODS.includes(method) || path.length > 2048) return null;
  const segments: PathSegment[] = [];
  const names = new Set<string>();
  const parts = path === '/' ? [] : path.slice(1).split('/');
  for (const [at, part] of parts.entries()) {
    const segment = pathSegment(part);
    if (!segment || (segment.kind === 'greedy' && at !== parts.length - 1)) return null;
    if (segment.kind !== 'literal') {
      if (names.has(segment.name)) return null;
      names.add(segment.name);
    }
    segments.push(segment);
  }
  return { kind: 'path', method, path, segments };
}

function pathSegment(part: string): PathSegment | null {
  const variable = /^\{([A-Za-z0-9._:-]+)(\+?)\}$/.exec(part);
  if (variable) return { kind: variable[2] === '+' ? 'greedy' : 'variable', name: variable[1]! };
  // Without braces, and with the characters of a path (RFC 3986, section 3.3), percent-encoded ones included. An empty one: a trailing slash.
  return /^[A-Za-z0-9\-._~!$&'()*+,;=:@%]*$/.test(part) ? { kind: 'literal', text: part } : null;
}
