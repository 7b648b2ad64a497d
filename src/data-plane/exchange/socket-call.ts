import type { WebSocketRoute, WebSocketStage } from '../../snapshot/index.ts';
import type { ShownKey } from './shown-key.ts';

/** What API Gateway itself answers: a frame, or the body of a refused handshake. */
export interface SocketError {
  /** Of a refused handshake, and as logs show it. */
  readonly status: number;
  /** Exactly as clients see it. */
  readonly message: string;
  /** `$context.error.responseType`. */
  readonly responseType: string;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html, and what is seen of the service. */
export const socketErrors = {
  badParameters: { status: 400, message: 'Missing required request parameters', responseType: 'BAD_REQUEST_PARAMETERS' },
  invalidBody: { status: 400, message: 'Invalid request body', responseType: 'BAD_REQUEST_BODY' },
  badBody: { status: 400, message: 'Bad request body', responseType: 'BAD_REQUEST_BODY' },
  unauthorized: { status: 401, message: 'Unauthorized', responseType: 'UNAUTHORIZED' },
  forbidden: { status: 403, message: 'Forbidden', responseType: 'MISSING_AUTHENTICATION_TOKEN' },
  denied: { status: 403, message: 'User is not authorized to access this resource', responseType: 'ACCESS_DENIED' },
  explicitlyDenied: { status: 403, message: 'User is not authorized to access this resource with an explicit deny', responseType: 'ACCESS_DENIED' },
  invalidApiKey: { status: 403, message: 'Forbidden', responseType: 'INVALID_API_KEY' },
  quotaExceeded: { status: 429, message: 'Limit Exceeded', responseType: 'QUOTA_EXCEEDED' },
  throttled: { status: 429, message: 'Too Many Requests', responseType: 'THROTTLED' },
  internal: { status: 500, message: 'Internal server error', responseType: 'DEFAULT_5XX' },
  configuration: { status: 500, message: 'Internal server error', responseType: 'API_CONFIGURATION_ERROR' },
  authorizerFailed: { status: 500, message: 'Internal server error', responseType: 'AUTHORIZER_FAILURE' },
  integrationFailed: { status: 502, message: 'Internal server error', responseType: 'INTEGRATION_FAILURE' },
  integrationTimeout: { status: 504, message: 'Endpoint request timed out', responseType: 'INTEGRATION_TIMEOUT' },
} as const satisfies Readonly<Record<string, SocketError>>;

/** What is known of a connection from the day that it was opened. */
export interface ConnectionFacts {
  readonly id: string;
  readonly connectedAt: number;
  readonly sourceIp: string;
  /** Null: the client sent none. */
  readonly userAgent: string | null;
  readonly domainName: string;
  /** `requestContext.identity` of every event, as JSON. */
  readonly identity: string;
  /** Who signed the handshake, by the names of `requestContext.identity`; null: nobody. */
  readonly signer: Readonly<Record<string, string>> | null;
  /** With what key of the stage's usage plans the connection was opened; null: none, or the stage asks for none. */
  readonly apiKey: ShownKey | null;
  /** `requestContext.authorizer` of every event, as JSON; null: nobody was asked. */
  readonly authorizer: string | null;
  /** What the authorizer said, by name, as logs and mappings read it. */
  readonly principal: Readonly<Record<string, string>> | null;
}

export type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

/** One run of a route: of an opening handshake, a message or an end. Grows as it goes; metrics and logs read it when it is over. */
export interface SocketCall {
  readonly stage: WebSocketStage;
  readonly facts: ConnectionFacts;
  readonly eventType: EventType;
  readonly requestId: string;
  /** '' but for messages. */
  readonly messageId: string;
  /** Wall clock. */
  readonly startedWall: number;
  /** Monotonic, as all that follow; 0: not yet. */
  readonly startedAt: number;
  /** Null: none matched. */
  route: WebSocketRoute | null;
  /** What the expression made of the message, or the predefined key. */
  routeKey: string;
  /** Of an end. */
  readonly disconnect: { readonly code: number; readonly reason: string } | null;
  status: number;
  error: SocketError | null;
  integrationStatus: number;
  integrationError: string;
  integrationSentAt: number;
  integrationAnsweredAt: number;
  authorizerError: string;
  /** Why a message is not what its model says. */
  validationError: string;
  /** The beginnings of the message and of the answer, where the execution log tells them; else ''. */
  requestText: string;
  responseText: string;
  endedAt: number;
  /** Octets of the message. */
  readonly octets: number;
}

/** Hears what happens on a stage: metrics and access logs. Must not throw and must not wait. */
export interface SocketObserver {
  callEnded(call: SocketCall): void;
  /** A message went out through `@connections`. */
  posted(): void;
}

/** `{"message": "Internal server error", "connectionId":"...", "requestId":"..."}`, with the spaces that AWS writes. */
export function errorBody(call: Pick<SocketCall, 'facts' | 'requestId'>, { message }: SocketError): string {
  return `{"message": ${JSON.stringify(message)}, "connectionId":"${call.facts.id}", "requestId":"${call.requestId}"}`;
}
