import type { SocketCall } from '../../data-plane/exchange/index.ts';
import type { ExecutionTrace } from '../../snapshot/index.ts';

/**
 * The lines of a stage's execution log for one run of a route. AWS documents none of them: the words are those that its logs are seen to have, where they were seen.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export function executionLines(call: SocketCall, { level, data }: ExecutionTrace): readonly string[] {
  const { facts, stage, requestId, error } = call;
  const failure = failureOf(call);
  if (level === 'error') return failure === null ? [] : [`(${requestId}) ${failure}`];
  const client = `Client [Connection Id: ${facts.id}]`;
  const lines = [`Extended Request Id: ${requestId}`, `Starting execution for request: ${requestId}`, `WebSocket Request Route: [${call.routeKey}]`];
  if (call.eventType === 'CONNECT') lines.push(`Client [UserAgent: ${facts.userAgent ?? 'null'}, SourceIp: ${facts.sourceIp}] is connecting to WebSocket API [${stage.apiId}].`);
  else if (call.eventType === 'DISCONNECT') lines.push(`${client} is disconnecting from WebSocket API [${stage.apiId}].`);
  if (data && call.requestText !== '') lines.push(`Endpoint request body: ${call.requestText}`);
  if (call.integrationSentAt !== 0 && call.integrationStatus !== 0) {
    lines.push(`Received response. Status: ${call.integrationStatus}, Integration latency: ${Math.max(0, Math.round(call.integrationAnsweredAt - call.integrationSentAt))} ms`);
  }
  if (data && call.responseText !== '') lines.push(`Endpoint response body: ${call.responseText}`);
  if (failure !== null) lines.push(failure);
  if (call.eventType === 'CONNECT' && call.status === 101) lines.push(`${client} connected to API [${stage.apiId}] successfully.`);
  if (error === null) lines.push('Successfully completed execution');
  return lines.map((line) => `(${requestId}) ${line}`);
}

/** Null: it has not failed. */
function failureOf({ error, integrationError, authorizerError, validationError }: SocketCall): string | null {
  if (error === null) return null;
  if (validationError !== '') return `Request body does not match model schema: ${validationError}`;
  if (authorizerError !== '') return `Authorizer error: ${authorizerError}`;
  if (error.responseType === 'API_CONFIGURATION_ERROR') return `Execution failed due to configuration error: ${integrationError}`;
  return `Execution failed: ${integrationError === '' ? error.message : integrationError}`;
}
