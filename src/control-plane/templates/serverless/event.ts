import type { Plain, PlainMap } from '../document/source.ts';
import type { Problems } from '../problem.ts';
import { isPlainMap } from '../document/source.ts';
import { checked, textOf } from './expansion.ts';

/** An HttpApi event of a function. */
export interface HttpEvent {
  readonly functionId: string;
  /** What is called: a reference to the function, or to its alias. */
  readonly target: PlainMap;
  readonly name: string;
  readonly condition: Plain | undefined;
  /** Logical id of its API; null for the one that the template implies. */
  readonly apiId: string | null;
  /** Null: the default route. */
  readonly route: { readonly method: string; readonly path: string } | null;
  readonly auth: PlainMap;
  readonly payloadFormatVersion: string;
  readonly timeoutInMillis: Plain | undefined;
  readonly routeSettings: PlainMap | null;
}

const METHODS = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

interface Declared {
  readonly functionId: string;
  readonly target: PlainMap;
  readonly name: string;
  readonly event: Plain;
  readonly condition: Plain | undefined;
}

/** Reads an event; null, with a problem, for those that are not served. */
export function readEvent({ functionId, target, name, event, condition }: Declared, problems: Problems): HttpEvent | null {
  const path = `Resources.${functionId}.Properties.Events.${name}`;
  if (!isPlainMap(event) || event['Type'] !== 'HttpApi') {
    problems.add(`${path}.Type`, isPlainMap(event) ? event['Type'] : event, 'allowed: HttpApi; other events are not served here');
    return null;
  }
  const properties = checked(event['Properties'], { path: `${path}.Properties`, problems }, { served: ['ApiId', 'Auth', 'Method', 'Path', 'PayloadFormatVersion', 'RouteSettings', 'TimeoutInMillis'] });
  const { ApiId: api, Path: route, Method: verb } = properties;
  const apiId = api === undefined ? null : isPlainMap(api) ? textOf(api['Ref']) : undefined;
  if (apiId === undefined) problems.add(`${path}.Properties.ApiId`, api, 'allowed: !Ref of an AWS::Serverless::HttpApi of this template');
  const method = textOf(verb)?.toUpperCase().replace('X-AMAZON-APIGATEWAY-ANY-METHOD', 'ANY') ?? (route === undefined ? undefined : 'ANY');
  if (method !== undefined && !METHODS.includes(method)) problems.add(`${path}.Properties.Method`, verb, `allowed: ${METHODS.join(', ')}`);
  if (method !== undefined && typeof route !== 'string') problems.add(`${path}.Properties.Path`, route, 'required with Method: a path that begins with /');
  const settings = properties['RouteSettings'];
  return {
    functionId, target, name, condition,
    apiId: apiId ?? null,
    route: typeof route === 'string' && method !== undefined && route !== '$default' ? { method, path: route } : null,
    auth: checked(properties['Auth'], { path: `${path}.Properties.Auth`, problems }, { served: ['AuthorizationScopes', 'Authorizer'] }),
    payloadFormatVersion: textOf(properties['PayloadFormatVersion']) ?? '2.0',
    timeoutInMillis: properties['TimeoutInMillis'],
    routeSettings: isPlainMap(settings) ? settings : null,
  };
}
