import { type Route, type Stage } from '../../resources/apigatewayv2/index.ts';
import type { Authorizer, RouteAuthorization, RouteCache } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';

const TAG = 'turnpike:cache:';
/** As REST APIs have it. */
const LONGEST_SECONDS = 3600;

/**
 * What a tag of the stage, `turnpike:cache:ROUTEID` = `SECONDS [invalidation] [header.NAME] [querystring.NAME]...`, says of a route (docs/decisions/0014). What cannot be
 * kept to is told and not done: a cache that gives one client's answer to another is worse than none.
 */
export function compileRouteCache(route: Route, stage: Stage, { authorization, authorizers, maker }: { readonly authorization: RouteAuthorization; readonly authorizers: Readonly<Record<string, Authorizer>>; readonly maker: Maker }): RouteCache | null {
  const tag = stage.tags.find(({ key }) => key === `${TAG}${route.routeId}`);
  if (!tag) return null;
  const refuse = (why: string): null => {
    maker.tell({ severity: 'error', resource: `${stage.id} route ${route.routeKey}`, field: `Tags[${tag.key}]`, message: `Answers are not kept: ${why}.` });
    return null;
  };
  const [seconds = '', ...words] = tag.value.trim().split(/ +/);
  if (!/^\d{1,4}$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > LONGEST_SECONDS) return refuse(`"${seconds}" is no number of seconds from 1 to ${LONGEST_SECONDS}`);
  const keys: RouteCache['keys'][number][] = [];
  for (const word of words) {
    if (word === 'invalidation') continue;
    const [, part, name] = /^(header|querystring)\.([A-Za-z0-9_.-]+)$/.exec(word) ?? [];
    if (part === undefined || name === undefined) return refuse(`"${word}" is none of invalidation, header.NAME, querystring.NAME`);
    keys.push(part === 'header' ? { part, name: name.toLowerCase() } : { part: 'querystring', name });
  }
  if (route.apiKeyRequired && !keys.some(({ part, name }) => part === 'header' && name === 'x-api-key')) return refuse('whose API key it is must tell requests apart: name header.x-api-key');
  if (authorization.kind === 'iam') return refuse('the route is for those who sign their requests, and each may see something else');
  if (authorization.kind !== 'none') {
    const authorizer = authorizers[authorization.authorizer];
    const sources = authorizer === undefined || authorizer.kind === 'unservable' ? [] : authorizer.identitySources;
    if (sources.length === 0) return refuse('the authorizer names no identity sources, so that it may look at all of a request');
    for (const source of sources) {
      const [, part, name = ''] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
      const wanted = part === 'header' ? name.toLowerCase() : name;
      if (!keys.some((key) => key.part === part && key.name === wanted)) return refuse(`the authorizer looks at ${source}, which must tell requests apart here too: name it`);
    }
  }
  return { id: JSON.stringify([stage.id, route.routeId, stage.deploymentId, tag.value]), ttlMs: Number(seconds) * 1000, keys, invalidation: words.includes('invalidation') };
}
