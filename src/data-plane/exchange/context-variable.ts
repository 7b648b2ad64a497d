import { apiClientCertificate, type ApiClientCertificate } from './api-client-certificate.ts';
import type { ApiExchange } from './api-exchange.ts';
import type { IamIdentity } from './identity.ts';
import { maskedKey } from './shown-key.ts';

/** What a `$context` variable is for a request; null where it has none, which logs write as `-`. */
export type ContextVariable = (call: ApiExchange) => string | null;

/**
 * The `$context` variables of HTTP APIs, by name without `$context.`. Names that do not exist are always null, as logs show them.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export function contextVariable(name: string): ContextVariable {
  if (Object.hasOwn(VARIABLES, name)) return VARIABLES[name]!;
  // of an object's own members: `$context.authorizer.claims.sub`, `$context.authorizer.plan`
  if (name.startsWith('authorizer.claims.')) return claim(name.slice('authorizer.claims.'.length));
  if (name.startsWith('authorizer.')) return authorizerProperty(name.slice('authorizer.'.length));
  return () => null;
}

/** The same for logs, which show no secrets. */
export function loggedVariable(name: string): ContextVariable {
  if (name !== 'identity.apiKey') return contextVariable(name);
  return ({ apiKey }) => (apiKey === null ? null : maskedKey(apiKey.value));
}

/** Names that are known, so that a format with others can be complained of. */
export function isContextVariable(name: string): boolean {
  return Object.hasOwn(VARIABLES, name) || name.startsWith('authorizer.');
}

function claim(name: string): ContextVariable {
  return ({ identity }) => (identity?.kind === 'jwt' && Object.hasOwn(identity.claims, name) ? text(identity.claims[name]) : null);
}

function authorizerProperty(name: string): ContextVariable {
  return ({ identity }) => {
    if (identity?.kind !== 'lambda') return null;
    if (name === 'principalId') return identity.principalId;
    return Object.hasOwn(identity.context, name) ? text(identity.context[name]) : null;
  };
}

function text(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const iam = (pick: (identity: IamIdentity) => string): ContextVariable =>
  ({ identity }) => (identity?.kind === 'iam' ? pick(identity) : null);

const shown = (pick: (certificate: ApiClientCertificate) => string): ContextVariable =>
  (call) => {
    const certificate = apiClientCertificate(call);
    return certificate === null ? null : pick(certificate);
  };

const integrationLatency: ContextVariable = (call) =>
  call.integrationSentAt === 0 ? null : String(Math.max(0, Math.round((call.integrationAnsweredAt === 0 ? call.now() : call.integrationAnsweredAt) - call.integrationSentAt)));
const integrationError: ContextVariable = (call) => (call.integrationError === '' ? null : call.integrationError);
const integrationRequestId: ContextVariable = (call) => (call.integrationRequestId === '' ? null : call.integrationRequestId);
/** Of the service that was called: Lambda's own status, not that which the function's code answered. */
const serviceStatus: ContextVariable = (call) => (call.integrationStatus === 0 ? null : String(call.integrationStatus));
const answeredStatus: ContextVariable = (call) => (call.targetStatus === 0 ? null : String(call.targetStatus));

const VARIABLES: Readonly<Record<string, ContextVariable>> = {
  accountId: ({ entry }) => entry.stage.account,
  apiId: ({ entry }) => entry.stage.apiId,
  'authorizer.error': (call) => (call.authorizerError === '' ? null : call.authorizerError),
  awsEndpointRequestId: integrationRequestId,
  awsEndpointRequestId2: () => null,
  'customDomain.basePathMatched': ({ entry }) => (entry.entrance.entrance === 'domain' ? entry.basePath : null),
  dataProcessed: (call) => String(call.bytesIn + call.bytesOut),
  domainName: (call) => domainNameOf(call),
  domainPrefix: (call) => domainPrefixOf(call),
  'error.message': ({ error }) => error?.message ?? null,
  'error.messageString': ({ error }) => (error === null ? null : JSON.stringify(error.message)),
  'error.responseType': ({ error }) => error?.responseType ?? null,
  // what REST APIs have two ids for, HTTP APIs have one for
  extendedRequestId: ({ requestId }) => requestId,
  httpMethod: ({ method }) => method,
  // beyond AWS
  'identity.apiKey': ({ apiKey }) => apiKey?.value ?? null,
  'identity.apiKeyId': ({ apiKey }) => apiKey?.id ?? null,
  'identity.accountId': iam(({ accountId }) => accountId),
  'identity.caller': iam(({ callerId }) => callerId),
  'identity.cognitoAuthenticationProvider': () => null,
  'identity.cognitoAuthenticationType': () => null,
  'identity.cognitoIdentityId': () => null,
  'identity.cognitoIdentityPoolId': () => null,
  'identity.principalOrgId': () => null,
  'identity.clientCert.clientCertPem': shown(({ clientCertPem }) => clientCertPem),
  'identity.clientCert.subjectDN': shown(({ subjectDN }) => subjectDN),
  'identity.clientCert.issuerDN': shown(({ issuerDN }) => issuerDN),
  'identity.clientCert.serialNumber': shown(({ serialNumber }) => serialNumber),
  'identity.clientCert.validity.notBefore': shown(({ validity }) => validity.notBefore),
  'identity.clientCert.validity.notAfter': shown(({ validity }) => validity.notAfter),
  'identity.sourceIp': ({ downstream }) => downstream.remoteAddress,
  'identity.user': iam(({ userId }) => userId),
  'identity.userAgent': ({ userAgent }) => userAgent,
  'identity.userArn': iam(({ userArn }) => userArn),
  'integration.error': integrationError,
  'integration.integrationStatus': serviceStatus,
  'integration.latency': integrationLatency,
  'integration.requestId': integrationRequestId,
  'integration.status': answeredStatus,
  integrationErrorMessage: integrationError,
  integrationLatency,
  integrationStatus: serviceStatus,
  path: ({ path }) => path,
  protocol: (call) => protocolOf(call),
  requestId: ({ requestId }) => requestId,
  requestTime: ({ startedWall }) => requestTime(startedWall),
  requestTimeEpoch: ({ startedWall }) => String(Math.floor(startedWall)),
  responseLatency: (call) => String(Math.max(0, Math.round((call.endedAt === 0 ? call.now() : call.endedAt) - call.startedAt))),
  responseLength: ({ responseLength }) => String(responseLength),
  // without a route: what the request would have needed
  routeKey: ({ apiRoute }) => apiRoute?.key ?? null,
  routeId: ({ apiRoute }) => apiRoute?.id ?? null,
  operationName: ({ apiRoute }) => apiRoute?.operationName ?? null,
  stage: ({ entry }) => entry.stage.stage,
  status: ({ status }) => String(status),
};

export function domainNameOf(call: ApiExchange): string {
  return call.host === '' ? call.entry.entrance.domainName : call.host;
}

/** The first label of the domain name. */
export function domainPrefixOf(call: ApiExchange): string {
  const name = domainNameOf(call);
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}

export function protocolOf({ version }: ApiExchange): string {
  return version === 20 ? 'HTTP/2.0' : version === 10 ? 'HTTP/1.0' : 'HTTP/1.1';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** The Common Log Format's time, `12/Mar/2020:19:03:58 +0000`. */
export function requestTime(wall: number): string {
  const date = new Date(wall);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
