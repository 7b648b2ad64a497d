import type { Cors as WireCors } from '@aws-sdk/client-apigatewayv2';
import { DEFAULT_API_KEY_SELECTION, KEY_OF_AUTHORIZER } from '../../../resources/apigatewayv2/index.ts';
import type { AuthorizerInput } from '../authorizer-settings.ts';
import { badRequest } from '../error.ts';
import type { IntegrationInput } from '../integration-settings.ts';
import { readAuthorizers, type Scheme } from './authorizers.ts';
import { Findings } from './findings.ts';
import { readIntegration } from './integrations.ts';
import { readOperations, type SpecifiedRoute } from './operations.ts';
import { flagOf, isMap, listOf, mapOf, numberOf, type Plain, type PlainMap, readDocument, textOf, textsOf } from './plain.ts';

/** An HTTP API as a specification describes it. */
export interface Specification {
  readonly name: string;
  readonly description: string | undefined;
  readonly version: string | undefined;
  readonly cors: WireCors | undefined;
  readonly disableExecuteApiEndpoint: boolean | undefined;
  readonly ipAddressType: 'ipv4' | 'dualstack' | undefined;
  /** Null where it says none. */
  readonly tags: Readonly<Record<string, string>> | null;
  /** In components, by name: routes share them. */
  readonly integrations: ReadonlyMap<string, IntegrationInput>;
  readonly authorizers: ReadonlyMap<string, AuthorizerInput>;
  /** Where the API keys of routes that ask for one are; null: not said. */
  readonly keySelection: string | null;
  readonly routes: readonly SpecifiedRoute[];
  readonly infos: readonly string[];
  readonly warnings: readonly string[];
}

export interface ImportOptions {
  /** Routes may ask for API keys, which is beyond AWS. */
  readonly apiKeys: boolean;
  readonly basepath: string | undefined;
  /** What `${AWS::Region}` and the like stand for. apigateway/latest/developerguide/import-api-aws-variables.html */
  readonly variables: Readonly<Record<string, string>>;
}

const KEY_SOURCE = 'x-amazon-apigateway-api-key-source';
/** Extensions of REST APIs, and parts of OpenAPI, that HTTP APIs do not have. */
const IGNORED = [
  KEY_SOURCE, 'x-amazon-apigateway-binary-media-types', 'x-amazon-apigateway-documentation', 'x-amazon-apigateway-gateway-responses', 'x-amazon-apigateway-minimum-compression-size',
  'x-amazon-apigateway-policy', 'x-amazon-apigateway-request-validator', 'x-amazon-apigateway-request-validators',
];

/** Reads an OpenAPI 3.0 document. Throws BadRequestException for what is no such document, with all that is wrong in it as far as it can be told. */
export function readSpecification(body: string, options: ImportOptions): Specification {
  const raw = readDocument(body);
  if (!raw) throw badRequest('Invalid OpenAPI input. It is neither a JSON nor a YAML document with a map at its top.');
  const document = substituted(raw, options.variables);
  const openapi = textOf(document['openapi']);
  if (openapi === undefined || !/^3\.0(?:\.\d+)?$/.test(openapi)) {
    throw badRequest(document['swagger'] === undefined ? `Invalid OpenAPI version specified: ${openapi ?? 'null'}. Only OpenAPI 3.0 is supported for HTTP APIs` : 'Invalid OpenAPI version specified: Swagger 2.0. Only OpenAPI 3.0 is supported for HTTP APIs');
  }
  const algorithm = textOf(document['x-amazon-apigateway-importexport-version']);
  if (algorithm !== undefined && algorithm !== '1.0' && algorithm !== '1') throw badRequest(`Invalid import/export version specified: ${algorithm}. Only 1.0 is supported`);
  const info = mapOf(document['info']);
  const name = textOf(info['title']);
  if (name === undefined || name === '') throw badRequest('Invalid OpenAPI input. The title of the API (info.title) must be specified');
  const findings = new Findings();
  for (const extension of IGNORED) if (document[extension] !== undefined && !(options.apiKeys && extension === KEY_SOURCE)) findings.info(`The property ${extension} is not supported for HTTP APIs, ignoring`);
  const components = mapOf(document['components']);
  if (Object.keys(mapOf(components['schemas'])).length > 0) findings.info('Schemas in components are not supported for HTTP APIs, ignoring');
  const schemes = readAuthorizers(mapOf(components['securitySchemes']), { findings, apiKeys: options.apiKeys });
  const integrations = new Map<string, IntegrationInput>();
  for (const [key, integration] of Object.entries(mapOf(components['x-amazon-apigateway-integrations']))) {
    const read = readIntegration(integration, { where: `in components (${key})`, findings });
    if (read) integrations.set(key, read);
  }
  const endpoint = endpointConfiguration(document);
  return {
    name,
    description: textOf(info['description']),
    version: textOf(info['version']),
    cors: readCors(document['x-amazon-apigateway-cors']),
    disableExecuteApiEndpoint: flagOf(endpoint['disableExecuteApiEndpoint']),
    ipAddressType: ipAddressType(textOf(endpoint['ipAddressType'])),
    tags: readTags(document['tags']),
    integrations,
    keySelection: options.apiKeys ? keySelectionOf(textOf(document[KEY_SOURCE])?.toUpperCase()) : null,
    authorizers: new Map([...schemes].flatMap(([key, scheme]): [string, AuthorizerInput][] => (scheme.kind === 'authorizer' ? [[key, scheme.input]] : []))),
    routes: readOperations(document, { prefix: prefixOf(document, options.basepath), schemes, integrations, findings }),
    infos: findings.infos,
    warnings: findings.warnings,
  };
}

