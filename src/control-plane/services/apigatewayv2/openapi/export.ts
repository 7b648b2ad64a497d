import type { ExportApiRequest, ExportApiResponse } from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../../aws/index.ts';
import { type Api, type Authorizer, DEFAULT_API_KEY_SELECTION, deployedTo, type DeploymentDocument, type Integration, integrationOfTarget, parseHttpRouteKey, type Route } from '../../../resources/apigatewayv2/index.ts';
import type { Environment } from '../../environment.ts';
import { frozen } from '../deployment-document.ts';
import { badRequest } from '../error.ts';
import * as lookup from '../lookup.ts';
import { present } from '../text.ts';
import { type Plain, type PlainMap, writeDocument } from './plain.ts';

/** OpenAPI documents out of HTTP APIs: apigateway/latest/developerguide/http-api-export.html */
export function exportOperations({ store }: Environment) {
  return {
    ExportApi(input: ExportApiRequest, call: Call): ExportApiResponse {
      const { Specification: specification, OutputType: type, ExportVersion: version, StageName: stageName, IncludeExtensions: extensions } = input;
      const api = lookup.api(store.world, input.ApiId, call);
      if (specification !== 'OAS30') throw badRequest(`Invalid specification specified: ${specification ?? ''}. Only OAS30 is supported`);
      if (type !== 'JSON' && type !== 'YAML') throw badRequest(`Invalid output type specified: ${type ?? ''}. It must be JSON or YAML`);
      if (version !== undefined && version !== '1.0') throw badRequest(`Invalid export version specified: ${version}. Only 1.0 is supported`);
      if (api.protocolType === 'WEBSOCKET') throw badRequest('Only an API with a protocol type of HTTP can be exported');
      const source = stageName === undefined || stageName === '' ? { document: frozen(store.world, api), path: '' } : staged(store, api, stageName);
      return { body: Buffer.from(writeDocument(documentOf(api, { ...source, extensions: extensions ?? true }), type)) };
    },
  };
}

interface Source {
  readonly document: DeploymentDocument;
  /** Where the stage is served: empty for `$default` and for an API that is exported without one. */
  readonly path: string;
}

function staged(store: Environment['store'], api: Api, stageName: string): Source {
  const stage = lookup.stage(store.world, api, stageName);
  const deployment = deployedTo(stage, store.world);
  if (!deployment) throw badRequest(`No deployment exists for the stage ${stageName}`);
  return { document: deployment.document, path: stageName === '$default' ? '' : stageName };
}

