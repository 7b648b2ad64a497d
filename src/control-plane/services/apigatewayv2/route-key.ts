import { type Api, parseHttpRouteKey, type PathSegment, type Route } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import { badRequest, conflict } from './error.ts';

/** A route key that the API can have beside its other routes. */
export function checkedRouteKey(world: World, api: Api, route: { readonly key: string; readonly routeId: string }): string {
  const { key, routeId } = route;
  const others = world.children('apigatewayv2/route', api.id).filter((other) => other.routeId !== routeId);
  if (api.protocolType === 'WEBSOCKET') {
    if (key === '' || key.length > 128) throw badRequest('The provided route key must have 1 to 128 characters');
    if (key.startsWith('$') && !['$connect', '$disconnect', '$default'].includes(key)) throw badRequest(`The provided route key ${key} is reserved: only $connect, $disconnect and $default begin with $`);
  } else {
    checkPath(key, others);
  }
  if (others.some(({ routeKey }) => routeKey === key)) throw conflict(`Route with key ${key} already exists for this API`);
  return key;
}

function checkPath(key: string, others: readonly Route[]): void {
  const parsed = parseHttpRouteKey(key);
  if (!parsed) throw badRequest('The provided route key is not formatted properly for HTTP protocol. Format should be "[HTTP METHOD] /[RESOURCE PATH]" or "$default"');
  if (parsed.kind === 'default') return;
  const form = formOf(parsed.segments);
  for (const { routeKey } of others) {
    const other = parseHttpRouteKey(routeKey);
    // Two names for one variable could not be told apart by any request.
    if (routeKey !== key && other?.kind === 'path' && other.method === parsed.method && formOf(other.segments) === form) {
      throw conflict(`The provided route key "${key}" has a conflicting variable on the same hierarchical level as "${routeKey}"`);
    }
  }
}

function formOf(segments: readonly PathSegment[]): string {
  return segments.map((segment) => (segment.kind === 'literal' ? segment.text : segment.kind === 'variable' ? '{}' : '{+}')).join('/');
}
