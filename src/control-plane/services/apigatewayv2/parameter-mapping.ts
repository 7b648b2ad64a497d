import type { AwsError } from '../../../aws/index.ts';
import { parseMappingKey, type MappingKey } from '../../resources/apigatewayv2/index.ts';
import { badRequest } from './error.ts';

/** Parameter mapping of HTTP APIs: apigateway/latest/developerguide/http-api-parameter-mapping.html */
type Scope = 'request' | 'response';
const PARTS: Readonly<Record<Scope, readonly MappingKey['part'][]>> = { request: ['header', 'querystring', 'path'], response: ['header', 'statuscode'] };

/** Headers that are the gateway's own business. */
const RESERVED = new Set([
  'access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-headers', 'access-control-allow-methods', 'access-control-expose-headers', 'access-control-max-age', 'apigw-',
  'authorization', 'connection', 'content-encoding', 'content-length', 'content-location', 'forwarded', 'keep-alive', 'origin', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailers',
  'transfer-encoding', 'upgrade', 'x-amz-', 'x-amzn-', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'via',
]);

type Parameters = Readonly<Record<string, string>>;

export function checkRequestMapping(parameters: Parameters): void {
  checkMappings(parameters, 'request');
}

export function checkResponseMapping(parameters: Readonly<Record<string, Parameters>>): void {
  for (const [status, mappings] of Object.entries(parameters)) {
    if (!/^[2-5]\d\d$/.test(status)) throw invalid([`Status Code ${status} is not valid.`]);
    checkMappings(mappings, 'response');
  }
}

/** All that is wrong is said at once. Mappings that are given empty take others away, and their keys are read all the same (observed). */
function checkMappings(mappings: Parameters, scope: Scope): void {
  const errors: string[] = [];
  const taken = new Set<string>();
  for (const [text, value] of Object.entries(mappings)) {
    const key = parseMappingKey(text);
    if (key === null || !PARTS[scope].includes(key.part)) {
      errors.push(`Invalid ${scope === 'request' ? 'Request' : 'Response'} Actioned Parameter destination specified: ${text}`);
      continue;
    }
    if (key.part === 'header' && isReserved(key.name.toLowerCase())) throw badRequest(`Operations on header ${key.name.toLowerCase()} are restricted`);
    if (value === '') continue;
    // One change to a part: headers without regard to case (observed).
    const place = key.part === 'header' ? `header.${key.name.toLowerCase()}` : `${key.part}.${key.name}`;
    if (taken.has(place)) errors.push(`Duplicate mapping expression specified: ${text}`);
    taken.add(place);
    if (!isValue(key, value, scope)) errors.push(`Invalid mapping expression specified: ${value}`);
  }
  if (errors.length > 0) throw invalid(errors);
}

function invalid(errors: readonly string[]): AwsError {
  return badRequest(`Invalid mapping expression specified: Validation Result: warnings : [], errors : [${errors.join(', ')}]`);
}

function isReserved(header: string): boolean {
  return RESERVED.has(header) || header.startsWith('x-amz-') || header.startsWith('x-amzn-') || header.startsWith('apigw-');
}

function isValue({ action, part }: MappingKey, value: string, scope: Scope): boolean {
  if (action === 'remove') return value === "''";
  // A final status: what is not 200 to 599 could not be sent.
  if (part === 'statuscode' && !value.includes('$')) return /^[2-5]\d\d$/.test(value);
  return isExpression(value, scope);
}

const SOURCES: Readonly<Record<Scope, RegExp>> = {
  request: /^(?:request\.(?:header|querystring)\..+|request\.path(?:\..+)?|request\.body(?:[.[].+)?|context\..+|stageVariables\..+)$/,
  response: /^(?:response\.header\..+|response\.body(?:[.[].+)?|context\..+|stageVariables\..+)$/,
};
/** Variables in braces and without; what else there is is text. A `$` before fewer than two characters of a name is text too (observed). */
const VARIABLE = /\$\{([^}]+)\}|\$([A-Za-z0-9_.\-[\]'":*]{2,})/g;

/** Text, variables (`$request.header.x`, `${request.header.x}`), or both. Braces stand around variables only (observed). */
function isExpression(value: string, scope: Scope): boolean {
  for (const [, braced, bare] of value.matchAll(VARIABLE)) if (!SOURCES[scope].test(braced ?? bare!)) return false;
  return !/[{}]/.test(value.replaceAll(VARIABLE, ''));
}
