import { NO_BODY, type ApiExchange } from '../../exchange/index.ts';
import { CONTENT_LENGTH, fieldSet, FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO, HOP_BY_HOP, TRACE_ID } from '../../wire/index.ts';
import type { TraceIds } from '../forward/trace-id.ts';
import { schemeOf } from './forwarded.ts';

const WRITTEN_ANEW = HOP_BY_HOP | fieldSet(FORWARDED_FOR, FORWARDED_PROTO, FORWARDED_PORT, TRACE_ID, CONTENT_LENGTH);

/**
 * The fields that functions see, of integrations and of authorizers: the client's, and where it came from. `length`: of the body, where it was read; the declared
 * one otherwise, and none for a body that does not declare it.
 */
export function functionFields(call: ApiExchange, traceIds: TraceIds, length: number | null): string {
  const { downstream } = call;
  const before = (call.present & (1 << FORWARDED_FOR)) === 0 ? '' : call.headerValues('x-forwarded-for').filter((value) => value !== '').join(', ');
  const octets = length ?? (call.framing === NO_BODY ? 0 : call.header('content-length'));
  return (
    `${call.endToEnd(WRITTEN_ANEW)}${octets === null ? '' : `Content-Length: ${octets}\r\n`}X-Amzn-Trace-Id: ${traceIdOf(call, traceIds)}\r\n` +
    `X-Forwarded-For: ${before === '' ? '' : `${before}, `}${downstream.remoteAddress}\r\nX-Forwarded-Port: ${downstream.advertisedPort}\r\nX-Forwarded-Proto: ${schemeOf(call)}\r\n`
  );
}

/** Drawn once a request: its authorizer and its integration see the same (seen of the service). */
export function traceIdOf(call: ApiExchange, traceIds: TraceIds): string {
  if (call.traceId === call.outer.traceId) call.traceId = traceIds.next((call.present & (1 << TRACE_ID)) === 0 ? null : call.header('x-amzn-trace-id'), call.startedWall);
  return call.traceId;
}
