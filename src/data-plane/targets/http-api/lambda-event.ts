import { isUtf8 } from 'node:buffer';
import { apiClientCertificate, domainNameOf, domainPrefixOf, protocolOf, requestTime, type ApiExchange, type JwtIdentity } from '../../exchange/index.ts';
import type { MappedRequest } from './request-mapping.ts';
import { queryPairs } from './selection.ts';

/**
 * The events that functions get from HTTP APIs.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.proxy-format
 */
export interface EventSource {
  readonly call: ApiExchange;
  readonly request: MappedRequest;
  readonly body: Buffer | null;
}

type Json = Record<string, unknown>;

export function eventOf(version: '1.0' | '2.0', source: EventSource): Buffer {
  return Buffer.from(JSON.stringify(version === '2.0' ? event2(source) : event1(source)));
}

/** What the events of integrations and of authorizers have in common in format 2.0. */
export function common2({ call, request }: Omit<EventSource, 'body'>): Json {
  const { headers, cookies } = combinedHeaders(request.headers);
  const query = combined(queryPairs(request.query));
  return {
    routeKey: call.apiRoute!.key,
    rawPath: pathOf(request.path),
    rawQueryString: request.query ?? '',
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(query !== null && { queryStringParameters: query }),
  };
}

export function context2(call: ApiExchange, path: string, authorizer: Json | null): Json {
  const { stage } = call.entry;
  const clientCert = apiClientCertificate(call);
  return {
    accountId: stage.account,
    apiId: stage.apiId,
    ...(clientCert !== null && { authentication: { clientCert } }),
    ...(authorizer !== null && { authorizer }),
    domainName: domainNameOf(call),
    domainPrefix: domainPrefixOf(call),
    http: {
      method: call.method,
      path: pathOf(path),
      protocol: protocolOf(call),
      sourceIp: call.downstream.remoteAddress,
      userAgent: call.userAgent ?? '',
    },
    requestId: call.requestId,
    routeKey: call.apiRoute!.key,
    stage: stage.stage,
    time: requestTime(call.startedWall),
    timeEpoch: Math.floor(call.startedWall),
  };
}

function event2(source: EventSource): Json {
  const { call, request } = source;
  const { text, base64 } = bodyOf(source);
  return {
    version: '2.0',
    ...common2(source),
    requestContext: context2(call, request.path, authorizer2(call)),
    ...(text !== null && { body: text }),
    ...parameters2(call),
    isBase64Encoded: base64,
  };
}

export function parameters2({ pathParameters, entry }: ApiExchange): Json {
  return {
    ...(hasMembers(pathParameters) && { pathParameters }),
    ...(hasMembers(entry.stage.variables) && { stageVariables: entry.stage.variables }),
  };
}

function authorizer2(call: ApiExchange): Json | null {
  const { identity } = call;
  switch (identity?.kind) {
    case undefined:
      return null;
    case 'jwt':
      return { jwt: { claims: claimTexts(identity.claims), scopes: scopesOf(identity, scopesWanted(call)) } };
    case 'lambda':
      return { lambda: hasMembers(identity.context) ? identity.context : null };
    case 'iam': {
      const { accessKey, accountId, callerId, userArn, userId } = identity;
      return { iam: { accessKey, accountId, callerId, cognitoIdentity: null, principalOrgId: null, userArn, userId } };
    }
  }
}

function event1(source: EventSource): Json {
  const { call, request } = source;
  const { variables } = call.entry.stage;
  const { text, base64 } = bodyOf(source);
  const query = queryPairs(request.query);
  return {
    version: '1.0',
    resource: resourceOf(call),
    path: pathOf(request.path),
    httpMethod: call.method,
    ...fields1(request.headers),
    queryStringParameters: query.length === 0 ? null : last(query),
    multiValueQueryStringParameters: query.length === 0 ? null : many(query),
    requestContext: context1(call, request.path, authorizer1(call)),
    pathParameters: call.pathNames.length > 0 ? call.pathParameters : null,
    stageVariables: hasMembers(variables) ? variables : null,
    body: text,
    isBase64Encoded: base64,
  };
}

/** Headers as the events of format 1.0 have them. */
export function fields1(headers: string): Json {
  const fields = fieldsOf(headers);
  return { headers: last(fields), multiValueHeaders: many(fields) };
}

export function context1(call: ApiExchange, path: string, authorizer: Json): Json {
  const { stage } = call.entry;
  const iam = call.identity?.kind === 'iam' ? call.identity : null;
  const clientCert = apiClientCertificate(call);
  return {
    accountId: stage.account,
    apiId: stage.apiId,
    ...authorizer,
    domainName: domainNameOf(call),
    domainPrefix: domainPrefixOf(call),
    extendedRequestId: call.requestId,
    httpMethod: call.method,
    identity: {
      accessKey: iam?.accessKey ?? null,
      accountId: iam?.accountId ?? null,
      ...(call.apiKey !== null && { apiKey: call.apiKey.value, apiKeyId: call.apiKey.id }),
      caller: iam?.callerId ?? null,
      ...(clientCert !== null && { clientCert }),
      cognitoAmr: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: call.downstream.remoteAddress,
      user: iam?.userId ?? null,
      userAgent: call.userAgent ?? '',
      userArn: iam?.userArn ?? null,
    },
    path: pathOf(path),
    protocol: protocolOf(call),
    requestId: call.requestId,
    requestTime: requestTime(call.startedWall),
    requestTimeEpoch: Math.floor(call.startedWall),
    resourceId: call.apiRoute!.key,
    resourcePath: resourceOf(call),
    stage: stage.stage,
  };
}

