import type { Cors as WireCors } from '@aws-sdk/client-apigatewayv2';
import type { Cors } from '../../resources/apigatewayv2/index.ts';
import { badRequest } from './error.ts';
import { present } from './text.ts';

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', '*'];
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A CORS configuration as it was given; of one that is updated what is not said stays (observed). apigateway/latest/developerguide/http-api-cors.html */
export function checkedCors(cors: WireCors, before: Cors | null = null): Cors {
  const {
    AllowCredentials: credentials = before?.allowCredentials ?? null, AllowHeaders: headers = before?.allowHeaders ?? null, AllowMethods: methods = before?.allowMethods ?? null,
    AllowOrigins: origins = before?.allowOrigins ?? null, ExposeHeaders: exposed = before?.exposeHeaders ?? null, MaxAge: maxAge = before?.maxAge ?? null,
  } = cors;
  if (credentials === true && origins?.includes('*')) throw badRequest("allow-credentials is not supported if 'allow-origin' is *");
  for (const method of methods ?? []) if (!METHODS.includes(method.toUpperCase())) throw badRequest(`Invalid method specified in allowMethods: ${method}`);
  for (const header of [...(headers ?? []), ...(exposed ?? [])]) if (!TOKEN.test(header)) throw badRequest(`Invalid header specified: ${header}`);
  for (const origin of origins ?? []) if (!isOrigin(origin)) throw badRequest(`Invalid origin specified in allowOrigins: ${origin}. Origins are * or of the form scheme://host with an optional port, or scheme://*`);
  return { allowCredentials: credentials, allowHeaders: headers, allowMethods: methods, allowOrigins: origins, exposeHeaders: exposed, maxAge };
}

/** `*`, `https://*`, `https://example.com:8443`; a star within a host is refused (observed). */
function isOrigin(origin: string): boolean {
  return origin === '*' || /^[a-z][a-z0-9+.-]*:\/\/(?:\*|[A-Za-z0-9.\-_]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/i.test(origin);
}

export function corsShape(cors: Cors): WireCors {
  return {
    ...present({ AllowCredentials: cors.allowCredentials, MaxAge: cors.maxAge }),
    ...lists({ AllowHeaders: cors.allowHeaders, AllowMethods: cors.allowMethods, AllowOrigins: cors.allowOrigins, ExposeHeaders: cors.exposeHeaders }),
  };
}

function lists(members: Readonly<Record<string, readonly string[] | null>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(members).flatMap(([name, list]) => (list === null ? [] : [[name, [...list]]])));
}
