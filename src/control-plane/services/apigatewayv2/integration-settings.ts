import type { CreateIntegrationRequest } from '@aws-sdk/client-apigatewayv2';
import type { AwsError } from '../../../aws/index.ts';
import type { Api, Integration } from '../../resources/apigatewayv2/index.ts';
import { vpcLinkRowId } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import { badRequest, unsupported } from './error.ts';
import { checkSubtype } from './integration-subtype.ts';
import { isFunctionUri, isHttpUri, isInvocationUri, isPrivateUri, isServiceUri } from './integration-uri.ts';
import { checkTemplates } from './mapping-templates.ts';
import { checkRequestMapping, checkResponseMapping } from './parameter-mapping.ts';
import { changed, filled, given, merged } from './text.ts';

export type IntegrationInput = Partial<Omit<CreateIntegrationRequest, 'ApiId'>>;
/** An integration without its identity. */
export type IntegrationSettings = Omit<Integration, 'id' | 'account' | 'region' | 'parent' | 'createdAt' | 'integrationId' | 'apiGatewayManaged'>;

const METHODS = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/** The settings of a new integration, or of one that is updated: what is not said stays. */
export function integrationSettings(world: World, api: Api, more: { readonly input: IntegrationInput; readonly before: Integration | null }): IntegrationSettings {
  const { input, before } = more;
  const format = given(input.PayloadFormatVersion) ?? before?.payloadFormatVersion ?? (api.protocolType === 'WEBSOCKET' ? '1.0' : null);
  if (format === null) throw badRequest('PayloadFormatVersion is a required parameter for integration');
  if (format !== '1.0' && format !== '2.0') throw badRequest(`Unsupported PayloadFormatVersion: ${format}`);
  const isWebSocket = api.protocolType === 'WEBSOCKET';
  const longest = isWebSocket ? 29_000 : 30_000;
  const integrationType = input.IntegrationType ?? before?.integrationType;
  if (integrationType === undefined) throw badRequest('IntegrationType is a required parameter for integration');
  const integrationUri = changed(input.IntegrationUri, before?.integrationUri ?? null);
  // Functions are invoked with POST, which AWS shows where nothing was said.
  const isLambda = (integrationType === 'AWS' || integrationType === 'AWS_PROXY') && integrationUri !== null && isFunctionUri(integrationUri);
  const settings: IntegrationSettings = {
    integrationType,
    integrationSubtype: changed(input.IntegrationSubtype, before?.integrationSubtype ?? null),
    integrationUri,
    integrationMethod: changed(input.IntegrationMethod, before?.integrationMethod ?? null) ?? (isLambda ? 'POST' : null),
    connectionType: input.ConnectionType ?? before?.connectionType ?? 'INTERNET',
    connectionId: changed(input.ConnectionId, before?.connectionId ?? null),
    credentialsArn: changed(input.CredentialsArn, before?.credentialsArn ?? null),
    description: changed(input.Description, before?.description ?? null),
    payloadFormatVersion: format,
    requestParameters: requestParameters(api, input, before),
    responseParameters: mergedResponses(api, before?.responseParameters ?? null, input.ResponseParameters),
    timeoutInMillis: input.TimeoutInMillis ?? before?.timeoutInMillis ?? longest,
    tlsConfig: tlsConfig(input.TlsConfig, before?.tlsConfig ?? null),
    contentHandlingStrategy: isWebSocket ? (input.ContentHandlingStrategy ?? before?.contentHandlingStrategy ?? null) : null,
    // The provider of Terraform sends its default for every API; HTTP APIs have none.
    passthroughBehavior: isWebSocket ? (input.PassthroughBehavior ?? before?.passthroughBehavior ?? 'WHEN_NO_MATCH') : null,
    requestTemplates: input.RequestTemplates === undefined ? (before?.requestTemplates ?? null) : filled(input.RequestTemplates),
    templateSelectionExpression: changed(input.TemplateSelectionExpression, before?.templateSelectionExpression ?? null),
    integrationResponseSelectionExpression: isWebSocket ? (integrationType === 'AWS_PROXY' || integrationType === 'AWS' ? '${integration.response.body.errorMessage}' : '${integration.response.statuscode}') : null,
  };
  if (settings.timeoutInMillis < 50 || settings.timeoutInMillis > longest) throw badRequest(`Timeout should be between 50 ms and ${longest} ms`);
  check(world, api, settings);
  return settings;
}