export type Schemes = ReadonlyMap<string, Scheme>;

/** `${AWS::Region}` and the like, wherever text stands. Others (`${stageVariables.x}`, `${request.path.x}`) are the gateway's own. */
function substituted(document: PlainMap, variables: Readonly<Record<string, string>>): PlainMap {
  const replace = (value: Plain | undefined): Plain | undefined => {
    if (typeof value === 'string') return value.includes('${AWS::') ? value.replaceAll(/\$\{(AWS::\w+)\}/g, (whole, name: string) => (Object.hasOwn(variables, name) ? variables[name]! : whole)) : value;
    if (Array.isArray(value)) return (value as readonly Plain[]).map((item) => replace(item) ?? null);
    return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item)])) : value;
  };
  return mapOf(replace(document));
}

function readCors(value: Plain | undefined): WireCors | undefined {
  if (!isMap(value)) return undefined;
  const lists = { AllowHeaders: textsOf(value['allowHeaders']), AllowMethods: textsOf(value['allowMethods']), AllowOrigins: textsOf(value['allowOrigins']), ExposeHeaders: textsOf(value['exposeHeaders']) };
  return { AllowCredentials: flagOf(value['allowCredentials']), MaxAge: numberOf(value['maxAge']), ...lists };
}

/** Tags with a value: apigateway/latest/developerguide/api-gateway-openapi-extensions-x-amazon-apigateway-tag-value.html */
function readTags(value: Plain | undefined): Readonly<Record<string, string>> | null {
  const tags = listOf(value).flatMap((tag): [string, string][] => {
    const { name, 'x-amazon-apigateway-tag-value': text } = mapOf(tag);
    return textOf(name) === undefined || textOf(text) === undefined ? [] : [[textOf(name)!, textOf(text)!]];
  });
  return tags.length === 0 ? null : Object.fromEntries(tags);
}

/** At the top, or with a server, where OpenAPI 3 has it. */
function endpointConfiguration(document: PlainMap): PlainMap {
  const key = 'x-amazon-apigateway-endpoint-configuration';
  const servers = listOf(document['servers']).map((server) => mapOf(server)[key]);
  return mapOf([document[key], ...servers].find((configuration) => configuration !== undefined));
}

function ipAddressType(text: string | undefined): Specification['ipAddressType'] {
  return text === 'ipv4' || text === 'dualstack' ? text : undefined;
}

/** What stands before every path: apigateway/latest/developerguide/api-gateway-import-api-basePath.html */
function prefixOf(document: PlainMap, basepath: string | undefined): string {
  const mode = basepath ?? 'ignore';
  if (mode !== 'ignore' && mode !== 'prepend' && mode !== 'split') throw badRequest(`Invalid basepath specified: ${mode}. It must be one of ignore, prepend, split`);
  if (mode === 'ignore') return '';
  const server = mapOf(listOf(document['servers'])[0]);
  const defaults = mapOf(server['variables']);
  const url = (textOf(server['url']) ?? '').replaceAll(/\{([^{}]+)\}/g, (_whole, name: string) => textOf(mapOf(defaults[name])['default']) ?? '');
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').split(/[?#]/)[0]!.replaceAll(/\/+/g, '/').replace(/\/$/, '');
  if (path === '') return '';
  const whole = path.startsWith('/') ? path : `/${path}`;
  return mode === 'prepend' ? whole : whole.slice(1).includes('/') ? whole.slice(whole.indexOf('/', 1)) : '';
}

function keySelectionOf(source: string | undefined): string | null {
  switch (source) {
    case 'HEADER':
      return DEFAULT_API_KEY_SELECTION;
    case 'AUTHORIZER':
      return KEY_OF_AUTHORIZER;
    default:
      return null;
  }
}
