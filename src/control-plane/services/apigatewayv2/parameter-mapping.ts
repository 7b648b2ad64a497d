import { badRequest } from './error.ts';

/** Parameter mapping of HTTP APIs: apigateway/latest/developerguide/http-api-parameter-mapping.html */
const REQUEST_KEY = /^(?:(?:append|overwrite|remove):(?:header|querystring)\.([!#$%&'*+\-.^_`|~0-9A-Za-z]+)|overwrite:path)$/;
const RESPONSE_KEY = /^(?:(?:append|overwrite|remove):header\.([!#$%&'*+\-.^_`|~0-9A-Za-z]+)|overwrite:statuscode)$/;

/** Headers that are the gateway's own business. */
const RESERVED = new Set([
  'access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-headers', 'access-control-allow-methods', 'access-control-expose-headers', 'access-control-max-age', 'apigw-',
  'authorization', 'connection', 'content-encoding', 'content-length', 'content-location', 'forwarded', 'keep-alive', 'origin', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailers',
  'transfer-encoding', 'upgrade', 'x-amz-', 'x-amzn-', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'via',
]);

type Parameters = Readonly<Record<string, string>>;

export function checkRequestMapping(parameters: Parameters): void {
  for (const [key, value] of Object.entries(parameters)) checkMapping(key, { value, form: REQUEST_KEY, scope: 'request' });
}

export function checkResponseMapping(parameters: Readonly<Record<string, Parameters>>): void {
  for (const [status, mapping] of Object.entries(parameters)) {
    if (!/^[2-5]\d\d$/.test(status)) throw badRequest(`Invalid status code specified in response parameters: ${status}. It must be from 200 to 599`);
    for (const [key, value] of Object.entries(mapping)) checkMapping(key, { value, form: RESPONSE_KEY, scope: 'response' });
  }
}

function checkMapping(key: string, more: { readonly value: string; readonly form: RegExp; readonly scope: 'request' | 'response' }): void {
  const { value, form, scope } = more;
  const match = form.exec(key);
  if (!match) throw badRequest(`Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${key}]`);
  const header = key.includes(':header.') ? match[1]!.toLowerCase() : null;
  if (header !== null && isReserved(header)) throw badRequest(`Operations on header ${header} are restricted`);
  if (key.startsWith('remove:')) {
    if (value !== "''" && value !== '') throw badRequest(`Invalid mapping expression specified: a remove operation takes no value, or '' (${key})`);
    return;
  }
  if (!isValue(value, scope)) throw badRequest(`Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${value}]`);
}

function isReserved(header: string): boolean {
  return RESERVED.has(header) || header.startsWith('x-amz-') || header.startsWith('x-amzn-') || header.startsWith('apigw-');
}

const NAME = String.raw`[A-Za-z0-9_.\-\[\]'":]+`;
const REQUEST_VARIABLE = new RegExp(`^\\$(?:request\\.(?:header\\.${NAME}|querystring\\.${NAME}|path(?:\\.${NAME})?|body(?:\\.${NAME})?)|context\\.${NAME}|stageVariables\\.${NAME})$`);
const RESPONSE_VARIABLE = new RegExp(`^\\$(?:response\\.(?:header\\.${NAME}|body(?:\\.${NAME})?)|context\\.${NAME}|stageVariables\\.${NAME})$`);

/** A static text, one variable (`$request.header.x`), or text with variables in braces (`${request.header.x}`). */
function isValue(value: string, scope: 'request' | 'response'): boolean {
  const variable = scope === 'request' ? REQUEST_VARIABLE : RESPONSE_VARIABLE;
  if (value.startsWith('$') && !value.startsWith('${')) return variable.test(value);
  const braced = value.match(/\$\{[^{}]*\}/g) ?? [];
  return braced.every((text) => variable.test(`$${text.slice(2, -1)}`)) && !value.replaceAll(/\$\{[^{}]*\}/g, '').includes('${');
}
