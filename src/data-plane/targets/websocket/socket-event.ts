import type { WebSocketRoute } from '../../../snapshot/index.ts';
import { requestTime, type Exchange, type SocketCall } from '../../exchange/index.ts';
import { FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO, fieldSet, HOP_BY_HOP, TRACE_ID } from '../../wire/index.ts';

/** Written anew. */
const OURS = HOP_BY_HOP | fieldSet(FORWARDED_FOR, FORWARDED_PROTO, FORWARDED_PORT, TRACE_ID);

/** The opening request as events show it. */
export interface OpeningRequest {
  /** Names as sent, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Decoded. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly traceId: string;
}

/** Fields and parameters of an opening handshake, with what API Gateway adds. */
export function openingRequest(exchange: Exchange, traceId: string): OpeningRequest {
  const { downstream } = exchange;
  const headers: [string, string][] = [];
  for (const line of exchange.endToEnd(OURS).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.push([line.slice(0, colon), utf8(line.slice(colon + 1).trim())]);
  }
  const forwarded = exchange.headerValues('x-forwarded-for').filter((value) => value !== '');
  headers.push(
    ['X-Amzn-Trace-Id', traceId], ['X-Forwarded-For', [...forwarded, downstream.remoteAddress].join(', ')], ['X-Forwarded-Port', downstream.advertisedPort],
    ['X-Forwarded-Proto', exchange.site.listener.protocol],
  );
  const parameters: [string, string][] = [];
  for (const pair of (exchange.query ?? '').split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    parameters.push([decoded(equals < 0 ? pair : pair.slice(0, equals)), equals < 0 ? '' : decoded(pair.slice(equals + 1))]);
  }
  return { headers, parameters, traceId };
}

/** What a handshake must have and has not. https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html (BAD_REQUEST_PARAMETERS) */
export function missingOf({ headers, parameters }: OpeningRequest, required: WebSocketRoute['required']): readonly string[] {
  return required.filter(({ part, name }) => (part === 'header' ? !headers.some(([field]) => field.toLowerCase() === name.toLowerCase()) : !parameters.some(([parameter]) => parameter === name))).map(({ name }) => name);
}

/**
 * The event of a Lambda proxy integration. Members that have nothing to say are absent, as AWS leaves them out.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 */
export function socketEvent(call: SocketCall, opening: OpeningRequest | null, body: { readonly text: string; readonly base64: boolean } | null): Buffer {
  let text = '{';
  if (opening !== null) {
    text += `${maps(opening.headers, 'headers', 'multiValueHeaders')},`;
    if (opening.parameters.length > 0) text += `${maps(opening.parameters, 'queryStringParameters', 'multiValueQueryStringParameters')},`;
  } else if (call.eventType === 'DISCONNECT') text += `${maps(disconnectHeaders(call), 'headers', 'multiValueHeaders')},`;
  if (Object.keys(call.stage.variables).length > 0) text += `"stageVariables":${JSON.stringify(call.stage.variables)},`;
  text += `"requestContext":${requestContext(call)}`;
  if (body !== null) text += `,"body":${JSON.stringify(body.text)}`;
  return Buffer.from(`${text},"isBase64Encoded":${body !== null && body.base64}}`);
}

/** Fields that authorizers see, and integrations do not (seen of the service). */
const HANDSHAKE: OpeningRequest['headers'] = [['Connection', 'upgrade'], ['content-length', '0'], ['Upgrade', 'websocket']];

/** The event of a Lambda authorizer: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html */
export function authorizerEvent(call: SocketCall, opening: OpeningRequest, methodArn: string): Buffer {
  return Buffer.from(
    `{"type":"REQUEST","methodArn":${JSON.stringify(methodArn)},${maps([...opening.headers, ...HANDSHAKE], 'headers', 'multiValueHeaders')},` +
      `${maps(opening.parameters, 'queryStringParameters', 'multiValueQueryStringParameters')},"stageVariables":${JSON.stringify(call.stage.variables)},"requestContext":${requestContext(call)}}`,
  );
}

function requestContext(call: SocketCall): string {
  const { facts, stage, eventType, requestId } = call;
  let text = `{"routeKey":${JSON.stringify(call.routeKey)}`;
  if (call.disconnect !== null) text += `,"disconnectStatusCode":${call.disconnect.code}`;
  if (facts.authorizer !== null) text += `,"authorizer":${facts.authorizer}`;
  if (call.messageId !== '') text += `,"messageId":"${call.messageId}"`;
  text += `,"eventType":"${eventType}","extendedRequestId":"${requestId}","requestTime":"${requestTime(call.startedWall)}","messageDirection":"IN"`;
  if (call.disconnect !== null) text += `,"disconnectReason":${JSON.stringify(call.disconnect.reason)}`;
  return (
    `${text},"stage":${JSON.stringify(stage.stage)},"connectedAt":${facts.connectedAt},"requestTimeEpoch":${Math.floor(call.startedWall)},"identity":${facts.identity},` +
    `"requestId":"${requestId}","domainName":${JSON.stringify(facts.domainName)},"connectionId":"${facts.id}","apiId":"${stage.apiId}"}`
  );
}

/** As seen of the service: the request that API Gateway makes to itself. */
function disconnectHeaders({ facts }: SocketCall): readonly (readonly [string, string])[] {
  return [['Host', facts.domainName], ['x-api-key', ''], ['X-Forwarded-For', ''], ['x-restapi', '']];
}

/** A map of last values and one of all values. */
function maps(pairs: readonly (readonly [name: string, value: string])[], single: string, multi: string): string {
  const last = new Map<string, string>();
  const all = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    last.set(name, value);
    const values = all.get(name);
    if (values === undefined) all.set(name, [value]);
    else values.push(value);
  }
  return `"${single}":${JSON.stringify(Object.fromEntries(last))},"${multi}":${JSON.stringify(Object.fromEntries(all))}`;
}

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function decoded(text: string): string {
  const plain = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(utf8(plain));
  } catch {
    return utf8(plain);
  }
}