function authorizer1(call: ApiExchange): Json {
  const { identity } = call;
  switch (identity?.kind) {
    case undefined:
    case 'iam':
      return {};
    case 'jwt':
      return { authorizer: { claims: claimTexts(identity.claims), scopes: scopesOf(identity, scopesWanted(call)) } };
    case 'lambda':
      return { authorizer: { ...(identity.principalId !== null && { principalId: identity.principalId }), ...identity.context } };
  }
}

/** The path of a route key; `$default` as it is. */
export function resourceOf({ apiRoute }: ApiExchange): string {
  const key = apiRoute!.key;
  return key.startsWith('$') ? key : key.slice(key.indexOf(' ') + 1);
}

function scopesWanted({ apiRoute }: ApiExchange): readonly string[] {
  return apiRoute?.authorization.kind === 'jwt' ? apiRoute.authorization.scopes : [];
}

/** The scopes that the route asked for and the token has; null where the route asks for none (seen of the service). */
function scopesOf(identity: JwtIdentity, wanted: readonly string[]): readonly string[] | null {
  return wanted.length === 0 ? null : identity.scopes.filter((scope) => wanted.includes(scope));
}

/** Claims are handed on as text: numbers and booleans as JSON writes them, lists as `[a b]` (seen of the service). */
function claimTexts(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimText(value)]));
}

function claimText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return JSON.stringify(value);
}

function hasMembers(value: object): boolean {
  for (const _ in value) return true;
  return false;
}

/** Each line's name as sent and value, as the text that the octets spell. */
export function fieldsOf(block: string): readonly (readonly [name: string, value: string])[] {
  const fields: (readonly [string, string])[] = [];
  for (let from = 0; from < block.length; ) {
    let end = block.indexOf('\r\n', from);
    if (end < 0) end = block.length;
    const colon = block.indexOf(':', from);
    if (colon > from && colon < end) fields.push([block.slice(from, colon), utf8Of(block.slice(colon + 1, end).trim())]);
    from = end + 2;
  }
  return fields;
}

/** Format 2.0: names in lower case, several values combined with commas, cookies apart. */
export function combinedHeaders(block: string): { readonly headers: Readonly<Record<string, string>>; readonly cookies: readonly string[] } {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (const [given, value] of fieldsOf(block)) {
    const name = given.toLowerCase();
    if (name === 'cookie') cookies.push(...value.split(';').map((cookie) => cookie.trim()).filter((cookie) => cookie !== ''));
    else headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value;
  }
  return { headers, cookies };
}

export function combined(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> | null {
  if (pairs.length === 0) return null;
  const out: Record<string, string> = {};
  for (const [name, value] of pairs) out[name] = Object.hasOwn(out, name) ? `${out[name]},${value}` : value;
  return out;
}

export function last(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs);
}

export function many(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, readonly string[]>> {
  const out = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const values = out.get(name);
    if (values) values.push(value);
    else out.set(name, [value]);
  }
  return Object.fromEntries(out);
}

/** Text goes as it is, all else in Base64: by the type, the coding, and whether it is UTF-8 at all. */
export function bodyOf({ body, request }: { readonly body: Buffer | null; readonly request: { readonly headers: string } }): { readonly text: string | null; readonly base64: boolean } {
  if (body === null || body.length === 0) return { text: null, base64: false };
  let type = '';
  let coded = false;
  for (const [name, value] of fieldsOf(request.headers)) {
    const lower = name.toLowerCase();
    if (lower === 'content-type') type = value;
    else if (lower === 'content-encoding' && value.toLowerCase() !== 'identity') coded = true;
  }
  if (coded || !isTextType(type) || !isUtf8(body)) return { text: body.toString('base64'), base64: true };
  return { text: body.toString('utf8'), base64: false };
}

/** Forms (`application/x-www-form-urlencoded`) and bodies without a type come in Base64 (seen of the service). */
function isTextType(contentType: string): boolean {
  const semicolon = contentType.indexOf(';');
  const type = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  return (
    type.startsWith('text/') || type === 'application/json' || type === 'application/javascript' || type === 'application/xml' ||
    (type.startsWith('application/') && (type.endsWith('+json') || type.endsWith('+xml')))
  );
}

/** A path as events have it: decoded where it is encoded UTF-8 (seen of the service), else as sent. */
export function pathOf(path: string): string {
  if (!path.includes('%')) return utf8Of(path);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

// oxlint-disable-next-line no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/;

/** Octets as the UTF-8 that they spell; where they spell none, as latin1. */
function utf8Of(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  const octets = Buffer.from(text, 'latin1');
  return isUtf8(octets) ? octets.toString('utf8') : text;
}