/** What is given is added or replaced; those of an AWS service are given anew with its subtype (observed: its required ones cannot be left out then). */
function requestParameters(api: Api, { RequestParameters: parameters, IntegrationSubtype: subtype }: IntegrationInput, before: Integration | null): Integration['requestParameters'] {
  if (api.protocolType === 'HTTP' && given(subtype) === null && (before?.integrationSubtype ?? null) === null) checkRequestMapping(parameters ?? {});
  return given(subtype) === null ? merged(before?.requestParameters ?? null, parameters) : merged(null, parameters ?? {});
}

/** By status code; an empty map takes a status away, and so does one whose mappings are all empty. */
function mergedResponses(api: Api, before: Integration['responseParameters'], more: IntegrationInput['ResponseParameters']): Integration['responseParameters'] {
  if (more === undefined) return before;
  if (api.protocolType === 'HTTP') checkResponseMapping(more);
  const all = Object.entries({ ...before, ...more }).map(([status, mappings]) => [status, merged(null, mappings)] as const);
  return filled(Object.fromEntries(all.flatMap(([status, mappings]) => (mappings === null ? [] : [[status, mappings]]))));
}

/** An empty configuration takes it away. */
function tlsConfig(input: IntegrationInput['TlsConfig'], before: Integration['tlsConfig']): Integration['tlsConfig'] {
  if (input === undefined) return before;
  const serverNameToVerify = given(input.ServerNameToVerify);
  return serverNameToVerify === null ? null : { serverNameToVerify };
}

function check(world: World, api: Api, settings: IntegrationSettings): void {
  const { integrationMethod: method, integrationSubtype: subtype, credentialsArn } = settings;
  if (method !== null && !METHODS.includes(method)) throw badRequest(`Invalid HTTP method specified: ${method}`);
  if (credentialsArn !== null && !/^arn:aws[a-z-]*:iam::(?:\d{12}|\*):(?:role|user)\/\S+$/.test(credentialsArn)) throw badRequest(`Invalid credentials ARN specified: ${credentialsArn}`);
  if (settings.description !== null && settings.description.length > 1024) throw badRequest('Description must have at most 1024 characters');
  checkConnection(api, settings);
  if (api.protocolType === 'HTTP') checkHttp(settings);
  else checkWebSocket(settings);
  if (subtype === null) checkUri(api, settings);
  else {
    if (settings.integrationUri !== null) throw badRequest('An integration uri cannot be specified together with an integration subtype');
    checkSubtype(subtype, settings);
  }
  if (settings.connectionType === 'VPC_LINK') checkLink(world, api, settings.connectionId);
}

function checkConnection(api: Api, settings: IntegrationSettings): void {
  const { connectionType, connectionId, integrationType } = settings;
  if (connectionType === 'INTERNET') {
    if (connectionId !== null) throw badRequest('Connection id can only be specified with a connection type of VPC_LINK');
    if (settings.tlsConfig !== null && api.protocolType === 'WEBSOCKET') throw unsupported('WEBSOCKET', 'TLS configuration');
    return;
  }
  if (api.protocolType === 'WEBSOCKET') throw badRequest('VPC links of this API lead to HTTP APIs only. Use a connection type of INTERNET for an API with a protocol type of WEBSOCKET');
  if (integrationType !== 'HTTP_PROXY') throw badRequest('A connection type of VPC_LINK is only supported for integrations of type HTTP_PROXY');
  if (connectionId === null) throw badRequest('ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK');
}

