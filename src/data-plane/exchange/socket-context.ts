import { requestTime } from './context-variable.ts';
import { maskedKey } from './shown-key.ts';
import type { SocketCall } from './socket-call.ts';

/** What a `$context` variable is for a run of a route; null where it has none, which logs write as `-`. */
export type SocketVariable = (call: SocketCall) => string | null;

/**
 * The `$context` variables of WebSocket APIs, by name without `$context.`. Names that do not exist are always null.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export function socketContextVariable(name: string): SocketVariable {
  if (Object.hasOwn(VARIABLES, name)) return VARIABLES[name]!;
  if (name.startsWith('authorizer.')) return property(name.slice('authorizer.'.length));
  return () => null;
}

/** The same for logs, which show no secrets. */
export function loggedSocketVariable(name: string): SocketVariable {
  if (name !== 'identity.apiKey') return socketContextVariable(name);
  return ({ facts: { apiKey } }) => (apiKey === null ? null : maskedKey(apiKey.value));
}

function property(name: string): SocketVariable {
  return ({ facts: { principal } }) => (principal !== null && Object.hasOwn(principal, name) ? principal[name]! : null);
}

function signer(name: string): SocketVariable {
  return ({ facts }) => facts.signer?.[name] ?? null;
}

const text = (value: string): string | null => (value === '' ? null : value);
const integrationLatency: SocketVariable = ({ integrationSentAt: sent, integrationAnsweredAt: answered }) => (sent === 0 ? null : String(Math.max(0, Math.round(answered - sent))));
const integrationStatus: SocketVariable = ({ integrationStatus: status }) => (status === 0 ? null : String(status));
const integrationError: SocketVariable = (call) => text(call.integrationError);

const VARIABLES: Readonly<Record<string, SocketVariable>> = {
  apiId: ({ stage }) => stage.apiId,
  accountId: ({ stage }) => stage.account,
  'authorize.error': (call) => text(call.authorizerError),
  'authorizer.error': (call) => text(call.authorizerError),
  'authorizer.principalId': property('principalId'),
  connectedAt: ({ facts }) => String(facts.connectedAt),
  connectionId: ({ facts }) => facts.id,
  domainName: ({ facts }) => facts.domainName,
  'error.message': ({ error }) => error?.message ?? null,
  'error.messageString': ({ error }) => (error === null ? null : JSON.stringify(error.message)),
  'error.responseType': ({ error }) => error?.responseType ?? null,
  'error.validationErrorString': (call) => text(call.validationError),
  eventType: ({ eventType }) => eventType,
  // "Same as $context.extendedRequestId"
  extendedRequestId: ({ requestId }) => requestId,
  requestId: ({ requestId }) => requestId,
  'identity.apiKey': ({ facts }) => facts.apiKey?.value ?? null,
  'identity.apiKeyId': ({ facts }) => facts.apiKey?.id ?? null,
  'identity.accountId': signer('accountId'),
  'identity.caller': signer('caller'),
  'identity.user': signer('user'),
  'identity.userArn': signer('userArn'),
  'identity.sourceIp': ({ facts }) => facts.sourceIp,
  'identity.userAgent': ({ facts }) => facts.userAgent,
  'integration.error': integrationError,
  'integration.integrationStatus': integrationStatus,
  'integration.latency': integrationLatency,
  'integration.status': integrationStatus,
  integrationErrorMessage: integrationError,
  integrationLatency,
  integrationStatus,
  messageId: (call) => text(call.messageId),
  messageDirection: () => 'IN',
  requestTime: ({ startedWall }) => requestTime(startedWall),
  requestTimeEpoch: ({ startedWall }) => String(Math.floor(startedWall)),
  routeKey: ({ routeKey }) => routeKey,
  stage: ({ stage }) => stage.stage,
  status: ({ status }) => String(status),
};
