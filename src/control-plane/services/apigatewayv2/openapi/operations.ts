import type { AuthorizationType } from '../../../resources/apigatewayv2/index.ts';
import { badRequest } from '../error.ts';
import type { IntegrationInput } from '../integration-settings.ts';
import type { Scheme } from './authorizers.ts';
import type { Findings } from './findings.ts';
import { readIntegration } from './integrations.ts';
import { flagOf, isMap, listOf, mapOf, type Plain, type PlainMap, textOf, textsOf } from './plain.ts';

/** A route as a specification describes it. */
export interface SpecifiedRoute {
  readonly key: string;
  readonly operationName: string | undefined;
  readonly authorizationType: AuthorizationType;
  /** Name of an authorizer, exactly with CUSTOM and JWT. */
  readonly authorizer: string | null;
  readonly scopes: readonly string[];
  /** It asks for an API key. */
  readonly keyed: boolean;
  /** Of its own, one of the components by name, or none. */
  readonly integration: { readonly kind: 'own'; readonly input: IntegrationInput } | { readonly kind: 'shared'; readonly name: string } | null;
}

interface Context {
  readonly prefix: string;
  readonly schemes: ReadonlyMap<string, Scheme>;
  readonly integrations: ReadonlyMap<string, IntegrationInput>;
  readonly findings: Findings;
}

const METHODS: Readonly<Record<string, string>> = {
  get: 'GET', put: 'PUT', post: 'POST', delete: 'DELETE', options: 'OPTIONS', head: 'HEAD', patch: 'PATCH', 'x-amazon-apigateway-any-method': 'ANY',
};
const REFERENCE = '#/components/x-amazon-apigateway-integrations/';

export function readOperations(document: PlainMap, context: Context): readonly SpecifiedRoute[] {
  const paths = document['paths'];
  if (!isMap(paths)) throw badRequest('Invalid OpenAPI input. The paths of the API (paths) must be specified');
  const routes: SpecifiedRoute[] = [];
  for (const [path, item] of Object.entries(paths)) {
    if (path.startsWith('x-')) continue;
    for (const [word, operation] of Object.entries(mapOf(item))) {
      const method = Object.hasOwn(METHODS, word) ? METHODS[word]! : null;
      if (method === null) {
        if (word === 'trace') context.findings.warn(`Unsupported method 'TRACE' at path '${path}'. Ignoring.`);
        continue;
      }
      routes.push(readOperation({ path, method, operation: mapOf(operation), document }, context));
    }
  }
  return routes;
}

interface Operation {
  readonly path: string;
  readonly method: string;
  readonly operation: PlainMap;
  readonly document: PlainMap;
}

function readOperation({ path, method, operation, document }: Operation, context: Context): SpecifiedRoute {
  const { findings } = context;
  const where = `at path '${path}' and method '${method}'`;
  if (operation['requestBody'] !== undefined) findings.info(`The property requestBody ${where} is not supported for HTTP APIs, ignoring`);
  if (operation['x-amazon-apigateway-request-validator'] !== undefined) findings.info(`The property x-amazon-apigateway-request-validator ${where} is not supported for HTTP APIs, ignoring`);
  warnOfMissing({ path, method, operation, document }, findings);
  const isDefault = path === '$default' || path === '/$default' || flagOf(operation['isDefaultRoute']) === true;
  if (isDefault && method !== 'ANY') throw badRequest('The $default route must be defined with x-amazon-apigateway-any-method');
  return {
    key: isDefault ? '$default' : `${method} ${pathOf(path, context.prefix)}`,
    operationName: textOf(operation['operationId']),
    integration: integrationOf(operation['x-amazon-apigateway-integration'], where, context),
    ...authorizationOf({ operation, document, where }, context),
  };
}