/** After the URI: a load balancer's is refused as such beside a link that is not there (observed). */
function checkLink(world: World, api: Api, linkId: string | null): void {
  const link = world.get('apigatewayv2/vpc-link', vpcLinkRowId(api.region, linkId ?? ''));
  if (!link || link.account !== api.account) throw badRequest(`Invalid VpcLink identifier specified ${linkId ?? ''}`);
}

function checkHttp(settings: IntegrationSettings): void {
  const { integrationType: type } = settings;
  if (type !== 'AWS_PROXY' && type !== 'HTTP_PROXY') throw badRequest('Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)');
  if (settings.payloadFormatVersion === '2.0' && type === 'HTTP_PROXY') throw badRequest('PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY');
  if (settings.integrationSubtype !== null && type !== 'AWS_PROXY') throw badRequest('An integration subtype is only supported for integrations of type AWS_PROXY');
  if (settings.requestTemplates !== null || settings.templateSelectionExpression !== null) throw unsupported('HTTP', 'request templates');
  if (type === 'HTTP_PROXY' && settings.integrationMethod === null) throw noMethod(type);
  if (settings.integrationSubtype === null && settings.requestParameters !== null) checkRequestMapping(settings.requestParameters);
  if (settings.responseParameters !== null) checkResponseMapping(settings.responseParameters);
}

function checkWebSocket(settings: IntegrationSettings): void {
  if (settings.integrationSubtype !== null) throw unsupported('WEBSOCKET', 'integration subtypes');
  if (settings.responseParameters !== null) throw unsupported('WEBSOCKET', 'response parameters of integrations: use integration responses');
  if (settings.payloadFormatVersion !== '1.0') throw badRequest(`Unsupported PayloadFormatVersion: ${settings.payloadFormatVersion}`);
  const isProxy = settings.integrationType === 'AWS_PROXY' || settings.integrationType === 'HTTP_PROXY';
  if (!isProxy) checkTemplates(settings.requestTemplates, settings.templateSelectionExpression, 'message');
  for (const [key, value] of Object.entries(settings.requestParameters ?? {})) {
    if (!/^integration\.request\.(?:header|querystring|path)\.[A-Za-z0-9._:-]+$/.test(key)) throw badRequest(`Invalid mapping expression parameter specified: ${key}`);
    if (!/^'[^']*'$/.test(value) && !/^(?:route\.request\.(?:header|querystring|body|multivalueheader|multivaluequerystring)(?:\.\S+)?|context\.\S+|stageVariables\.\S+)$/.test(value)) throw badRequest(`Invalid mapping expression specified: ${value}`);
  }
  if ((settings.integrationType === 'HTTP' || settings.integrationType === 'HTTP_PROXY') && settings.integrationMethod === null) throw noMethod(settings.integrationType);
}

function noMethod(type: Integration['integrationType']): AwsError {
  return badRequest(`HttpMethod parameter method must be specified for integrationType ${type.replace('_', '')}`);
}

function checkUri(api: Api, { integrationType: type, integrationUri: uri, connectionType }: IntegrationSettings): void {
  if (type === 'MOCK') return;
  if (uri === null) throw badRequest('Integration uri is a required parameter for integration');
  if (type === 'HTTP' || type === 'HTTP_PROXY') {
    if (connectionType === 'VPC_LINK') {
      if (!isPrivateUri(uri)) throw badRequest(`For VpcLink ${connectionType}, integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN.`);
      return;
    }
    if (!isHttpUri(uri)) throw badRequest(`Invalid HTTP endpoint specified for URI: ${uri}`);
    return;
  }
  if (type === 'AWS_PROXY') {
    const isGood = api.protocolType === 'HTTP' ? isFunctionUri(uri) : isInvocationUri(uri) || isFunctionUri(uri);
    if (!isGood) throw badRequest('Invalid function ARN or invalid uri');
    return;
  }
  if (!isServiceUri(uri)) throw badRequest(`Invalid integration URI specified: ${uri}`);
}