/** An object without the members that are absent. */
function some(members: Readonly<Record<string, Plain | undefined>>): PlainMap {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

function documentOf(api: Api, { document, path, extensions }: Source & { readonly extensions: boolean }): PlainMap {
  const { corsConfiguration: cors, disableExecuteApiEndpoint } = document.api;
  const integrations = named(document);
  const endpoint = disableExecuteApiEndpoint || api.ipAddressType !== 'ipv4' ? some({ disableExecuteApiEndpoint: disableExecuteApiEndpoint || undefined, ipAddressType: api.ipAddressType === 'ipv4' ? undefined : api.ipAddressType }) : undefined;
  const isKeyed = document.routes.some(({ apiKeyRequired }) => apiKeyRequired);
  const schemes = extensions ? Object.fromEntries([...document.authorizers.map((authorizer) => [authorizer.name, schemeOf(authorizer)]), ...(isKeyed ? [[keyScheme(document), { type: 'apiKey', name: 'x-api-key', in: 'header' }]] : [])]) : {};
  const shared = extensions ? Object.fromEntries([...integrations.shared].map(([id, name]) => [name, integrationOf(document.integrations.find(({ integrationId }) => integrationId === id)!)])) : {};
  const components = some({
    securitySchemes: Object.keys(schemes).length === 0 ? undefined : schemes,
    'x-amazon-apigateway-integrations': Object.keys(shared).length === 0 ? undefined : shared,
  });
  return some({
    openapi: '3.0.1',
    info: some({ title: api.name, description: api.description ?? undefined, version: api.version ?? new Date(api.createdAt).toISOString() }),
    servers: [some({
      url: `${api.apiEndpoint}/{basePath}`, variables: { basePath: { default: path } },
      'x-amazon-apigateway-endpoint-configuration': extensions ? endpoint : undefined,
    })],
    tags: extensions && api.tags.length > 0 ? api.tags.map(({ key, value }) => ({ name: key, 'x-amazon-apigateway-tag-value': value })) : undefined,
    paths: pathsOf(document, integrations, extensions),
    components: Object.keys(components).length === 0 ? undefined : components,
    'x-amazon-apigateway-cors': !extensions || cors === null ? undefined : some({
      allowCredentials: cors.allowCredentials ?? undefined, allowHeaders: cors.allowHeaders ?? undefined, allowMethods: cors.allowMethods ?? undefined, allowOrigins: cors.allowOrigins ?? undefined,
      exposeHeaders: cors.exposeHeaders ?? undefined, maxAge: cors.maxAge ?? undefined,
    }),
    'x-amazon-apigateway-api-key-source': extensions && isKeyed ? (document.api.apiKeySelectionExpression === DEFAULT_API_KEY_SELECTION ? 'HEADER' : 'AUTHORIZER') : undefined,
    'x-amazon-apigateway-importexport-version': extensions ? '1.0' : undefined,
  });
}

interface Named {
  /** Names of the integrations that stand in components, by id: those of several routes, and of none. */
  readonly shared: ReadonlyMap<string, string>;
  readonly own: ReadonlyMap<string, Integration>;
}

function named(document: DeploymentDocument): Named {
  const uses = new Map<string, number>();
  for (const { target } of document.routes) {
    const id = integrationOfTarget(target);
    if (id !== null) uses.set(id, (uses.get(id) ?? 0) + 1);
  }
  const shared = document.integrations.filter(({ integrationId }) => uses.get(integrationId) !== 1);
  return {
    shared: new Map(shared.map(({ integrationId }, index) => [integrationId, `integration${index + 1}`])),
    own: new Map(document.integrations.map((integration) => [integration.integrationId, integration])),
  };
}

function pathsOf(document: DeploymentDocument, integrations: Named, extensions: boolean): PlainMap {
  const paths = new Map<string, Record<string, Plain | undefined>>();
  for (const route of document.routes) {
    const key = parseHttpRouteKey(route.routeKey);
    if (!key) continue;
    const path = key.kind === 'default' ? '/$default' : key.path;
    const method = key.kind === 'default' || key.method === 'ANY' ? 'x-amazon-apigateway-any-method' : key.method.toLowerCase();
    // Without extensions, what only an extension can say is left out.
    if (!extensions && method.startsWith('x-')) continue;
    const item = paths.get(path) ?? {};
    item[method] = operationOf(route, { document, integrations, extensions });
    paths.set(path, item);
  }
  return Object.fromEntries(paths);
}

function operationOf(route: Route, more: { readonly document: DeploymentDocument; readonly integrations: Named; readonly extensions: boolean }): PlainMap {
  const { document, integrations, extensions } = more;
  const key = parseHttpRouteKey(route.routeKey)!;
  const variables = key.kind === 'default' ? [] : key.segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]));
  const authorizer = document.authorizers.find(({ authorizerId }) => authorizerId === route.authorizerId);
  const isAuthorized = route.authorizationType === 'CUSTOM' || route.authorizationType === 'JWT';
  const required = [...(route.apiKeyRequired ? [{ [keyScheme(document)]: [] }] : []), ...(isAuthorized && authorizer ? [{ [authorizer.name]: [...route.authorizationScopes] }] : [])];
  const id = integrationOfTarget(route.target);
  const name = id === null ? undefined : integrations.shared.get(id);
  const integration = id === null ? undefined : integrations.own.get(id);
  return some({
    operationId: route.operationName ?? undefined,
    parameters: variables.length === 0 ? undefined : variables.map((variable) => ({ name: variable, in: 'path', description: `Generated path parameter for ${variable}`, required: true, schema: { type: 'string' } })),
    responses: { default: { description: `Default response for ${route.routeKey}` } },
    security: extensions && required.length > 0 ? required : undefined,
    'x-amazon-apigateway-auth': extensions && route.authorizationType === 'AWS_IAM' ? { type: 'AWS_IAM' } : undefined,
    isDefaultRoute: key.kind === 'default' ? true : undefined,
    'x-amazon-apigateway-integration': !extensions || integration === undefined ? undefined
      : name === undefined ? integrationOf(integration) : { $ref: `#/components/x-amazon-apigateway-integrations/${name}` },
  });
}

function integrationOf(integration: Integration): PlainMap {
  const { tlsConfig, connectionType } = integration;
  return some({
    payloadFormatVersion: integration.payloadFormatVersion,
    type: integration.integrationType.toLowerCase(),
    ...present({
      integrationSubtype: integration.integrationSubtype, httpMethod: integration.integrationMethod, uri: integration.integrationUri, connectionId: integration.connectionId, credentials: integration.credentialsArn,
      description: integration.description, requestParameters: integration.requestParameters, responseParameters: integration.responseParameters,
    }),
    connectionType,
    timeoutInMillis: integration.timeoutInMillis,
    tlsConfig: tlsConfig === null ? undefined : present(tlsConfig) as PlainMap,
  });
}

function schemeOf(authorizer: Authorizer): PlainMap {
  const identitySource = authorizer.identitySource.join(', ');
  if (authorizer.authorizerType === 'JWT') {
    const { issuer, audience } = authorizer.jwtConfiguration;
    return { type: 'oauth2', flows: {}, 'x-amazon-apigateway-authorizer': { type: 'jwt', identitySource, jwtConfiguration: { audience, issuer } } };
  }
  const [only, ...others] = authorizer.identitySource;
  const single = others.length > 0 ? null : /^\$request\.(header|querystring)\.(.+)$/.exec(only ?? '');
  return {
    type: 'apiKey', name: single?.[2] ?? 'Unused', in: single?.[1] === 'querystring' ? 'query' : 'header',
    'x-amazon-apigateway-authorizer': some({
      type: 'request', identitySource: identitySource === '' ? undefined : identitySource, authorizerUri: authorizer.authorizerUri,
      ...present({
        authorizerCredentials: authorizer.authorizerCredentialsArn, authorizerPayloadFormatVersion: authorizer.authorizerPayloadFormatVersion, authorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
        enableSimpleResponses: authorizer.enableSimpleResponses,
      }),
    }),
  };
}

/** As REST APIs are exported, unless an authorizer has that name. */
function keyScheme({ authorizers }: DeploymentDocument): string {
  let name = 'api_key';
  while (authorizers.some((authorizer) => authorizer.name === name)) name += '_';
  return name;
}
