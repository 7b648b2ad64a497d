import type { Fault, Reply } from '../../exchange/index.ts';

/** https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md: what a client would make of the status itself. */
const CODES: Readonly<Record<number, number>> = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 };
const UNKNOWN = 2;

/**
 * What a gRPC call gets for a fault: trailers alone, with the code that its client would derive and a sentence that it can show. 464 stays a status
 * (AWS says so), and what has no code is UNKNOWN. Chosen: ALB's own answers to gRPC calls are not documented beyond 464.
 */
export function grpcReply(fault: Fault): Reply {
  if (fault.status === 464) return { status: 464, reason: null, headers: 'content-type: application/grpc\r\n', body: null };
  const code = CODES[fault.status] ?? UNKNOWN;
  return { status: fault.status, reason: null, headers: `content-type: application/grpc\r\ngrpc-status: ${code}\r\ngrpc-message: ${encodeURI(fault.sentence)}\r\n`, body: null };
}