/** References to what the components do not have, in the words of AWS's parser (seen). */
function warnOfMissing({ path, method, operation, document }: Operation, findings: Findings): void {
  for (const [status, response] of Object.entries(mapOf(operation['responses']))) {
    for (const content of Object.values(mapOf(mapOf(response)['content']))) {
      const reference = textOf(mapOf(mapOf(content)['schema'])['$ref']);
      if (reference === undefined || !reference.startsWith('#/') || isThere(document, reference)) continue;
      findings.warn(`Parse issue: attribute paths.'${path}'(${method.toLowerCase()}).responses.${status}.content.schema.${reference} is missing`);
    }
  }
}

/** RFC 6901. */
function isThere(document: PlainMap, reference: string): boolean {
  let at: Plain | undefined = document;
  for (const segment of reference.slice(2).split('/')) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!isMap(at) || !Object.hasOwn(at, name)) return false;
    at = at[name];
  }
  return true;
}

function pathOf(path: string, prefix: string): string {
  if (!path.startsWith('/')) throw badRequest(`Invalid path specified: ${path}. Paths begin with /`);
  return prefix !== '' && path === '/' ? prefix : `${prefix}${path}`;
}

function integrationOf(value: Plain | undefined, where: string, { integrations, findings }: Context): SpecifiedRoute['integration'] {
  if (value === undefined) return null;
  const reference = textOf(mapOf(value)['$ref']);
  if (reference === undefined) {
    const input = readIntegration(value, { where, findings });
    return input === undefined ? null : { kind: 'own', input };
  }
  const name = reference.startsWith(REFERENCE) ? unescaped(reference.slice(REFERENCE.length)) : null;
  if (name === null) throw badRequest(`Unable to parse API definition because of a malformed integration ${where}: ${reference} does not begin with ${REFERENCE}`);
  // One of an unsupported type was warned of where it stands.
  if (!integrations.has(name)) {
    findings.warn(`There is no integration ${reference}, which is referenced ${where}. Ignoring.`);
    return null;
  }
  return { kind: 'shared', name };
}

/** RFC 6901 section 4, in a URI fragment (section 6). */
function unescaped(pointer: string): string {
  return decodeURIComponent(pointer.replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25')).replaceAll('~1', '/').replaceAll('~0', '~');
}

type Authorization = Pick<SpecifiedRoute, 'authorizationType' | 'authorizer' | 'scopes' | 'keyed'>;
const OPEN: Authorization = { authorizationType: 'NONE', authorizer: null, scopes: [], keyed: false };

function authorizationOf(asked: { readonly operation: PlainMap; readonly document: PlainMap; readonly where: string }, { schemes, findings }: Context): Authorization {
  const { operation, document, where } = asked;
  const all = listOf(operation['security'] ?? document['security']).flatMap((requirement) => Object.entries(mapOf(requirement)));
  const requirements = all.filter(([name]) => schemes.get(name)?.kind !== 'api-key');
  const open = { ...OPEN, keyed: requirements.length < all.length };
  const own = textOf(mapOf(operation['x-amazon-apigateway-auth'])['type'])?.toUpperCase();
  if (own === 'AWS_IAM') return { ...open, authorizationType: 'AWS_IAM' };
  if (own === 'NONE') return open;
  const known = requirements.filter(([name]) => {
    const isSupported = schemes.has(name) && schemes.get(name)!.kind !== 'unsupported';
    if (!isSupported) findings.warn(`The security scheme '${name}' ${where} is not supported for HTTP APIs: the route does not require it. Ignoring.`);
    return isSupported;
  });
  if (known.length > 1) throw badRequest(`Unsupported security requirement ${where}: multiple security requirements are not supported for a single operation`);
  if (known.length === 0) return open;
  const [name, scopes] = known[0]!;
  const scheme = schemes.get(name)!;
  if (scheme.kind !== 'authorizer') return { ...open, authorizationType: 'AWS_IAM' };
  return { ...open, authorizer: name, ...(scheme.type === 'JWT' ? { authorizationType: 'JWT', scopes: textsOf(scopes) ?? [] } : { authorizationType: 'CUSTOM' }) };
}
